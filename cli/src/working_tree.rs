//! What git knows of a folder's files: where its repository begins, which commit is checked out, and which files are not
//! as that commit has them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use record::ids::CommitSha;

use crate::git::git;

/// Why nothing can be said of a folder's files.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// Git cannot be run.
    #[error("git cannot be run: {0}. Nothing was sent.")]
    NoGit(io::Error),
    /// It is in no repository.
    #[error("This is in no git repository. Nothing was sent: claims are about files of a commit.")]
    NoRepository,
    /// There is no commit.
    #[error("No commit is checked out here. Nothing was sent: claims are about files of a commit.")]
    NoCommit,
}

/// A repository's files, as they lie there.
#[derive(Debug)]
pub struct WorkingTree {
    top: PathBuf,
    /// Where the search for markers began.
    from: PathBuf,
    /// Whether it goes through all of the repository.
    whole: bool,
    /// What is checked out.
    pub commit: CommitSha,
    /// Files that are new or changed.
    differing: BTreeSet<String>,
}

impl WorkingTree {
    /// Of the repository that this folder or file is in.
    ///
    /// # Errors
    /// Why nothing can be said of it.
    pub fn around(path: &Path) -> Result<Self, TreeError> {
        let path = fs::canonicalize(path).map_err(|_| TreeError::NoRepository)?;
        let is_folder = path.is_dir();
        let from = match is_folder {
            true => path,
            false => path.parent().map(Path::to_owned).unwrap_or_default(),
        };
        let top = said(&from, &["rev-parse", "--show-toplevel"])?.ok_or(TreeError::NoRepository)?;
        let top =
            fs::canonicalize(top.trim_end_matches('\n')).map_err(|_| TreeError::NoRepository)?;
        let head = said(
            &from,
            &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"],
        )?;
        let commit = head.and_then(|head| head.trim().parse().ok());
        let status = [
            "status",
            "--porcelain=v1",
            "-z",
            "--untracked-files=all",
            "--no-renames",
        ];
        let status = said(&top, &status)?.ok_or(TreeError::NoRepository)?;
        let differing = status.split('\0').filter_map(|line| line.get(3..));
        Ok(Self {
            differing: differing.map(str::to_owned).collect(),
            commit: commit.ok_or(TreeError::NoCommit)?,
            whole: is_folder && from == top,
            top,
            from,
        })
    }

    /// Whether the search goes through all of the repository.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether these files, as a search named them, are all files of the commit that have this word, and lie there as it
    /// has them: not so where a file is ignored, not checked out, changed or no text, nor where git does not say.
    ///
    /// # Errors
    /// If git cannot be run.
    pub fn are_all_with(&self, word: &str, searched: &[String]) -> Result<bool, TreeError> {
        let asked = ["grep", "-lzaF", "--no-color", "-e", word, "HEAD", "--"];
        let mut grep = git(&self.top);
        let ran = grep.args(asked).output().map_err(TreeError::NoGit)?;
        // 1 says that no file has it.
        if !matches!(ran.status.code(), Some(0 | 1)) {
            return Ok(false);
        }
        let named = String::from_utf8_lossy(&ran.stdout);
        let here: BTreeSet<String> = searched
            .iter()
            .filter_map(|it| self.committed(it))
            .collect();
        let mut named = named.split('\0').filter_map(|it| it.strip_prefix("HEAD:"));
        Ok(named.all(|name| here.contains(name)))
    }

    /// The repository's root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.top
    }

    /// The name of a file from the repository's root, if it is there as the commit has it.
    #[must_use]
    pub fn committed(&self, file: &str) -> Option<String> {
        let path = fs::canonicalize(self.from.join(file)).ok()?;
        let below = path.strip_prefix(&self.top).ok()?;
        let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/")).filter(|name| !self.differing.contains(name))
    }
}

/// What git says; nothing where it refuses.
fn said(folder: &Path, words: &[&str]) -> Result<Option<String>, TreeError> {
    let ran = git(folder).args(words).output().map_err(TreeError::NoGit)?;
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    Ok(Some(text).filter(|_| ran.status.success()))
}
