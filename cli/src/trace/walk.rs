//! All files of a tree that git would not ignore, on all cores.

use std::path::Path;
use std::sync::Mutex;

use ignore::{WalkBuilder, WalkState};
use memchr::memmem::Finder;

use super::block::block;
use super::declared::Parsed;
use super::marker::named;
use super::{Claim, WORD};

/// A NUL among so many first bytes says that a file is no text.
const LOOKED_AT: usize = 8192;

/// What a tree holds.
#[derive(Debug, Default)]
pub struct Found {
    /// The markers, ordered by requirement, file and line.
    pub claims: Vec<Claim>,
    /// How many text files were read.
    pub files: u64,
    /// Those that have the word of a marker, whether it is one or not.
    pub with_word: Vec<String>,
    /// What could not be read, and why; what git ignores, binary files and links are passed over.
    pub unread: Vec<String>,
}

/// Looks through a tree, or at one file. Links are not followed.
#[must_use]
pub fn walk(root: &Path) -> Found {
    let all = Mutex::new(Found::default());
    let word = Finder::new(WORD);
    WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build_parallel()
        .run(|| {
            let mut mine = Mine {
                found: Found::default(),
                all: &all,
            };
            let word = &word;
            Box::new(move |entry| {
                match entry {
                    Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                        mine.found.read(root, entry.path(), word);
                    }
                    Ok(_) => {}
                    // A folder that cannot be opened may hold anything.
                    Err(error) => mine.found.unread.push(error.to_string()),
                }
                WalkState::Continue
            })
        });
    let mut found = all.into_inner().unwrap_or_default();
    found.claims.sort();
    found.unread.sort();
    found
}

/// What one thread found; given to all when the thread is done.
struct Mine<'a> {
    found: Found,
    all: &'a Mutex<Found>,
}

impl Drop for Mine<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.all.lock() {
            all.claims.append(&mut self.found.claims);
            all.unread.append(&mut self.found.unread);
            all.with_word.append(&mut self.found.with_word);
            all.files += self.found.files;
        }
    }
}

impl Found {
    fn read(&mut self, root: &Path, path: &Path, word: &Finder<'_>) {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.unread.push(format!("{}: {error}", path.display()));
                return;
            }
        };
        let head = bytes.get(..LOOKED_AT).unwrap_or(&bytes);
        if memchr::memchr(0, head).is_some() {
            return;
        }
        self.files += 1;
        if word.find(&bytes).is_some() {
            self.with_word.push(named_from(root, path));
            self.claims(root, path, &String::from_utf8_lossy(&bytes));
        }
    }

    fn claims(&mut self, root: &Path, path: &Path, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        let file = named_from(root, path);
        let mut parsed = None;
        for (at, line) in lines.iter().enumerate() {
            let place = line.find(WORD);
            let Some((place, named)) = place.and_then(|place| Some((place, named(line, place)?)))
            else {
                continue;
            };
            let declared = match named.after_code {
                true => None,
                false => parsed
                    .get_or_insert_with(|| Parsed::read(&file, text))
                    .as_mut()
                    .and_then(|parsed| parsed.lines(at, place)),
            };
            let (from, to) = declared.unwrap_or_else(|| block(&lines, at, named.after_code));
            let code = lines.get(from..=to).unwrap_or_default().join("\n");
            for requirement in named.requirements {
                self.claims.push(Claim {
                    requirement,
                    ticket: named.ticket.clone(),
                    file: file.clone(),
                    line: at as u64 + 1,
                    from: from as u64 + 1,
                    to: to as u64 + 1,
                    code: code.clone(),
                });
            }
        }
    }
}

/// The path from where the search began, or the file's own name where it began there.
fn named_from(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let below = if below.as_os_str().is_empty() {
        Path::new(path.file_name().unwrap_or_default())
    } else {
        below
    };
    let parts = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_opened_is_told() {
        let found = walk(Path::new("no-such-folder"));
        assert_eq!((found.unread.len(), found.files), (1, 0));
        assert!(found.unread[0].contains("no-such-folder"));
    }
}
