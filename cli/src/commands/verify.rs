//! `verify`: what the server finds when it looks at an event's bytes now. The server judging itself.

use record::ids::EventId;
use serde_json::json;

use crate::answers::{Proven, Standing};
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::voice::Voice;

pub(super) async fn run(
    client: &Client,
    event: &EventId,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let call = Call::ask(&["v1", "audit", "verify"], json!({ "eventId": event }));
    let next = "Check the event's id.";
    let answer = client.make(&call).await;
    let answer = answer.map_err(|error| CliError::named(error, event.as_str(), next))?;
    let proven: Proven = answer.read()?;
    // The code says what was found, whether or not anybody reads the line.
    drop(voice.say(&render::proven(&proven)));
    Ok(match proven.standing {
        Standing::Verified => Exit::Done,
        Standing::NotCoveredYet => Exit::NotCoveredYet,
        Standing::Broken => Exit::Broken,
    })
}
