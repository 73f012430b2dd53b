//! `report`: records an event, once, however often it has to be sent. What happened is the caller's own, and is neither
//! looked at nor repeated.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value, json};
use ulid::Ulid;

use crate::answers::Event;
use crate::arguments::ReportArguments;
use crate::client::{Call, CallError, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::voice::Voice;

/// The most that is read, in bytes: more than the API takes.
const LONGEST: u64 = 1_048_576;
/// What the API answers where something was made.
const CREATED: u16 = 201;

pub(super) async fn run(
    client: &Client,
    wanted: ReportArguments,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let payload = read(&wanted.payload)?;
    if names_half_a_commit(&payload) {
        voice.warn(
            "warning: commit.sha is not a whole hash. Gate and trail know commits by their whole hashes: no issue will \
             belong to this event.",
        );
    }
    let drawn = || Ulid::generate().to_string();
    let once = wanted.idempotency_key.clone().unwrap_or_else(drawn);
    let call = Call::post(&["v1", "audit"], body(wanted, payload)).once_under(once.clone());
    let recorded = async {
        let answer = client.make(&call).await?;
        Ok((answer.read::<Event>()?, answer.status))
    };
    let (event, status) = recorded.await.map_err(|call| match call {
        call if CallError::leaves_open(&call) => CliError::Open {
            call,
            next: format!("report it again with --idempotency-key {once}, and it counts once."),
        },
        call => call.into(),
    })?;
    let (id, position) = (&event.id, event.chain_position);
    voice.say(&match status == CREATED {
        true => format!("Recorded as {id}, at position {position}."),
        false => format!("It was recorded before as {id}, at position {position}."),
    })?;
    Ok(Exit::Done)
}

/// Git's hashes are of 40 digits or of 64.
fn names_half_a_commit(payload: &Map<String, Value>) -> bool {
    let sha = payload
        .get("commit")
        .and_then(|commit| commit["sha"].as_str());
    sha.is_some_and(|sha| !matches!(sha.len(), 40 | 64))
}

fn body(wanted: ReportArguments, payload: Map<String, Value>) -> Value {
    let mut body = json!({ "eventType": wanted.kind });
    body["payload"] = Value::Object(payload);
    let given = [
        ("severity", wanted.severity),
        ("modelId", wanted.model.map(String::from)),
        ("timestamp", wanted.timestamp),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            body[name] = value.into();
        }
    }
    if !wanted.tags.is_empty() {
        body["tags"] = wanted.tags.into();
    }
    body
}

fn read(path: &Path) -> Result<Map<String, Value>, CliError> {
    let from: Box<dyn Read> = match path == Path::new("-") {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(path).map_err(CliError::PayloadFile)?),
    };
    let mut bytes = Vec::new();
    let read = from.take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(CliError::PayloadFile)?;
    if bytes.len() as u64 > LONGEST {
        return Err(CliError::Payload(
            "it is larger than 65,536 bytes".to_owned(),
        ));
    }
    parse(&bytes)
}

/// What is wrong is said by its place, never by its content.
fn parse(bytes: &[u8]) -> Result<Map<String, Value>, CliError> {
    serde_json::from_slice(bytes).map_err(|error| {
        CliError::Payload(format!(
            "a JSON object is expected, and line {}, column {} is none",
            error.line(),
            error.column()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_known_by_its_whole_hash() {
        let half = |sha: &str| {
            names_half_a_commit(
                &parse(format!(r#"{{"commit":{{"sha":"{sha}"}}}}"#).as_bytes()).unwrap(),
            )
        };
        assert!(half("a1b2c3d4"));
        assert!(!half(&"a1".repeat(20)) && !half(&"a1".repeat(32)));
        assert!(!names_half_a_commit(&parse(b"{}").unwrap()));
    }

    #[test]
    fn a_payload_is_an_object_and_never_repeated() {
        assert_eq!(parse(br#"{"a":1}"#).unwrap().len(), 1);
        for text in [
            "",
            "[1]",
            "\"secret\"",
            "{\"secret\":}",
            "null",
            "{\"a\":1}{}",
        ] {
            let error = parse(text.as_bytes()).unwrap_err().to_string();
            assert!(
                error.starts_with("--payload: a JSON object is expected"),
                "{error}"
            );
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
