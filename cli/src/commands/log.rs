//! `log`: pages of events until there are enough, or no more.

use serde_json::Value;

use crate::answers::{Event, EventPage};
use crate::arguments::LogArguments;
use crate::client::{Call, CallError, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::printable_json;
use crate::render;
use crate::voice::Voice;

/// The most events that the API gives at once.
const LARGEST_PAGE: u64 = 100;

pub(super) async fn run(
    client: &Client,
    wanted: LogArguments,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let (json, mut left) = (wanted.json, wanted.limit);
    let filter = filter(wanted);
    let mut cursor: Option<u64> = None;
    let mut said = false;
    while left > 0 {
        let mut query = filter.clone();
        query.push(("limit", left.min(LARGEST_PAGE).to_string()));
        query.extend(cursor.map(|cursor| ("cursor", cursor.to_string())));
        let page = client.make(&Call::get(&["v1", "audit"], query)).await?;
        let page: EventPage = page.read()?;
        for event in page.events {
            if left == 0 {
                break;
            }
            say(event, json, voice)?;
            (left, said) = (left - 1, true);
        }
        cursor = match page.next_cursor {
            None => break,
            Some(next) => Some(earlier(cursor, &next)?),
        };
    }
    if !said && !json {
        voice.say("No events.")?;
    }
    Ok(Exit::Done)
}

fn say(event: Value, json: bool, voice: &mut Voice<'_>) -> Result<(), CliError> {
    match json {
        true => voice.say(&printable_json(&event.to_string()))?,
        false => {
            let event: Event = serde_json::from_value(event).map_err(|_| CallError::Unreadable)?;
            voice.say_all(render::event(&event))?;
        }
    }
    Ok(())
}

/// The next cursor. It is a position that gets smaller with each page, so that there is a last one.
fn earlier(before: Option<u64>, next: &str) -> Result<u64, CliError> {
    let next: Option<u64> = next.parse().ok();
    next.filter(|next| before.is_none_or(|before| *next < before))
        .ok_or(CliError::Pages)
}

fn filter(wanted: LogArguments) -> Vec<(&'static str, String)> {
    let given = [
        ("eventType", wanted.kind),
        ("severity", wanted.severity),
        ("modelId", wanted.model.map(String::from)),
        ("source", wanted.source),
        ("tags", wanted.tag),
        ("from", wanted.from),
        ("to", wanted.to),
    ];
    let given = given.into_iter();
    given
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_go_on_downwards_only() {
        assert_eq!(earlier(None, "40").unwrap(), 40);
        assert_eq!(earlier(Some(40), "39").unwrap(), 39);
        for next in ["40", "41", "x", "", "-1"] {
            assert!(
                matches!(earlier(Some(40), next), Err(CliError::Pages)),
                "{next}"
            );
        }
    }
}
