//! Writing an entry in two steps. All of it that its place does not decide can be checked and written before the
//! place is known, by many at once; what then has to be done in the ledger's own order is to put in two members.

use super::form::check_place;
use super::{Draft, Entry, EntryError, MAX_BYTES, Origin};
use crate::canonical;
use crate::hash::Hash;

/// An entry that waits for its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    draft: Draft,
    /// Its bytes before the value of `prev`.
    before: Vec<u8>,
    /// Its bytes after the value of `seq`.
    after: Vec<u8>,
}

impl Draft {
    /// Checks and writes all that the entry's place does not decide.
    ///
    /// # Errors
    /// If a member has not its form, or the payload holds what the ledger does not admit.
    pub fn written(self, ledger: &Origin) -> Result<Written, EntryError> {
        let first = Entry::of(self, ledger, 0, Hash::NONE);
        first.fields().check()?;
        let mut before = canonical::write(&first).map_err(|error| match error {
            canonical::WriteError::Unfit(flaw) => EntryError::NotCanonical(flaw),
            canonical::WriteError::Json(_) => EntryError::Members,
        })?;
        if before.len() > MAX_BYTES {
            return Err(EntryError::TooLong);
        }
        let place = place(0, Hash::NONE);
        let at = last(&before, place.as_bytes()).ok_or(EntryError::Members)?;
        let after = before.split_off(at + place.len());
        before.truncate(at);
        Ok(Written {
            draft: first.into_draft(),
            before,
            after,
        })
    }
}

impl Written {
    /// What it was written from.
    #[must_use]
    pub const fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The bytes of the entry at `seq` after an entry with leaf `prev`.
    ///
    /// # Errors
    /// If there is no such place, or the entry is too long for it.
    pub fn at(&self, seq: u64, prev: Hash) -> Result<Vec<u8>, EntryError> {
        check_place(seq, prev)?;
        let bytes = [&self.before, place(seq, prev).as_bytes(), &self.after].concat();
        if bytes.len() > MAX_BYTES {
            Err(EntryError::TooLong)
        } else {
            Ok(bytes)
        }
    }

    /// The entry at `seq` after an entry with leaf `prev`.
    pub(super) fn into_entry(self, ledger: &Origin, seq: u64, prev: Hash) -> Entry {
        Entry::of(self.draft, ledger, seq, prev)
    }
}

/// The members `prev` and `seq`, which stand beside each other in the canonical order.
fn place(seq: u64, prev: Hash) -> String {
    format!("\"prev\":\"{prev}\",\"seq\":{seq}")
}

/// Where these bytes stand for the last time. No member that comes after an entry's `seq` has room for a quotation
/// mark, so that none holds what looks like its place.
fn last(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::draft;
    use super::*;

    #[test]
    fn an_entry_is_the_same_whether_its_place_came_late_or_not() {
        let ledger: Origin = "countersign/t".parse().unwrap();
        let mut draft = draft(1);
        let looks_like_a_place = place(0, Hash::NONE);
        draft.payload = serde_json::Map::from_iter([
            ("prev".to_owned(), json!(Hash::NONE.to_string())),
            ("seq".to_owned(), json!(0)),
            ("text".to_owned(), json!(looks_like_a_place)),
        ]);
        let written = draft.written(&ledger).unwrap();
        for (seq, prev) in [
            (0, Hash::NONE),
            (1, Hash::of(b"0")),
            (u64::from(u32::MAX), Hash::of(b"1")),
        ] {
            let bytes = written.at(seq, prev).unwrap();
            let entry = written.clone().into_entry(&ledger, seq, prev);
            assert_eq!((entry.seq, entry.prev), (seq, prev));
            assert_eq!(bytes, canonical::write(&entry).unwrap());
            assert_eq!(Entry::parse(&bytes).unwrap(), entry);
        }
    }

    #[test]
    fn a_place_that_does_not_exist_is_refused() {
        let ledger: Origin = "countersign/t".parse().unwrap();
        let written = draft(1).written(&ledger).unwrap();
        for (seq, prev) in [
            (0, Hash::of(b"before")),
            (1, Hash::NONE),
            (canonical::MAX_INTEGER, Hash::of(b"before")),
        ] {
            let sealed = written.at(seq, prev);
            assert!(matches!(sealed, Err(EntryError::Field("seq"))), "{seq}");
        }
    }

    #[test]
    fn an_entry_that_its_place_makes_too_long_is_refused() {
        let ledger: Origin = "countersign/t".parse().unwrap();
        let fitting = |text: usize| {
            let mut draft = draft(1);
            draft
                .payload
                .insert("x".to_owned(), "y".repeat(text).into());
            draft.written(&ledger)
        };
        let spare = fitting(0).unwrap().at(0, Hash::NONE).unwrap().len();
        let longest = MAX_BYTES - spare;
        assert!(matches!(fitting(longest + 1), Err(EntryError::TooLong)));
        let written = fitting(longest).unwrap();
        assert!(written.at(9, Hash::of(b"8")).is_ok());
        let too_long = written.at(10, Hash::of(b"9"));
        assert!(matches!(too_long, Err(EntryError::TooLong)));
    }
}
