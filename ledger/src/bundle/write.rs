//! Writing a bundle. The caller streams the entries; nothing is held back in memory but a line.

use std::io::{self, Write};

use crate::bundle::HEADER;
use crate::entry::Origin;
use crate::hash::Hash;
use crate::tree::Frontier;

/// Everything of a bundle but its entries.
#[derive(Debug)]
pub struct BundleSource<'a> {
    /// The ledger.
    pub origin: &'a Origin,
    /// The tree before the first entry of the range.
    pub before: &'a Frontier,
    /// The position after the last entry of the range.
    pub end: u64,
    /// The disclosures to hand out, in any order.
    pub disclosures: &'a [String],
    /// Signed checkpoints in ascending order of size. Each covers a size within the range, except the
    /// last, which may be beyond it.
    pub checkpoints: &'a [String],
    /// The proof from the tree at `end` to the last checkpoint; empty where that is its size.
    pub consistency: &'a [Hash],
}

/// Why a bundle could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The entries given are not those of the range.
    #[error("{found} entries were given for a range of {expected}")]
    Entries {
        /// The length of the range.
        expected: u64,
        /// How many came.
        found: u64,
    },
    /// The output failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Reading an entry failed.
    #[error("reading the entries failed: {0}")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Writes the bundle. `entries` gives the recorded leaf hash and the bytes of each entry of the range.
///
/// # Errors
/// If the entries are not as many as the range has, or reading or writing fails.
pub fn write<E, B>(
    out: &mut impl Write,
    source: &BundleSource<'_>,
    entries: impl IntoIterator<Item = Result<(Hash, B), E>>,
) -> Result<(), WriteError>
where
    E: std::error::Error + Send + Sync + 'static,
    B: AsRef<[u8]>,
{
    let first = source.before.size();
    let expected = source.end.saturating_sub(first);
    writeln!(
        out,
        "{HEADER}\nledger {}\nfirst {first}\nend {}",
        source.origin, source.end
    )?;
    hashes(out, "frontier", source.before.roots())?;
    writeln!(out, "entries {expected}")?;
    let mut found = 0;
    for entry in entries {
        let (leaf, bytes) = entry.map_err(|error| WriteError::Source(Box::new(error)))?;
        write!(out, "{leaf} ")?;
        out.write_all(bytes.as_ref())?;
        out.write_all(b"\n")?;
        found += 1;
    }
    if found != expected {
        return Err(WriteError::Entries { expected, found });
    }
    let mut disclosures: Vec<&String> = source.disclosures.iter().collect();
    disclosures.sort_unstable();
    disclosures.dedup();
    writeln!(out, "disclosures {}", disclosures.len())?;
    for disclosure in disclosures {
        writeln!(out, "{disclosure}")?;
    }
    writeln!(out, "checkpoints {}", source.checkpoints.len())?;
    for checkpoint in source.checkpoints {
        write!(out, "note {}\n{checkpoint}", checkpoint.lines().count())?;
    }
    hashes(out, "consistency", source.consistency)?;
    out.flush()?;
    Ok(())
}

fn hashes(out: &mut impl Write, name: &str, hashes: &[Hash]) -> io::Result<()> {
    writeln!(out, "{name} {}", hashes.len())?;
    hashes.iter().try_for_each(|hash| writeln!(out, "{hash}"))
}
