//! `gate`: whether issues are approved, and commits belong to approved issues. What could not be asked is not open,
//! unless the caller says so, and then not quietly.

use std::path::Path;

use record::ids::{CommitSha, TicketKey};
use serde_json::json;

use crate::answers::Gate;
use crate::arguments::{Asked, GateArguments, Unreachable};
use crate::client::{Call, CallError, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::printable::printable_json;
use crate::render;
use crate::voice::Voice;

/// The most issues and commits of one call.
const MOST: usize = 1_000;

pub(super) async fn run(
    client: &Client,
    wanted: GateArguments,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let asked = everything(wanted.asked, Path::new("."))?;
    if let Some(empty) = &asked.empty_range {
        let line = format!("No commits in {empty}.");
        match wanted.json {
            true => voice.warn(&line),
            false => drop(voice.say(&line)),
        }
    }
    let gate = match ask(client, &asked.keys, &asked.commits).await {
        Ok(gate) => gate,
        Err(error) if error.may_pass() && wanted.if_unreachable == Unreachable::Open => {
            voice.warn(&error.to_string());
            voice.warn("WARNING: THE GATE WAS NOT ASKED, and counts as open because of --if-unreachable open.");
            voice.warn("WARNING: nobody looked whether this was approved. Ask again once the server can be reached.");
            return Ok(Exit::Done);
        }
        Err(error) => return Err(CliError::Unasked(error)),
    };
    // The code says how the gate stands, whether or not anybody reads the lines.
    match wanted.json {
        true => drop(voice.say(&printable_json(&render::gate_json(&gate).to_string()))),
        false => drop(voice.say_all(render::gate(&gate))),
    }
    Ok(match gate.is_open() {
        true => Exit::Done,
        false => Exit::Closed,
    })
}

/// Everything that is asked about.
struct Everything {
    keys: Vec<TicketKey>,
    commits: Vec<CommitSha>,
    /// The range, if it has no commits.
    empty_range: Option<String>,
}

fn everything(asked: Asked, directory: &Path) -> Result<Everything, CliError> {
    let mut commits = asked.commits;
    let mut empty_range = None;
    if let Some(range) = asked.range {
        let listed = range.commits(directory)?;
        if listed.is_empty() {
            empty_range = Some(range.shown().to_string());
        }
        commits.extend(listed);
    }
    Ok(Everything {
        keys: asked.keys,
        commits,
        empty_range,
    })
}

/// How the gate stands for all of these together. Nothing to ask about is open: an empty range holds no change.
async fn ask(
    client: &Client,
    keys: &[TicketKey],
    commits: &[CommitSha],
) -> Result<Gate, CallError> {
    let mut whole = Gate::unasked();
    for (keys, commits) in parts(keys, commits) {
        let body = json!({ "tickets": keys, "commits": commits });
        let answer = client.make(&Call::ask(&["v1", "gate"], body)).await?;
        whole.join(answer.read()?);
    }
    Ok(whole)
}

/// The question in parts that the API takes.
fn parts<'a, K, C>(keys: &'a [K], commits: &'a [C]) -> impl Iterator<Item = (&'a [K], &'a [C])> {
    let calls = keys.len().max(commits.len()).div_ceil(MOST);
    let part = |at: usize, all: usize| (at * MOST).min(all)..((at + 1) * MOST).min(all);
    (0..calls).map(move |at| {
        let (of_keys, of_commits) = (part(at, keys.len()), part(at, commits.len()));
        (&keys[of_keys], &commits[of_commits])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_question_is_asked_in_parts_and_nothing_is_left_out() {
        for (keys, commits, calls) in [
            (0, 0, 0),
            (1, 0, 1),
            (3, 1_000, 1),
            (0, 1_001, 2),
            (2_500, 1, 3),
            (1_000, 4_000, 4),
        ] {
            let (keys, commits): (Vec<usize>, Vec<usize>) =
                ((0..keys).collect(), (0..commits).collect());
            let asked: Vec<_> = parts(&keys, &commits).collect();
            assert_eq!(asked.len(), calls);
            assert!(
                asked
                    .iter()
                    .all(|(k, c)| k.len() <= MOST && c.len() <= MOST)
            );
            assert_eq!(
                asked
                    .iter()
                    .flat_map(|(k, _)| k.to_vec())
                    .collect::<Vec<_>>(),
                keys
            );
            assert_eq!(
                asked
                    .iter()
                    .flat_map(|(_, c)| c.to_vec())
                    .collect::<Vec<_>>(),
                commits
            );
        }
    }
}
