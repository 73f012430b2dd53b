//! A file as it is and as it is to be.

use std::fs;
use std::io;
use std::path::Path;

use similar::TextDiff;

use super::AssistantError;
use crate::printable::Printable;

/// A file of an assistant's, before and after.
#[derive(Debug)]
pub struct Change {
    /// From the repository's root.
    pub file: &'static str,
    /// None where there is no file.
    before: Option<String>,
    /// None where there is to be no file.
    after: Option<String>,
}

impl Change {
    /// What becomes of a file, by what it holds now.
    pub(super) fn of(
        root: &Path,
        file: &'static str,
        after: impl FnOnce(Option<&str>) -> Result<Option<String>, String>,
    ) -> Result<Self, AssistantError> {
        let before = match fs::read_to_string(root.join(file)) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return Err(AssistantError::Read { file, cause }),
        };
        let after = after(before.as_deref()).map_err(|problem| AssistantError::Form {
            file,
            problem: Printable::new(&problem),
        })?;
        Ok(Self {
            file,
            before,
            after,
        })
    }

    pub(super) fn is_one(&self) -> bool {
        self.before != self.after
    }

    /// The change in the form of `diff -u`.
    #[must_use]
    pub fn diff(&self) -> String {
        let (before, after) = (
            self.before.as_deref().unwrap_or_default(),
            self.after.as_deref().unwrap_or_default(),
        );
        let (old, new) = (
            self.before.as_ref().map_or("/dev/null", |_| self.file),
            self.after.as_ref().map_or("/dev/null", |_| self.file),
        );
        let diff = TextDiff::from_lines(before, after);
        let diff = diff.unified_diff().header(old, new).to_string();
        Printable::lines(diff.trim_end())
    }

    /// Writes it: beside and renamed, so that it is the old or the new one whatever happens.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, root: &Path) -> Result<(), AssistantError> {
        let written = match &self.after {
            Some(text) => put(&root.join(self.file), text),
            None => fs::remove_file(root.join(self.file)),
        };
        written.map_err(|cause| AssistantError::Write {
            file: self.file,
            cause,
        })
    }
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    // A link would be replaced by a file of its own: what it leads to is written instead.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".countersign-new");
    let beside = path.with_file_name(name);
    fs::write(&beside, text)?;
    if let Ok(known) = fs::metadata(&path) {
        fs::set_permissions(&beside, known.permissions())?;
    }
    fs::rename(&beside, &path)
}
