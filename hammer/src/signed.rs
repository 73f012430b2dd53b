//! Signed heads: collected from the database and from the signers' memories, and proven to be heads of one ledger.
//!
//! Each is proven to begin with the one before it, and the newest to begin with each. That every other pair is
//! consistent follows from the first; the reader tries such pairs while the writers are at work.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ledger::{Checkpoint, proof};
use record::ids::TenantId;
use store::{Db, StoreError};

use crate::faults::{Faults, Kind};

/// All that were seen, by size.
#[derive(Debug, Default)]
pub(crate) struct Signed {
    seen: BTreeMap<u64, Checkpoint>,
    /// How many pairs were proven.
    pub(crate) pairs: u64,
}

impl Signed {
    /// Takes up what is kept in the database and what the signers remember.
    pub(crate) fn collect(
        &mut self,
        db: &mut Db<'_>,
        tenant: &TenantId,
        memories: &[PathBuf],
        faults: &Faults,
    ) -> Result<(), StoreError> {
        for (_, note) in db.stored_checkpoints(tenant)? {
            self.take(&note, faults);
        }
        for memory in memories {
            if let Ok(note) = fs::read_to_string(memory.join(format!("{tenant}.checkpoint"))) {
                self.take(&note, faults);
            }
        }
        Ok(())
    }

    fn take(&mut self, note: &str, faults: &Faults) {
        let Ok(checkpoint) = Checkpoint::unverified(note.as_bytes()) else {
            faults.find(Kind::Unsound, "a signed head cannot be read");
            return;
        };
        let size = checkpoint.size;
        let known = self.seen.entry(size).or_insert_with(|| checkpoint.clone());
        if *known != checkpoint {
            faults.find(Kind::Fork, format!("two heads of size {size} were signed"));
        }
    }

    pub(crate) fn all(&self) -> Vec<Checkpoint> {
        self.seen.values().cloned().collect()
    }

    /// Proves them, all against what the database has now.
    pub(crate) fn prove(
        &mut self,
        db: &mut Db<'_>,
        tenant: &TenantId,
        faults: &Faults,
    ) -> Result<(), StoreError> {
        let all = self.all();
        let Some(newest) = all.last() else {
            return Ok(());
        };
        for pair in all.windows(2) {
            if let [old, new] = pair {
                consistent(db, tenant, old, new, faults)?;
                consistent(db, tenant, old, newest, faults)?;
                self.pairs += 2;
            }
        }
        Ok(())
    }
}

/// Whether the newer of two heads begins with the older.
pub(crate) fn consistent(
    db: &mut Db<'_>,
    tenant: &TenantId,
    old: &Checkpoint,
    new: &Checkpoint,
    faults: &Faults,
) -> Result<(), StoreError> {
    let proof = match db.consistency_proof(tenant, old.size, new.size) {
        Ok(proof) => proof,
        Err(StoreError::Row(table)) => {
            faults.find(
                Kind::Unsound,
                format!("{table} lack a hash between {} and {}", old.size, new.size),
            );
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let proven = proof::verify_consistency(old.size, new.size, &old.root, &new.root, &proof);
    if let Err(error) = proven {
        let (old, new) = (old.size, new.size);
        faults.find(
            Kind::Fork,
            format!("the head of size {new} does not begin with that of size {old}: {error}"),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "all of this is test")]

    use ledger::{Hash, SigningKey};
    use store::origin_of;

    use super::*;

    #[test]
    fn two_heads_of_one_size_are_a_fork() {
        let tenant = TenantId::from_ulid(ulid::Ulid::generate());
        let origin = origin_of(&tenant);
        let key = SigningKey::from_seed(origin.as_str(), &[1; 32]).unwrap();
        let head = |size, root: &[u8]| {
            let (origin, root) = (origin.clone(), Hash::of(root));
            Checkpoint { origin, size, root }.sign(&key).unwrap()
        };
        let (mut signed, faults) = (Signed::default(), Faults::default());
        for note in [head(1, b"a"), head(2, b"b"), head(2, b"b")] {
            signed.take(&note, &faults);
        }
        assert_eq!((signed.all().len(), faults.all().len()), (2, 0));
        signed.take(&head(2, b"c"), &faults);
        assert_eq!(faults.all()[0].kind, Kind::Fork);
    }
}
