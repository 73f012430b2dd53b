//! The issue that a branch is about, by its name as git tells it. Git is asked and never told.

use std::io;
use std::path::Path;

use record::ids::TicketKey;

use crate::git::git;

/// The most keys that a name is taken for.
const MOST_KEYS: usize = 6;

/// Why it is not known which issue is worked on.
#[derive(Debug, thiserror::Error)]
pub enum BranchError {
    /// Git cannot be run.
    #[error("git cannot be run: {0}. Name the issue instead.")]
    NoGit(io::Error),
    /// There is no branch.
    #[error("No branch is checked out here. Name the issue instead.")]
    NoBranch,
    /// The branch names no issue.
    #[error(
        "The branch's name has no issue key. Name the issue, or the branch after it, as in PAY-142-card-payment."
    )]
    NoKey,
}

/// The keys that the branch checked out here may mean: the longest first, since a project's key may have hyphens.
///
/// # Errors
/// Why none is known.
pub fn keys_of_branch(directory: &Path) -> Result<Vec<TicketKey>, BranchError> {
    let ran = git(directory)
        .args(["symbolic-ref", "--quiet", "--short", "HEAD"])
        .output()
        .map_err(BranchError::NoGit)?;
    if !ran.status.success() {
        return Err(BranchError::NoBranch);
    }
    let keys = keys(&String::from_utf8_lossy(&ran.stdout));
    match keys.is_empty() {
        true => Err(BranchError::NoKey),
        false => Ok(keys),
    }
}

/// Part by part; one that has a key is read as `FIX-PAY-142`, then as `PAY-142`.
fn keys(branch: &str) -> Vec<TicketKey> {
    let parts = branch
        .trim()
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    parts.flat_map(of_part).take(MOST_KEYS).collect()
}

fn of_part(part: &str) -> Vec<TicketKey> {
    let words: Vec<&str> = part.split('-').collect();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let mut keys = Vec::new();
    let mut begin = 0;
    for (at, word) in words.iter().enumerate() {
        if !is_number(word) {
            continue;
        }
        let named = (begin..at).filter_map(|from| words.get(from..=at));
        keys.extend(named.filter_map(|words| words.join("-").to_ascii_uppercase().parse().ok()));
        begin = at + 1;
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_names_an_issue_where_people_write_it() {
        for (branch, wanted) in [
            ("PAY-142", &["PAY-142"][..]),
            (
                "feature/pay-142-add-card-2",
                &["PAY-142", "ADD-CARD-2", "CARD-2"],
            ),
            ("fix/sha-256-bug-PAY-1", &["SHA-256", "BUG-PAY-1", "PAY-1"]),
            ("jane/AI-GOV-142_threshold\n", &["AI-GOV-142", "GOV-142"]),
            ("fix-PAY-142", &["FIX-PAY-142", "PAY-142"]),
            ("release-2/PAY-7", &["RELEASE-2", "PAY-7"]),
            ("main", &[]),
            ("v1.2.3", &[]),
            ("2024-11-05", &[]),
        ] {
            let found: Vec<String> = keys(branch).iter().map(ToString::to_string).collect();
            assert_eq!(found, wanted, "{branch}");
        }
    }
}
