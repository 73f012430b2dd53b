//! `connect jira`: a Jira site without the app. The server tries the account and looks for the projects before it keeps
//! anything; what it says of them is repeated here. The token is read from a file or from a pipe, never from the line.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::answers::ConnectedJira;
use crate::arguments::ConnectJiraArguments;
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::Printable;
use crate::settings::is_open_to_others;
use crate::voice::Voice;

/// The longest token that is read, in bytes: as long as the API takes.
const LONGEST: u64 = 4_096;

pub(super) async fn jira(
    client: &Client,
    wanted: ConnectJiraArguments,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let token = token_in(&wanted.token_file)?;
    let path = ["v1", "integrations", "jira"];
    let answer = client.make(&Call::post(&path, body(wanted, &token))).await;
    let connected: ConnectedJira = match answer.and_then(|answer| answer.read()) {
        Ok(connected) => connected,
        Err(call) if call.leaves_open() => {
            let next = "connect it again; if it was connected, you are told its id.".to_owned();
            return Err(CliError::Open { call, next });
        }
        Err(call) => return Err(call.into()),
    };
    for warning in &connected.warnings {
        voice.warn(&format!("warning: {warning}"));
    }
    voice.say_all(told(&connected))?;
    Ok(Exit::Done)
}

fn told(connected: &ConnectedJira) -> Vec<String> {
    let of = |linked: bool| -> Vec<&str> {
        let keys = connected.link_preview.iter();
        let keys = keys.filter(|key| key.linked == linked);
        keys.map(|key| key.key.as_str()).collect()
    };
    let mut lines = vec![
        format!("Connected, as {}.", connected.id),
        format!(
            "What {} does in Jira is passed over: that account opens the site, and can approve nothing.",
            connected.account
        ),
    ];
    let (linked, not) = (of(true), of(false));
    lines.push(format!(
        "Keys like these are linked: {}.",
        linked.join(", ")
    ));
    if !not.is_empty() {
        lines.push(format!("Keys like these are not: {}.", not.join(", ")));
    }
    lines.push(format!(
        "It is read from now on, as often as the server is set up to (every 5 minutes, unless said otherwise). At once: \
         `countersign sync {}`.",
        connected.id
    ));
    let events: Vec<&str> = connected.events.iter().map(Printable::as_str).collect();
    lines.push("To hear of changes at once, make a webhook in Jira's system settings:".to_owned());
    lines.push(format!("  URL     {}", connected.webhook_url));
    if let Some(secret) = &connected.webhook_secret {
        lines.push(format!("  secret  {secret}  (shown this once)"));
    }
    lines.push(format!("  events  {}", events.join(", ")));
    lines
}

fn body(wanted: ConnectJiraArguments, token: &str) -> Value {
    let token_name = match wanted.data_center {
        true => "personalAccessToken",
        false => "apiToken",
    };
    let given = [
        ("jiraBaseUrl", Some(json!(wanted.jira_url))),
        ("userEmail", wanted.email.map(Value::from)),
        (token_name, Some(json!(token))),
        ("projects", Some(json!(wanted.projects))),
        ("cloudId", wanted.cloud_id.map(Value::from)),
        ("linkPattern", wanted.link_pattern.map(Value::from)),
        ("changeRiskField", wanted.change_risk_field.map(Value::from)),
        (
            "riskAssessmentField",
            wanted.risk_assessment_field.map(Value::from),
        ),
        (
            "captureFields",
            Some(json!(wanted.capture_fields)).filter(|_| !wanted.capture_fields.is_empty()),
        ),
    ];
    let given = given.into_iter();
    let given: Map<String, Value> = given
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    Value::Object(given)
}

/// A terminal would show the token to whoever looks on.
fn token_in(path: &Path) -> Result<String, CliError> {
    let from: Box<dyn Read> = match path == Path::new("-") {
        true if io::stdin().is_terminal() => return Err(CliError::TokenOnTerminal),
        true => Box::new(io::stdin()),
        false => {
            let file = File::open(path).map_err(CliError::TokenFile)?;
            let about = file.metadata().map_err(CliError::TokenFile)?;
            if is_open_to_others(&about) {
                return Err(CliError::TokenOpenToOthers);
            }
            Box::new(file)
        }
    };
    let mut token = String::new();
    let read = from.take(LONGEST).read_to_string(&mut token);
    read.map_err(CliError::TokenFile)?;
    Ok(token.trim().to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_token_that_others_can_read_is_not_sent() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        write(&path, " a token\n").unwrap();
        for (mode, taken) in [(0o600, true), (0o640, false), (0o604, false)] {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            match token_in(&path) {
                Ok(token) => assert!(taken && token == "a token", "{mode:o}"),
                Err(error) => assert!(
                    !taken && matches!(error, CliError::TokenOpenToOthers),
                    "{mode:o}"
                ),
            }
        }
    }
}
