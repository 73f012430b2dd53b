//! `hook`: what an assistant's hooks run. It gives the requirements of the branch's issue before a prompt is read, or
//! holds the assistant back while the issue does not pass validation. Whatever goes wrong while it should hold back,
//! holds back; while it should give, it says why it gives nothing, and is in nobody's way.

use std::io::{self, Read as _};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use super::building::{first_known, meant};
use super::client;
use crate::answers::{Prompt, Validation};
use crate::arguments::{HookEvent, HookedAssistant};
use crate::client::Call;
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::Printable;
use crate::settings::Given;
use crate::voice::Voice;

/// No assistant waits for long, and what takes longer than it waits is let through by some.
const LONGEST: Duration = Duration::from_secs(20);
/// How long an assistant may take to say what it is about to do.
const INPUT: Duration = Duration::from_secs(3);

/// What assistants take whole, in characters: of more they keep the beginning.
const MOST: usize = 9_500;
/// The most of what the assistant says that is read, in bytes.
const LONGEST_INPUT: u64 = 8 * 1024 * 1024;

pub(super) async fn run(
    assistant: HookedAssistant,
    event: HookEvent,
    given: Given,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let answer = match (assistant, event) {
        (HookedAssistant::Cursor, HookEvent::Session) => {
            json!({ "additional_context": context(given).await })
        }
        (HookedAssistant::Cursor, HookEvent::Prompt) => match obstacle(given).await {
            None => json!({ "continue": true }),
            Some(why) => json!({ "continue": false, "user_message": why }),
        },
        (HookedAssistant::Copilot, HookEvent::Edit) if !changes_code(&input()) => json!({}),
        (HookedAssistant::Copilot, HookEvent::Edit) => match obstacle(given).await {
            None => json!({}),
            Some(why) => json!({ "permissionDecision": "deny", "permissionDecisionReason": why }),
        },
        (HookedAssistant::Claude | HookedAssistant::Codex, HookEvent::Prompt) => specific(
            "UserPromptSubmit",
            json!({ "additionalContext": context(given).await }),
        ),
        (HookedAssistant::Claude | HookedAssistant::Codex, HookEvent::Edit) => {
            match obstacle(given).await {
                None => json!({}),
                Some(why) => specific(
                    "PreToolUse",
                    json!({ "permissionDecision": "deny", "permissionDecisionReason": why }),
                ),
            }
        }
        _ => {
            voice.warn("This assistant has no such hook. Nothing was asked.");
            return Ok(Exit::Usage);
        }
    };
    match voice.say(&answer.to_string()) {
        Ok(()) => Ok(Exit::Done),
        // What is not said must not pass for a yes: this is the code by which hooks refuse.
        Err(error) => {
            voice.warn(&format!("The answer cannot be written: {error}"));
            Ok(Exit::Usage)
        }
    }
}

fn specific(event: &str, mut answer: Value) -> Value {
    answer["hookEventName"] = event.into();
    json!({ "hookSpecificOutput": answer })
}

/// What the assistant says of what it is about to do; nothing where it takes too long to say it.
fn input() -> Value {
    let (told, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let read = io::stdin()
            .lock()
            .take(LONGEST_INPUT)
            .read_to_end(&mut text);
        if read.is_ok() {
            drop(told.send(text));
        }
    });
    let text = heard.recv_timeout(INPUT).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Copilot asks before any tool. One whose name is not known is taken for one that changes code; a shell is let
/// through, as with the other assistants: docs/ASSISTANTS.md says so.
fn changes_code(told: &Value) -> bool {
    const LET_THROUGH: &[&str] = &[
        "view",
        "read",
        "read_file",
        "glob",
        "grep",
        "rg",
        "search",
        "list_dir",
        "web_fetch",
        "fetch",
        "report_intent",
        "update_todo",
        "ask_user",
        "bash",
        "powershell",
        "read_bash",
        "write_bash",
        "stop_bash",
        "task",
    ];
    let name = told["toolName"]
        .as_str()
        .or_else(|| told["tool_name"].as_str());
    name.is_none_or(|name| !LET_THROUGH.contains(&name) && !is_our_tool(name))
}

/// Our own tools, as Copilot calls those of servers.
fn is_our_tool(name: &str) -> bool {
    let tool = name.strip_prefix("countersign");
    let tool = tool.map(|rest| rest.trim_start_matches(['-', '_', '/', '.', ':']));
    tool.is_some_and(|tool| {
        [
            "get_prompt",
            "get_requirements",
            "validate",
            "record_claims",
        ]
        .contains(&tool)
    })
}

/// What is asked, while the assistant still waits for it.
async fn in_time<T>(asked: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let answer = tokio::time::timeout(LONGEST, asked).await;
    answer.map_err(|_| CliError::Late).flatten()
}

/// The requirements of the branch's issue, or why there are none.
async fn context(given: Given) -> String {
    match in_time(prompt(given)).await {
        Ok(prompt) if prompt.prompt.chars().count() <= MOST => prompt.prompt,
        Ok(prompt) => in_short(&prompt),
        Err(error) => format!(
            "The security requirements of this work could not be fetched: {error} Tell the developer before you write \
             code. A branch that is named after its issue, such as PAY-142-card-payment, says which issue it is."
        ),
    }
}

/// Where the whole is too long: each requirement by name, and where the rest is.
fn in_short(prompt: &Prompt) -> String {
    let mut text = format!(
        "Security requirements of {0}, by name. They are binding. Before you write code, call `get_prompt` of the MCP \
         server `countersign` with `{0}`: it gives each in full, and the issue's text as quoted data.\n\n",
        prompt.ticket
    );
    if prompt.state == "edited" {
        text.push_str("STOP: the issue was edited since they were recorded, so they may not be all. Write no code yet.\n\n");
    }
    for requirement in prompt.groups.iter().flat_map(|group| &group.requirements) {
        text.push_str(&format!("- {}: {}\n", requirement.id, requirement.title));
    }
    text.chars().take(MOST).collect()
}

async fn prompt(given: Given) -> Result<Prompt, CliError> {
    let client = client(given)?;
    let keys = meant(None)?;
    let answer = first_known(&keys, async |key| {
        let path = ["v1", "tickets", key.as_str(), "prompt"];
        client.make_once(&Call::ask(&path, json!({}))).await
    });
    Ok(answer.await?.read()?)
}

/// Why no code may be written now.
async fn obstacle(given: Given) -> Option<String> {
    match in_time(validation(given)).await {
        Ok(validation) if validation.passes => None,
        Ok(validation) => {
            let missing: Vec<&str> = validation.missing().map(Printable::as_str).collect();
            Some(format!(
                "Countersign: {} is not ready to be built. {}.",
                validation.ticket,
                missing.join(". ")
            ))
        }
        Err(error) => Some(format!(
            "Countersign: the issue could not be validated, and no code is written without that. {error} Work on a \
             branch that is named after its issue, such as PAY-142-card-payment."
        )),
    }
}

async fn validation(given: Given) -> Result<Validation, CliError> {
    let client = client(given)?;
    let keys = meant(None)?;
    let answer = first_known(&keys, async |key| {
        let path = ["v1", "tickets", key.as_str(), "validation"];
        client.make_once(&Call::get(&path, Vec::new())).await
    });
    Ok(answer.await?.read()?)
}
