//! `acknowledge`: somebody watches what was deployed.

use record::ids::EventId;
use serde_json::Value;

use crate::answers::Acknowledged;
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::voice::Voice;

const MISSING: &str =
    "Check the id: `countersign log --type monitoring_requested` lists the requests.";
/// What the API answers where something was made.
const CREATED: u16 = 201;

pub(super) async fn run(
    client: &Client,
    request: &EventId,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let path = ["v1", "monitoring", request.as_str(), "acknowledge"];
    // Counts once, however often it is said.
    let answer = client.make(&Call::ask(&path, Value::Null)).await;
    let answer = answer.map_err(|error| CliError::named(error, request.as_str(), MISSING))?;
    let Acknowledged { event, ticket } = answer.read()?;
    voice.say(&match answer.status {
        CREATED => format!("What was deployed for {ticket} is watched: {event}."),
        _ => format!("Somebody had said before to watch what was deployed for {ticket}: {event}."),
    })?;
    Ok(Exit::Done)
}
