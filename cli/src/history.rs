//! The commits of a range, as git lists them in a directory, what they say and which files they touch. Git is asked and
//! never told: nothing here fetches or writes. A range that may be longer than git knows is refused, since a commit that
//! is missing is not asked about.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use record::ids::CommitSha;
use serde::Serialize;

use crate::git::git;
use crate::printable::Printable;

/// The most files of a commit that are named.
pub const MOST_FILES: usize = 100;

/// A range of commits: `A..B`, those of B's history that are not in A's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range(String);

/// The files that a commit added or changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Touched {
    /// How many.
    pub file_count: usize,
    /// Those whose names are text, from the repository's root: the first hundred.
    pub files: Arc<[String]>,
}

/// Why a text is no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotARange {
    /// It is not of the form `A..B`.
    #[error("a range such as origin/main..HEAD is expected, with two dots")]
    Form,
    /// A side is empty, as when a pipeline's variable is not set. Git would read HEAD, and find nothing to ask about.
    #[error("a side of the range is empty: name both, as in origin/main..HEAD")]
    Side,
}

impl FromStr for Range {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let (from, to) = text.split_once("..").ok_or(NotARange::Form)?;
        if text.starts_with('-') || text.contains("...") || to.contains("..") {
            return Err(NotARange::Form);
        }
        if from.trim().is_empty() || to.trim().is_empty() {
            return Err(NotARange::Side);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Why the commits of a range are not known.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Git cannot be run.
    #[error(
        "git cannot be run: {0}. Nothing was asked or sent: install git; the gate also takes commits one by one, as --commit."
    )]
    NoGit(io::Error),
    /// Git refused.
    #[error(
        "git does not list {range}: {told}. Nothing was asked or sent: check the range, and that its commits were fetched."
    )]
    Git {
        /// The range.
        range: Printable,
        /// In git's words.
        told: Printable,
    },
    /// The clone ends within the range.
    #[error(
        "This clone is shallow and ends within {range}, so that git does not know all of its commits. Nothing was \
         asked or sent: fetch the whole history (`git fetch --unshallow`, or `fetch-depth: 0`), and ask again."
    )]
    Shallow {
        /// The range.
        range: Printable,
    },
    /// What git wrote is not a list of commits.
    #[error("git wrote something other than a list of commits. Nothing was asked or sent.")]
    NotCommits,
}

impl Range {
    /// The commits of the range, merges among them, the latest first.
    ///
    /// # Errors
    /// Why they are not known.
    pub fn commits(&self, directory: &Path) -> Result<Vec<CommitSha>, HistoryError> {
        let listed = text(self.git(directory, &self.arguments())?)?;
        let commits: Result<Vec<CommitSha>, _> = listed.lines().map(str::parse).collect();
        let commits = commits.map_err(|_| HistoryError::NotCommits)?;
        let ends = self.ends_of_clone(directory)?;
        match commits.iter().any(|commit| ends.contains(commit.as_str())) {
            true => Err(HistoryError::Shallow {
                range: self.shown(),
            }),
            false => Ok(commits),
        }
    }

    /// The lines of each commit's message, the latest commit first; one that goes on with a blank is one. Merges are left
    /// out. What git is set up to call a trailer changes nothing.
    ///
    /// # Errors
    /// Why they are not known.
    pub fn messages(
        &self,
        directory: &Path,
    ) -> Result<Vec<(CommitSha, Vec<String>)>, HistoryError> {
        // Refuses a range of which the clone has a part.
        self.commits(directory)?;
        let asked = [
            "--no-replace-objects",
            "log",
            "-z",
            "--no-merges",
            "--no-show-signature",
            "--encoding=UTF-8",
            "--format=%H%n%B",
            "--end-of-options",
            &self.0,
            "--",
        ];
        let told = self.git(directory, &asked)?;
        let told = String::from_utf8_lossy(&told);
        let commits = told.split('\0').filter(|commit| !commit.is_empty());
        let read = commits.map(|commit| {
            let (sha, lines) = commit.split_once('\n').unwrap_or((commit, ""));
            let sha = sha.parse().map_err(|_| HistoryError::NotCommits)?;
            Ok((sha, unfolded(lines)))
        });
        read.collect()
    }

