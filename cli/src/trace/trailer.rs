//! `Implements:` trailers of commits: which requirements a commit says that it meets, in the files that it added or
//! changed. Git's own trailers end a message; ours may stand in any line, since what joins commits puts others below.
//! Merges say nothing of their own.

use std::path::Path;

use record::ids::{CommitSha, TicketKey};
use serde::Serialize;

use super::WORD;
use super::marker::{MOST, ids_and_issue};
use crate::history::{HistoryError, Range, Touched};

/// A commit says that it meets a requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Trailer {
    /// The requirement's id, as it is written.
    pub requirement: String,
    /// The issue that is named beside it.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "super::as_text"
    )]
    pub ticket: Option<TicketKey>,
    /// The commit.
    pub commit: CommitSha,
    /// The files that it added or changed.
    #[serde(flatten)]
    pub touched: Touched,
}

/// What the trailers of a range's commits say, by requirement. A commit that names more requirements than a marker may
/// says nothing.
///
/// # Errors
/// If git does not list the range.
pub fn trailers(range: &Range, directory: &Path) -> Result<Vec<Trailer>, HistoryError> {
    let mut found = Vec::new();
    for (commit, lines) in range.messages(directory)? {
        let said = lines.iter().filter_map(|line| value(line));
        let said: Vec<_> = said.filter_map(ids_and_issue).collect();
        let count: usize = said
            .iter()
            .map(|(requirements, _)| requirements.len())
            .sum();
        if !(1..=MOST).contains(&count) {
            continue;
        }
        let touched = range.touched(directory, &commit)?;
        for (requirements, ticket) in said {
            found.extend(requirements.into_iter().map(|requirement| Trailer {
                requirement,
                ticket: ticket.clone(),
                commit: commit.clone(),
                touched: touched.clone(),
            }));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// What stands behind the word, if the trailer is one of ours. Git reads a trailer's name in any case.
fn value(line: &str) -> Option<&str> {
    let (name, value) = line.split_at_checked(WORD.len())?;
    name.eq_ignore_ascii_case(WORD).then_some(value)
}
