//! `trace --commits`: what commits say in their trailers, shown, and with --push claimed of the issues they name, file by
//! file. No line is named: such claims are not looked for again.

use std::collections::BTreeMap;
use std::path::Path;

use compliance::is_code_path;
use record::ids::{CommitSha, TicketKey};
use serde_json::{Value, json};

use super::push::{AT_ONCE, asked_for, claim, not_asked};
use crate::client::Client;
use crate::error::CliError;
use crate::history::{MOST_FILES, Range, Touched};
use crate::printable::Printable;
use crate::trace::{Trailer, trailers};
use crate::voice::Voice;

/// The most files of a commit that are shown in a line.
const MOST_SHOWN: usize = 10;
/// The digits of a commit that are shown.
const SHOWN: usize = 12;

/// The trailers of a range, as git knows it around this path.
pub(super) fn of(range: &Range, path: &Path) -> Result<Vec<Trailer>, CliError> {
    let directory = match (path.is_dir(), path.parent()) {
        (true, _) => path,
        (false, Some(parent)) if !parent.as_os_str().is_empty() => parent,
        (false, _) => Path::new("."),
    };
    Ok(trailers(range, directory)?)
}

/// A trailer in a line.
pub(super) fn line(trailer: &Trailer) -> String {
    let Touched { file_count, files } = &trailer.touched;
    let shown = files.iter().take(MOST_SHOWN);
    let mut shown: Vec<String> = shown.map(|file| Printable::new(file).to_string()).collect();
    match file_count - shown.len() {
        0 if shown.is_empty() => shown.push("no file that it adds or changes".to_owned()),
        0 => {}
        rest => shown.push(format!("{rest} more")),
    }
    let ticket = trailer.ticket.as_ref();
    let ticket = ticket.map_or_else(String::new, |key| format!(" ({key})"));
    format!(
        "commit {}: {}{ticket}",
        short(&trailer.commit),
        shown.join(", ")
    )
}

/// Claims what trailers say; those that name no issue are of this one. A commit cannot be mended, so what one of them
/// cannot claim is told, and holds up no other. Gives whether all of it could be claimed.
pub(super) async fn push(
    client: &Client,
    said: Vec<Trailer>,
    issue: Option<&TicketKey>,
    voice: &mut Voice<'_>,
) -> Result<bool, CliError> {
    let mut all = true;
    let mut refuse = |commit: &CommitSha, why: &str| {
        all = false;
        voice.warn(&format!("commit {}{why}: not sent", short(commit)));
    };
    let mut of_issue: BTreeMap<TicketKey, Vec<(Trailer, Vec<String>)>> = BTreeMap::new();
    for trailer in said {
        let Some(issue) = trailer.ticket.as_ref().or(issue).cloned() else {
            refuse(&trailer.commit, " names no issue");
            continue;
        };
        match places(&trailer.touched) {
            Err(why) => refuse(&trailer.commit, &why),
            Ok((places, left_out)) => {
                if left_out > 0 {
                    let why = format!(": {left_out} of its files have names that cannot be sent");
                    refuse(&trailer.commit, &why);
                }
                of_issue.entry(issue).or_default().push((trailer, places));
            }
        }
    }
    for (issue, said) in of_issue {
        let asked = match asked_for(client, &issue).await {
            Err(CliError::NotThere { .. }) => {
                all = false;
                voice.warn(&format!(
                    "{issue}, which a trailer names, is not recorded: not sent"
                ));
                continue;
            }
            asked => asked?,
        };
        let mut of_commit: BTreeMap<CommitSha, Vec<Value>> = BTreeMap::new();
        for (trailer, places) in said {
            let (commit, requirement) = (&trailer.commit, &trailer.requirement);
            if !asked.contains(requirement) {
                all = false;
                voice.warn(&format!(
                    "commit {}: {}",
                    short(commit),
                    not_asked(&issue, requirement)
                ));
                continue;
            }
            let claims = places
                .into_iter()
                .map(|file| json!({ "requirement": requirement, "path": file }));
            of_commit.entry(commit.clone()).or_default().extend(claims);
        }
        for (commit, claims) in of_commit {
            for some in claims.chunks(AT_ONCE) {
                let body = json!({ "commit": commit, "claims": some });
                let told = claim(client, &issue, body).await?;
                voice.say(&format!("{issue}, commit {}: {told}", short(&commit)))?;
            }
        }
    }
    Ok(all)
}

/// The files that can be claimed, and how many cannot, as the API takes no such name. Why none can, in words that follow
/// the commit.
fn places(touched: &Touched) -> Result<(Vec<String>, usize), String> {
    let count = touched.file_count;
    if count == 0 {
        return Err(" adds and changes no file".to_owned());
    }
    if count > MOST_FILES {
        return Err(format!(" changes {count} files"));
    }
    let files = touched.files.iter();
    let places: Vec<String> = files.filter(|file| is_code_path(file)).cloned().collect();
    let left_out = count - places.len();
    Ok((places, left_out))
}

fn short(commit: &CommitSha) -> &str {
    commit.as_str().get(..SHOWN).unwrap_or(commit.as_str())
}
