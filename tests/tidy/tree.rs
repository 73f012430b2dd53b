//! The repository's files as git would commit them now: tracked ones and new ones, never ignored ones.
//! Reads them once and judges nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file by its path from the top, with `/` between folders. Without text where it is not UTF-8.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

/// The folder that holds the workspace.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

impl Tree {
    pub(crate) fn of_repository() -> io::Result<Self> {
        let top = top();
        let listed = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(&top)
            .output()?;
        if !listed.status.success() {
            return Err(io::Error::other(
                "git ls-files failed: run this in a git checkout, with git installed",
            ));
        }
        let mut files = Vec::new();
        for path in String::from_utf8_lossy(&listed.stdout).split_terminator('\0') {
            match fs::read(top.join(path)) {
                Ok(bytes) => files.push(File {
                    path: path.to_owned(),
                    text: String::from_utf8(bytes).ok(),
                }),
                // Deleted, and not yet taken out of the index.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { files })
    }

    /// A tree to try a rule on.
    pub(crate) fn made_of(files: &[(&str, &str)]) -> Self {
        Self {
            files: files
                .iter()
                .map(|(path, text)| File {
                    path: (*path).to_owned(),
                    text: Some((*text).to_owned()),
                })
                .collect(),
        }
    }

    pub(crate) fn text_of(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path)?.text()
    }

    /// The files below this folder.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = &File> {
        let start = format!("{folder}/");
        self.files
            .iter()
            .filter(move |file| file.path.starts_with(&start))
    }
}

impl File {
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The names on the way to the file, its own last.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.path.split('/').collect()
    }

    /// What follows the last dot of the file's own name; nothing where there is none.
    pub(crate) fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The lines with their numbers, counted from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text().unwrap_or_default().lines())
    }
}
