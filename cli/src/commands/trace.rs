//! `countersign trace`: which code says that it meets which requirement, as a tree.

use compliance::Catalog;
use record::ids::RepositoryId;

use super::client;
use super::push::{Pushed, push};
use crate::arguments::TraceArguments;
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::{Printable, printable_json};
use crate::settings::Given;
use crate::trace::{Claim, walk};
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
    let found = walk(&wanted.path);
    if wanted.json {
        for claim in &found.claims {
            let line = serde_json::to_string(claim).unwrap_or_default();
            voice.say(&printable_json(&line))?;
        }
    } else {
        for same in found.claims.chunk_by(|a, b| a.requirement == b.requirement) {
            voice.say_all(tree(same))?;
        }
        let (markers, files) = (found.claims.len(), found.files);
        voice.say(&format!("{markers} markers in {files} files"))?;
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
    }
    Ok(match found.unread.is_empty() && sent {
        true => Exit::Done,
        false => Exit::NotDone,
    })
}

/// The repository that a CI job of GitHub or GitLab is about.
fn of_this_job() -> Option<RepositoryId> {
    let named = ["GITHUB_REPOSITORY_ID", "CI_PROJECT_ID"].into_iter();
    named
        .filter_map(|name| std::env::var(name).ok())
        .find_map(|number| number.parse().ok())
}

fn tree(same: &[Claim]) -> Vec<String> {
    let Some(first) = same.first() else {
        return Vec::new();
    };
    let title = Catalog::embedded().requirement_title(&first.requirement);
    let title = title.unwrap_or("not in the catalog");
    let mut lines = vec![format!("{} ({title})", first.requirement)];
    for (at, claim) in same.iter().enumerate() {
        let branch = if at + 1 == same.len() {
            "└──"
        } else {
            "├──"
        };
        let ticket = claim.ticket.as_ref();
        let ticket = ticket.map_or_else(String::new, |key| format!(" ({})", key.as_str()));
        let reach = match claim.from == claim.to {
            true => format!("line {}", claim.from),
            false => format!("lines {}-{}", claim.from, claim.to),
        };
        lines.push(format!(
            "{branch} {}, {reach}{ticket}",
            Printable::new(&claim.file)
        ));
    }
    lines
}
