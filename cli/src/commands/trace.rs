//! `countersign trace`: which code says that it meets which requirement, as a tree.

use std::collections::BTreeMap;

use compliance::Catalog;
use record::ids::RepositoryId;

use super::client;
use super::push::{Pushed, push};
use super::trailers;
use crate::arguments::TraceArguments;
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::{Printable, printable_json};
use crate::settings::Given;
use crate::trace::{Claim, Trailer, walk};
use crate::voice::Voice;

/// Shows the markers of a tree, and has them recorded where that is asked for. What cannot be read or sent is told, and
/// the command ends as not done.
pub(super) async fn run(
    wanted: &TraceArguments,
    given: Given,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    std::fs::metadata(&wanted.path).map_err(CliError::Tree)?;
    let client = match wanted.push {
        true => Some(client(given)?),
        false => None,
    };
    let range = wanted.commits.as_ref();
    let said = range.map(|range| trailers::of(range, &wanted.path));
    let said = said.transpose()?.unwrap_or_default();
    let found = walk(&wanted.path);
    if wanted.json {
        let claims = found.claims.iter().map(serde_json::to_string);
        for line in claims.chain(said.iter().map(serde_json::to_string)) {
            voice.say(&printable_json(&line.unwrap_or_default()))?;
        }
    } else {
        for (requirement, branches) in by_requirement(&found.claims, &said) {
            voice.say_all(tree(requirement, &branches))?;
        }
        let markers = counted(found.claims.len() as u64, "marker");
        let files = counted(found.files, "file");
        let of_commits = match range {
            Some(range) => format!(
                ", {} in {}",
                counted(said.len() as u64, "trailer"),
                range.shown()
            ),
            None => String::new(),
        };
        voice.say(&format!("{markers} in {files}{of_commits}"))?;
    }
    for unread in &found.unread {
        let unread = Printable::new(unread);
        voice.warn(&format!("not read: {unread}"));
    }
    let mut sent = true;
    if let Some(client) = client {
        let pushed = Pushed {
            issue: wanted.issue.clone(),
            path: wanted.path.clone(),
            repository: wanted.repository.clone().or_else(of_this_job),
            recheck: wanted.recheck,
            affirm: wanted.affirm,
            all_read: found.unread.is_empty(),
            with_word: found.with_word,
        };
        sent = push(&client, found.claims, &pushed, voice).await?;
        sent &= trailers::push(&client, said, wanted.issue.as_ref(), voice).await?;
    }
    Ok(match found.unread.is_empty() && sent {
        true => Exit::Done,
        false => Exit::NotDone,
    })
}

fn counted(count: u64, of: &str) -> String {
    match count {
        1 => format!("1 {of}"),
        _ => format!("{count} {of}s"),
    }
}

/// The repository that a CI job of GitHub or GitLab is about.
fn of_this_job() -> Option<RepositoryId> {
    let named = ["GITHUB_REPOSITORY_ID", "CI_PROJECT_ID"].into_iter();
    named
        .filter_map(|name| std::env::var(name).ok())
        .find_map(|number| number.parse().ok())
}

/// The markers and the trailers of each requirement, in lines.
fn by_requirement<'c>(claims: &'c [Claim], said: &'c [Trailer]) -> BTreeMap<&'c str, Vec<String>> {
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for claim in claims {
        let of = lines.entry(&claim.requirement).or_default();
        of.push(marked(claim));
    }
    for trailer in said {
        let of = lines.entry(&trailer.requirement).or_default();
        of.push(trailers::line(trailer));
    }
    lines
}

fn marked(claim: &Claim) -> String {
    let ticket = claim.ticket.as_ref();
    let ticket = ticket.map_or_else(String::new, |key| format!(" ({})", key.as_str()));
    let reach = match claim.from == claim.to {
        true => format!("line {}", claim.from),
        false => format!("lines {}-{}", claim.from, claim.to),
    };
    format!("{}, {reach}{ticket}", Printable::new(&claim.file))
}

fn tree(requirement: &str, branches: &[String]) -> Vec<String> {
    let title = Catalog::embedded().requirement_title(requirement);
    let title = title.unwrap_or("not in the catalog");
    let mut lines = vec![format!("{requirement} ({title})")];
    let last = branches.len().saturating_sub(1);
    lines.extend(branches.iter().enumerate().map(|(at, branch)| match at {
        at if at == last => format!("└── {branch}"),
        _ => format!("├── {branch}"),
    }));
    lines
}
