//! A file as it is and as it is to be. A repository may be somebody else's: nothing is read or written but plain files
//! within it, reached without a link.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use similar::TextDiff;
use ulid::Ulid;

use super::AssistantError;
use crate::printable::Printable;

/// Nobody writes so much by hand.
const LARGEST: u64 = 1 << 20;
const BYTE_ORDER_MARK: char = '\u{feff}';

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
    /// What becomes of a file, by what it holds now. A byte order mark and the way its lines end stay.
    pub(super) fn of(
        root: &Path,
        file: &'static str,
        after: impl FnOnce(Option<&str>) -> Result<Option<String>, String>,
    ) -> Result<Self, AssistantError> {
        let before = read(root, file)?;
        let marked = before
            .as_ref()
            .is_some_and(|text| text.starts_with(BYTE_ORDER_MARK));
        let plain = before
            .as_ref()
            .map(|text| text.trim_start_matches(BYTE_ORDER_MARK));
        let by_two = plain.is_some_and(|text| text.contains("\r\n"));
        let plain = plain.map(|text| text.replace("\r\n", "\n"));
        let after = after(plain.as_deref()).map_err(|problem| AssistantError::Form {
            file,
            problem: Printable::new(&problem),
        })?;
        let after = after.map(|text| {
            let text = match by_two {
                true => text.replace('\n', "\r\n"),
                false => text,
            };
            match marked {
                true => format!("{BYTE_ORDER_MARK}{text}"),
                false => text,
            }
        });
        Ok(Self {
            file,
            before,
            after,
        })
    }

    pub(super) fn is_one(&self) -> bool {
        self.before != self.after
    }

    /// What becomes of the file, in a word.
    #[must_use]
    pub const fn verb(&self) -> &'static str {
        match self.after {
            Some(_) => "written",
            None => "removed",
        }
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
    /// If it cannot be written, or is no plain file any more.
    pub fn write(&self, root: &Path) -> Result<(), AssistantError> {
        let written = plain_file(root, self.file).and_then(|known| match (&self.after, known) {
            (None, _) => fs::remove_file(root.join(self.file)),
            (Some(_), Some(known)) if known.permissions().readonly() => {
                Err(io::Error::other("it is read-only"))
            }
            (Some(text), known) => put(root, self.file, text, known.as_ref()),
        });
        written.map_err(|cause| AssistantError::Write {
            file: self.file,
            cause,
        })
    }
}

fn read(root: &Path, file: &'static str) -> Result<Option<String>, AssistantError> {
    let read = plain_file(root, file).and_then(|known| {
        let Some(known) = known else {
            return Ok(None);
        };
        if known.len() > LARGEST {
            return Err(io::Error::other("it is larger than 1 MB"));
        }
        let mut text = String::new();
        let opened = fs::File::open(root.join(file))?;
        opened.take(LARGEST).read_to_string(&mut text)?;
        Ok(Some(text))
    });
    read.map_err(|cause| AssistantError::Read { file, cause })
}

/// What is there under this name; nothing if there is nothing. A link on the way would lead out of the repository.
fn plain_file(root: &Path, file: &str) -> io::Result<Option<fs::Metadata>> {
    let mut path = root.to_owned();
    let mut last = None;
    for part in Path::new(file) {
        path.push(part);
        last = match fs::symlink_metadata(&path) {
            Ok(known) if known.is_symlink() => {
                return Err(io::Error::other("it is, or lies behind, a symbolic link"));
            }
            Ok(known) => Some(known),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
    }
    match last {
        Some(known) if !known.is_file() => Err(io::Error::other("it is no plain file")),
        known => Ok(known),
    }
}

fn put(root: &Path, file: &str, text: &str, known: Option<&fs::Metadata>) -> io::Result<()> {
    let path = root.join(file);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // A name that nobody can have laid out before, and that is made here or not at all.
    let beside = path.with_file_name(format!(".countersign-{}", Ulid::generate()));
    let written = fs::File::create_new(&beside).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        if let Some(known) = known {
            new.set_permissions(known.permissions())?;
        }
        new.sync_all()?;
        fs::rename(&beside, &path)
    });
    if written.is_err() {
        drop(fs::remove_file(&beside));
    }
    written
}
