//! What an entry's bytes alone decide: its leaf, whether they are an entry, and what it says of its place.

use crate::entry::{EntryError, EntryRef, Origin};
use crate::hash::Hash;

/// An entry as it is kept: its position, the leaf hash recorded for it, and its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// The position under which it is kept.
    pub seq: u64,
    /// The leaf hash kept beside it.
    pub leaf: Hash,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// What the examination of a stored entry came to. Holds nothing of its bytes.
#[derive(Debug)]
pub struct Examined {
    pub(super) seq: u64,
    /// The leaf hash that was recorded.
    pub(super) leaf: Hash,
    /// The leaf hash that follows from the bytes.
    pub(super) computed: Hash,
    pub(super) said: Result<Said, EntryError>,
}

/// What an entry says of its place.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) seq: u64,
    pub(super) prev: Hash,
    /// Whether it names the ledger it was examined for.
    pub(super) ours: bool,
}

/// Examines a stored entry of this ledger; gives it as read besides, if it could be read and says that it
/// belongs here.
#[must_use]
pub fn examine<'a>(origin: &Origin, stored: Stored<'a>) -> (Examined, Option<EntryRef<'a>>) {
    let Stored { seq, leaf, bytes } = stored;
    let (said, entry) = match EntryRef::read(bytes) {
        Ok(entry) => {
            let said = Said {
                seq: entry.seq,
                prev: entry.prev,
                ours: entry.ledger == origin.as_str(),
            };
            (Ok(said), Some(entry))
        }
        Err(error) => (Err(error), None),
    };
    let examined = Examined {
        seq,
        leaf,
        computed: Hash::leaf(bytes),
        said,
    };
    let entry = entry.filter(|_| examined.placed());
    (examined, entry)
}

impl Examined {
    /// The position under which it is kept.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The leaf hash that was recorded for it.
    #[must_use]
    pub const fn leaf(&self) -> Hash {
        self.leaf
    }

    /// Whether its bytes give the leaf hash that was recorded.
    pub(super) fn intact(&self) -> bool {
        self.computed == self.leaf
    }

    /// Whether its bytes are an entry that says this position and this ledger.
    pub(super) fn placed(&self) -> bool {
        let said = self.said.as_ref();
        said.is_ok_and(|said| said.ours && said.seq == self.seq)
    }

    /// Whether it is intact and placed.
    pub(super) fn sound(&self) -> bool {
        self.intact() && self.placed()
    }
}