    /// The files that a commit added or changed.
    ///
    /// # Errors
    /// Why they are not known.
    pub fn touched(&self, directory: &Path, commit: &CommitSha) -> Result<Touched, HistoryError> {
        let asked = [
            "--no-replace-objects",
            "diff-tree",
            "--no-commit-id",
            "--name-only",
            "--no-renames",
            "--root",
            "--diff-filter=AMT",
            "-r",
            "-z",
            commit.as_str(),
        ];
        let told = self.git(directory, &asked)?;
        let names = told
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty());
        let readable = names
            .clone()
            .filter_map(|name| std::str::from_utf8(name).ok());
        Ok(Touched {
            file_count: names.count(),
            files: readable.take(MOST_FILES).map(str::to_owned).collect(),
        })
    }

    /// The range, to be shown.
    #[must_use]
    pub fn shown(&self) -> Printable {
        Printable::new(&self.0)
    }

    /// What git is given. The range stands where git reads no option, and before where it reads paths.
    fn arguments(&self) -> [&str; 5] {
        [
            "--no-replace-objects",
            "rev-list",
            "--end-of-options",
            &self.0,
            "--",
        ]
    }

    /// The commits whose parents a shallow clone left out; none in a whole clone.
    fn ends_of_clone(&self, directory: &Path) -> Result<BTreeSet<String>, HistoryError> {
        let asked = ["rev-parse", "--git-path", "shallow"];
        let path = text(self.git(directory, &asked)?)?;
        match fs::read_to_string(directory.join(path.trim_end_matches(['\r', '\n']))) {
            Ok(ends) => Ok(ends.lines().map(str::to_owned).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(self.refused(&error.to_string())),
        }
    }

    /// What git writes. It and what it starts have no use for the API key.
    fn git(&self, directory: &Path, arguments: &[&str]) -> Result<Vec<u8>, HistoryError> {
        let ran = git(directory)
            .args(arguments)
            .output()
            .map_err(HistoryError::NoGit)?;
        if !ran.status.success() {
            return Err(self.refused(&String::from_utf8_lossy(&ran.stderr)));
        }
        Ok(ran.stdout)
    }

    fn refused(&self, told: &str) -> HistoryError {
        let first = told.lines().find(|line| !line.trim().is_empty());
        let first = first.unwrap_or("it does not say why");
        let first = first.trim_start_matches("fatal: ").trim_end_matches('.');
        HistoryError::Git {
            range: self.shown(),
            told: Printable::new(first),
        }
    }
}

/// The lines, those that begin with a blank joined to the one before.
fn unfolded(lines: &str) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    for line in lines.lines() {
        match whole.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
            _ => whole.push(line.to_owned()),
        }
    }
    whole
}

fn text(told: Vec<u8>) -> Result<String, HistoryError> {
    String::from_utf8(told).map_err(|_| HistoryError::NotCommits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_both_its_ends() {
        for text in ["origin/main..HEAD", "a1b2c3d..v1.2", "main~3..topic^2"] {
            let range: Range = text.parse().unwrap();
            assert_eq!(range.shown().as_str(), text);
        }
        for text in [
            "",
            "HEAD",
            "--all",
            "--all..HEAD",
            "--output=x..y",
            "-n1..HEAD",
            "A...B",
            "A..B..C",
            "A....B",
        ] {
            assert_eq!(text.parse::<Range>(), Err(NotARange::Form), "{text}");
        }
        for text in ["..", "..HEAD", "main..", " ..HEAD"] {
            assert_eq!(text.parse::<Range>(), Err(NotARange::Side), "{text}");
        }
    }

    #[test]
    fn git_reads_no_option_in_a_range() {
        let range = Range("--output=x..y".to_owned());
        let arguments = range.arguments();
        let at = |wanted: &str| arguments.iter().position(|of| *of == wanted).unwrap();
        assert!(at("--end-of-options") < at("--output=x..y"));
        assert_eq!(arguments.last(), Some(&"--"));
    }

    #[test]
    fn where_there_is_no_repository_git_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let range: Range = "A..B".parse().unwrap();
        let error = range.commits(directory.path()).unwrap_err().to_string();
        assert!(
            error.starts_with("git does not list A..B: not a git repository"),
            "{error}"
        );
    }
}
