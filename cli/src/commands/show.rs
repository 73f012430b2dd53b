//! `show`: the trail from one thing to all that belongs to it, in one call.

use std::str::FromStr;

use record::ids::{CommitSha, EventId, ModelId, TicketKey};
use serde_json::Value;

use crate::answers::Trail;
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::printable_json;
use crate::render;
use crate::voice::Voice;

const NO_ISSUE: &str = "Check it; an issue is known once Countersign read and recorded it. Ask again in a few seconds; \
                        or open it in Jira, or, on a site without the app, let the site be read (`countersign sync`).";
const NO_EVENT: &str = "Check it: `countersign log` lists events with their ids.";

/// Where a trail begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// At an issue.
    Ticket(TicketKey),
    /// At an event.
    Event(EventId),
    /// At a commit.
    Commit(CommitSha),
    /// At a model.
    Model(ModelId),
}

/// The text names none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an issue key (PAY-142), an event (evt_…), a commit (7 to 64 hexadecimal digits) or model:ID is expected"
)]
pub struct NotASubject;

impl Subject {
    /// The parameter of the call, and its value.
    fn parameter(&self) -> (&'static str, &str) {
        match self {
            Self::Ticket(key) => ("ticket", key.as_str()),
            Self::Event(event) => ("event", event.as_str()),
            Self::Commit(commit) => ("commit", commit.as_str()),
            Self::Model(model) => ("modelId", model.as_str()),
        }
    }
}

impl FromStr for Subject {
    type Err = NotASubject;

    fn from_str(text: &str) -> Result<Self, NotASubject> {
        let text = text.trim();
        let read = match text.strip_prefix("model:") {
            Some(model) => model.parse().ok().map(Self::Model),
            None => {
                let event = || text.parse().ok().map(Self::Event);
                let key = || text.to_ascii_uppercase().parse().ok().map(Self::Ticket);
                let commit = || text.to_ascii_lowercase().parse().ok().map(Self::Commit);
                event().or_else(key).or_else(commit)
            }
        };
        read.ok_or(NotASubject)
    }
}

pub(super) async fn run(
    client: &Client,
    what: &Subject,
    json: bool,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let (name, value) = what.parameter();
    let call = Call::get(&["v1", "trail"], vec![(name, value.to_owned())]);
    let answer = client.make(&call).await;
    let missing = match what {
        Subject::Event(_) => NO_EVENT,
        _ => NO_ISSUE,
    };
    let answer = answer.map_err(|error| CliError::named(error, value, missing))?;
    match json {
        true => {
            answer.read::<Value>()?;
            voice.say(&printable_json(&answer.text))?;
        }
        false => {
            let trail: Trail = answer.read()?;
            if let (Subject::Commit(commit), true) = (what, trail.events.is_empty())
                && !commit.is_whole()
            {
                return Err(CliError::ShortCommit);
            }
            voice.say_all(render::trail(&trail, value))?;
            // Of an issue or an event that is not there the server says so itself.
            let may_be_none = matches!(what, Subject::Commit(_) | Subject::Model(_));
            if may_be_none && trail.events.is_empty() && trail.tickets.is_empty() {
                return Ok(Exit::NotDone);
            }
        }
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_thing_is_known_by_its_form() {
        for (text, parameter) in [
            ("PAY-142", ("ticket", "PAY-142")),
            ("ai-gov-1", ("ticket", "AI-GOV-1")),
            (
                "evt_01HZABCDEF1234567890ABCDEF",
                ("event", "evt_01HZABCDEF1234567890ABCDEF"),
            ),
            ("A1B2C3D", ("commit", "a1b2c3d")),
            (
                "model:credit/scoring-v3.2",
                ("modelId", "credit/scoring-v3.2"),
            ),
            ("model:a1b2c3d", ("modelId", "a1b2c3d")),
        ] {
            let subject: Subject = text.parse().unwrap();
            assert_eq!(subject.parameter(), parameter);
        }
        for text in [
            "",
            "PAY",
            "a1b2c3",
            "model:",
            "model:a b",
            "evt_1",
            "?ticket=PAY-1",
        ] {
            assert_eq!(text.parse::<Subject>(), Err(NotASubject), "{text}");
        }
    }
}
