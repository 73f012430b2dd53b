//! Reading a bundle, strictly: every line is where and as `docs/LEDGER.md` prescribes.

use crate::bundle::HEADER;
use crate::checkpoint::decimal;
use crate::entry::Origin;
use crate::hash::Hash;
use crate::tree::Frontier;

/// A bundle as read; nothing of it is verified yet.
#[derive(Debug)]
pub struct Bundle<'a> {
    /// The ledger it says it is of.
    pub origin: Origin,
    /// The tree before the first entry.
    pub before: Frontier,
    /// The position after the last entry.
    pub end: u64,
    /// The entries.
    pub entries: Vec<BundleEntry<'a>>,
    /// The disclosures, with the numbers of their lines.
    pub disclosures: Vec<(usize, &'a str)>,
    /// The checkpoints' notes, with the numbers of their first lines.
    pub checkpoints: Vec<(usize, &'a str)>,
    /// The proof from `end` to the last checkpoint, with the number of its first line.
    pub consistency: (usize, Vec<Hash>),
}

/// An entry's line.
#[derive(Debug)]
pub struct BundleEntry<'a> {
    /// The number of its line, from 1.
    pub line: usize,
    /// The recorded leaf hash.
    pub leaf: Hash,
    /// The entry's bytes.
    pub bytes: &'a [u8],
}

/// The text is not a bundle, from this line on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {expected} is expected")]
pub struct MalformedBundle {
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
}

/// Reads a bundle.
///
/// # Errors
/// At the first line that is not as prescribed.
pub fn read(bytes: &[u8]) -> Result<Bundle<'_>, MalformedBundle> {
    let mut lines = Lines {
        rest: bytes,
        number: 0,
    };
    lines.exactly(HEADER)?;
    let origin = lines
        .named("ledger ", "`ledger` and a name")?
        .parse()
        .map_err(|_| lines.malformed("`ledger` and a name"))?;
    let first = lines.number("first ", "`first` and a number")?;
    let end = lines.number("end ", "`end` and a number")?;
    if end <= first {
        return Err(lines.malformed("an end after the first entry"));
    }
    let expected = "`frontier` and as many hashes as complete subtrees";
    let subtrees = lines.number("frontier ", expected)?;
    if subtrees != u64::from(first.count_ones()) {
        return Err(lines.malformed(expected));
    }
    let roots = lines.hashes(subtrees)?;
    let before = Frontier::from_parts(first, roots)
        .map_err(|_| lines.malformed("as many hashes as complete subtrees"))?;
    if lines.number("entries ", "`entries` and a number")? != end - first {
        return Err(lines.malformed("as many entries as the range has"));
    }
    let mut entries = Vec::new();
    for _ in first..end {
        entries.push(lines.entry()?);
    }
    let disclosures = lines.disclosures()?;
    let checkpoints = lines.checkpoints()?;
    let length = lines.number("consistency ", "`consistency` and a number")?;
    let consistency = (lines.number, lines.hashes(length)?);
    if !lines.rest.is_empty() {
        lines.number += 1;
        return Err(lines.malformed("the end of the bundle"));
    }
    Ok(Bundle {
        origin,
        before,
        end,
        entries,
        disclosures,
        checkpoints,
        consistency,
    })
}

struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    const fn malformed(&self, expected: &'static str) -> MalformedBundle {
        MalformedBundle {
            line: self.number,
            expected,
        }
    }

    fn bytes(&mut self) -> Result<&'a [u8], MalformedBundle> {
        self.number += 1;
        let end = self
            .rest
            .iter()
            .position(|b| *b == b'\n')
            .ok_or_else(|| self.malformed("a line that ends in a line break"))?;
        let (line, rest) = (&self.rest[..end], &self.rest[end + 1..]);
        self.rest = rest;
        Ok(line)
    }

    fn text(&mut self, expected: &'static str) -> Result<&'a str, MalformedBundle> {
        let line = self.bytes()?;
        std::str::from_utf8(line).map_err(|_| self.malformed(expected))
    }

    fn exactly(&mut self, line: &'static str) -> Result<(), MalformedBundle> {
        if self.text(line)? == line {
            Ok(())
        } else {
            Err(self.malformed(line))
        }
    }

    fn named(&mut self, name: &str, expected: &'static str) -> Result<&'a str, MalformedBundle> {
        let line = self.text(expected)?;
        line.strip_prefix(name)
            .ok_or_else(|| self.malformed(expected))
    }

    fn number(&mut self, name: &str, expected: &'static str) -> Result<u64, MalformedBundle> {
        let text = self.named(name, expected)?;
        decimal(text).ok_or_else(|| self.malformed(expected))
    }

    fn hashes(&mut self, count: u64) -> Result<Vec<Hash>, MalformedBundle> {
        (0..count)
            .map(|_| {
                let text = self.text("64 hex digits")?;
                text.parse().map_err(|_| self.malformed("64 hex digits"))
            })
            .collect()
    }

    fn entry(&mut self) -> Result<BundleEntry<'a>, MalformedBundle> {
        let expected = "a leaf hash and an entry";
        let line = self.bytes()?;
        let (leaf, entry) = line
            .split_at_checked(64)
            .ok_or_else(|| self.malformed(expected))?;
        let leaf = std::str::from_utf8(leaf)
            .ok()
            .and_then(|text| text.parse().ok());
        match (leaf, entry.strip_prefix(b" ")) {
            (Some(leaf), Some(bytes)) => Ok(BundleEntry {
                line: self.number,
                leaf,
                bytes,
            }),
            _ => Err(self.malformed(expected)),
        }
    }

    fn disclosures(&mut self) -> Result<Vec<(usize, &'a str)>, MalformedBundle> {
        let count = self.number("disclosures ", "`disclosures` and a number")?;
        let mut disclosures: Vec<(usize, &'a str)> = Vec::new();
        for _ in 0..count {
            let text = self.text("a disclosure")?;
            if disclosures
                .last()
                .is_some_and(|(_, before)| *before >= text)
            {
                return Err(self.malformed("disclosures in ascending order"));
            }
            disclosures.push((self.number, text));
        }
        Ok(disclosures)
    }

    fn checkpoints(&mut self) -> Result<Vec<(usize, &'a str)>, MalformedBundle> {
        let count = self.number("checkpoints ", "`checkpoints` and a number")?;
        let mut checkpoints = Vec::new();
        for _ in 0..count {
            let length = self.number("note ", "`note` and its number of lines")?;
            let (first, from) = (self.number + 1, self.rest);
            for _ in 0..length {
                self.text("a line of a note")?;
            }
            let note = &from[..from.len() - self.rest.len()];
            let note = std::str::from_utf8(note).map_err(|_| self.malformed("a note"))?;
            checkpoints.push((first, note));
        }
        Ok(checkpoints)
    }
}
