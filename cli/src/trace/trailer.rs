//! `Implements:` trailers of commits: which requirements a commit says that it meets, in the files that it added or
//! changed. Merges say nothing of their own.

use std::path::Path;

use record::ids::{CommitSha, TicketKey};
use serde::Serialize;

use super::WORD;
use super::marker::ids_and_issue;
use crate::history::{HistoryError, Range};

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
    /// The files that it added or changed, from the repository's root.
    pub files: Vec<String>,
}

/// What the trailers of a range's commits say, by requirement.
///
/// # Errors
/// If git does not list the range.
pub fn trailers(range: &Range, directory: &Path) -> Result<Vec<Trailer>, HistoryError> {
    let mut found = Vec::new();
    for (commit, said) in range.trailers(directory, WORD.trim_end_matches(':'))? {
        let mut files = None;
        for said in said {
            let Some((requirements, ticket)) = ids_and_issue(&said) else {
                continue;
            };
            let files = match &files {
                Some(known) => known,
                None => files.insert(range.files(directory, &commit)?),
            };
            found.extend(requirements.into_iter().map(|requirement| Trailer {
                requirement,
                ticket: ticket.clone(),
                commit: commit.clone(),
                files: files.clone(),
            }));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}
