//! `link` and `unlink`: an issue and an event belong together, or no longer. Neither is repeated by itself.

use record::ids::EventId;
use serde_json::{Map, Value, json};

use crate::answers::Link;
use crate::arguments::LinkArguments;
use crate::client::{Answer, Call, CallError, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::voice::Voice;

/// What the API answers where something was made.
const CREATED: u16 = 201;

pub(super) async fn add(
    client: &Client,
    wanted: &LinkArguments,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let event = wanted.event.as_str();
    let path = ["v1", "audit", event, "links"];
    let answer = client.make(&Call::post(&path, body(wanted))).await;
    let next = "Check the event's id. Nothing was linked.";
    let (link, status) = read(answer).map_err(|error| explained(error, event, event, next))?;
    let Link { id, .. } = &link;
    let key = &wanted.key;
    voice.say(&match status == CREATED {
        true => format!("Linked {event} with {key}: {id}."),
        false => format!("{event} was linked with {key} before: {id}."),
    })?;
    if link.state.as_str() != "RESOLVED" {
        voice.say(&format!(
            "Jira shows no {key}: the link is kept as unresolved and approves nothing."
        ))?;
    }
    Ok(Exit::Done)
}

pub(super) async fn revoke(
    client: &Client,
    event: &EventId,
    link: &EventId,
    reason: Option<String>,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let path = ["v1", "audit", event.as_str(), "links", link.as_str()];
    let call = Call::delete(&path, json!({ "reason": reason }));
    let answer = client.make(&call).await;
    let what = format!("A link {link} of {event} that holds");
    let next = "Check both ids, and whether it was revoked before. Nothing was changed.";
    read(answer).map_err(|error| explained(error, &what, event.as_str(), next))?;
    voice.say(&format!(
        "The link {link} holds no longer. It stays in the ledger."
    ))?;
    Ok(Exit::Done)
}

fn body(wanted: &LinkArguments) -> Value {
    let said = [
        ("url", &wanted.url),
        ("summary", &wanted.summary),
        ("status", &wanted.status),
        ("approver", &wanted.approver),
    ];
    let said = said
        .into_iter()
        .filter_map(|(name, said)| Some((name.to_owned(), json!(said.as_ref()?))));
    let mut body = Map::from_iter([
        ("type".to_owned(), json!("JIRA_TICKET")),
        ("externalId".to_owned(), json!(wanted.key)),
    ]);
    body.extend(said);
    Value::Object(body)
}

fn read(answer: Result<Answer, CallError>) -> Result<(Link, u16), CallError> {
    let answer = answer?;
    Ok((answer.read()?, answer.status))
}

fn explained(error: CallError, what: &str, event: &str, next: &'static str) -> CliError {
    match error.leaves_open() {
        true => CliError::Open {
            next: format!("look with `countersign show {event}` before you try again."),
            call: error,
        },
        false => CliError::named(error, what, next),
    }
}
