//! `prompt` and `validate`: what whoever builds an issue is given.

use std::path::Path;

use record::ids::TicketKey;
use serde_json::{Value, json};

use crate::answers::{Prompt, Validation};
use crate::arguments::{PromptArguments, PromptFormat};
use crate::branch::keys_of_branch;
use crate::client::{Call, CallError, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::{Printable, printable_json};
use crate::voice::Voice;

const MISSING: &str = "Check the key, and that the issue was read by Countersign.";

/// The issue: the one that is named, else the one that the branch is about.
pub(crate) fn meant(named: Option<TicketKey>) -> Result<Vec<TicketKey>, CliError> {
    match named {
        Some(key) => Ok(vec![key]),
        None => Ok(keys_of_branch(Path::new("."))?),
    }
}

/// The first of the keys that the server knows answers.
pub(crate) async fn first_known<T, F>(keys: &[TicketKey], ask: F) -> Result<T, CliError>
where
    F: AsyncFn(&TicketKey) -> Result<T, CallError>,
{
    let mut unknown = None;
    for key in keys {
        match ask(key).await {
            Ok(answer) => return Ok(answer),
            Err(error @ CallError::Refused { status: 404, .. }) => {
                unknown.get_or_insert((error, key));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let (error, key) = unknown.ok_or(CliError::Branch(crate::branch::BranchError::NoKey))?;
    Err(CliError::named(error, key.as_str(), MISSING))
}

pub(super) async fn prompt(
    client: &Client,
    wanted: PromptArguments,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let keys = meant(wanted.key)?;
    let form = match wanted.format {
        PromptFormat::Text => "TEXT",
        PromptFormat::Markdown | PromptFormat::Json => "MARKDOWN",
    };
    let body = json!({ "intent": wanted.intent, "form": form });
    let answer = first_known(&keys, async |key| {
        let path = ["v1", "tickets", key.as_str(), "prompt"];
        client.make(&Call::ask(&path, body.clone())).await
    });
    let answer = answer.await?;
    let prompt: Prompt = answer.read()?;
    if prompt.state == "edited" {
        voice.warn(
            "The issue was edited since it was assessed. The new assessment usually follows within seconds: ask again.",
        );
    }
    match wanted.format {
        PromptFormat::Json => voice.say(&printable_json(&answer.text))?,
        PromptFormat::Text | PromptFormat::Markdown => {
            voice.say(&Printable::lines(prompt.prompt.trim_end()))?;
        }
    }
    Ok(Exit::Done)
}

pub(super) async fn validate(
    client: &Client,
    key: Option<TicketKey>,
    json: bool,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let keys = meant(key)?;
    let answer = first_known(&keys, async |key| {
        let path = ["v1", "tickets", key.as_str(), "validation"];
        client.make(&Call::get(&path, Vec::new())).await
    });
    let answer = answer.await?;
    let validation: Validation = answer.read()?;
    match json {
        true => {
            answer.read::<Value>()?;
            voice.say(&printable_json(&answer.text))?;
        }
        false => voice.say_all(validation.lines())?,
    }
    Ok(match validation.passes {
        true => Exit::Done,
        false => Exit::Incomplete,
    })
}
