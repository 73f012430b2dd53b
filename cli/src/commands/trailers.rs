//! `trace --commits`: what commits say in their trailers, shown, and with --push claimed of the issues they name, file by
//! file. No line is named: such claims are not looked for again.

use std::collections::BTreeMap;
use std::path::Path;

use record::ids::{CommitSha, TicketKey};
use serde_json::{Value, json};

use super::push::{AT_ONCE, MISSING, asked_for};
use crate::answers::Claimed;
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::history::Range;
use crate::printable::Printable;
use crate::trace::{Trailer, trailers};
use crate::voice::Voice;

/// A commit that changes more files names no place.
const MOST_FILES: usize = 100;
/// The digits of a commit that are shown.
const SHOWN: usize = 12;

/// The trailers of a range, as git knows it around this path.
pub(super) fn of(range: &Range, path: &Path) -> Result<Vec<Trailer>, CliError> {
    let directory = match path.is_dir() {
        true => path,
        false => path.parent().unwrap_or(path),
    };
    Ok(trailers(range, directory)?)
}

/// A trailer in a line.
pub(super) fn line(trailer: &Trailer) -> String {
    let files: Vec<String> = trailer
        .files
        .iter()
        .map(|file| Printable::new(file).to_string())
        .collect();
    let ticket = trailer.ticket.as_ref();
    let ticket = ticket.map_or_else(String::new, |key| format!(" ({key})"));
    format!(
        "commit {}: {}{ticket}",
        short(&trailer.commit),
        files.join(", ")
    )
}

/// Claims what trailers say; those that name no issue are of this one. Gives whether all of it could be claimed.
pub(super) async fn push(
    client: &Client,
    said: Vec<Trailer>,
    issue: Option<&TicketKey>,
    voice: &mut Voice<'_>,
) -> Result<bool, CliError> {
    let mut all = true;
    let mut of_issue: BTreeMap<TicketKey, Vec<Trailer>> = BTreeMap::new();
    for trailer in said {
        let commit = short(&trailer.commit).to_owned();
        match trailer.ticket.as_ref().or(issue) {
            Some(_) if trailer.files.len() > MOST_FILES => {
                all = false;
                let count = trailer.files.len();
                voice.warn(&format!("commit {commit} changes {count} files: not sent"));
            }
            Some(issue) => of_issue.entry(issue.clone()).or_default().push(trailer),
            None => {
                all = false;
                voice.warn(&format!("commit {commit} names no issue: not sent"));
            }
        }
    }
    for (issue, said) in of_issue {
        let asked = asked_for(client, &issue).await?;
        let mut of_commit: BTreeMap<CommitSha, Vec<Value>> = BTreeMap::new();
        for trailer in said {
            if !asked.contains(&trailer.requirement) {
                all = false;
                voice.warn(&format!(
                    "commit {}: {issue} does not ask for {}: not sent",
                    short(&trailer.commit),
                    Printable::new(&trailer.requirement)
                ));
                continue;
            }
            let files = trailer.files.iter();
            let claims =
                files.map(|file| json!({ "requirement": trailer.requirement, "path": file }));
            of_commit
                .entry(trailer.commit.clone())
                .or_default()
                .extend(claims);
        }
        for (commit, claims) in of_commit {
            for some in claims.chunks(AT_ONCE) {
                let path = ["v1", "tickets", issue.as_str(), "claims"];
                let body = json!({ "commit": commit, "claims": some });
                let answer = client.make(&Call::ask(&path, body)).await;
                let answer =
                    answer.map_err(|error| CliError::named(error, issue.as_str(), MISSING))?;
                let recorded = answer.read::<Claimed>()?.claims.len();
                let what = match answer.status {
                    201 => "recorded",
                    _ => "known already",
                };
                let commit = short(&commit);
                voice.say(&format!("{issue}: {recorded} of commit {commit} {what}"))?;
            }
        }
    }
    Ok(all)
}

fn short(commit: &CommitSha) -> &str {
    commit.as_str().get(..SHOWN).unwrap_or(commit.as_str())
}
