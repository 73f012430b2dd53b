//! The walk over the stored entries: what is expected of them first, and what they lead to at last.

use std::collections::BTreeMap;

use ledger::checkpoint::Checkpoint;
use ledger::tile::TileId;
use ledger::walk::{Held, Outcome, Walk};
use ledger::{Code, EntryRef, Finding, Hash, Place, VerifierKey};
use record::entries::Payload;
use record::ids::{PersonId, TenantId};
use record::state::State;
use store::{Db, LedgerRows, StoreError, StoredCheckpoint, origin_of};

use crate::judge::linked::Linked;
use crate::judge::settled::Settled;
use crate::judge::{Progress, pieces};
use crate::memory::Remembered;

/// What the walk over the entries leads to.
pub(super) struct Walked {
    pub(super) outcome: Outcome,
    pub(super) state: State,
    /// The decisions that `state` no longer holds.
    pub(super) settled: Settled,
    /// The account ids that stand beside the entries that introduced people.
    pub(super) accounts: BTreeMap<PersonId, String>,
    /// The hash of each full tile.
    pub(super) tiles: BTreeMap<TileId, Hash>,
    /// Findings about columns and disclosures.
    pub(super) columns: Vec<Finding>,
    pub(super) newest: Option<StoredCheckpoint>,
}

/// What the entry at a position is about, as the column says.
pub(super) fn subject_at(
    db: &mut Db<'_>,
    tenant: &TenantId,
    seq: u64,
) -> Result<Option<String>, StoreError> {
    let from = i64::try_from(seq).unwrap_or(i64::MAX);
    let subject = db.first_entry_from(tenant, from, |row| {
        (row.seq == from).then(|| row.subject.to_owned())
    })?;
    Ok(subject.flatten())
}

/// The key that the first entry announces.
pub(super) fn announced_key(
    db: &mut Db<'_>,
    tenant: &TenantId,
) -> Result<Option<VerifierKey>, StoreError> {
    let announced = db.first_entry_from(tenant, 0, |row| {
        let entry = EntryRef::read(row.bytes).ok()?;
        match Payload::read(entry.kind, entry.payload.as_str()).ok()? {
            Payload::KeyAnnounced(announced) => VerifierKey::parse(&announced.key).ok(),
            _ => None,
        }
    })?;
    Ok(announced.flatten())
}

/// Walks over all entries, with as many further threads as there are readers.
pub(super) fn walk(
    db: &mut Db<'_>,
    tenant: &TenantId,
    key: Option<&VerifierKey>,
    remembered: &Remembered,
    readers: &mut [LedgerRows],
    progress: &mut dyn Progress,
) -> Result<Walked, StoreError> {
    let mut walk = Walk::new(origin_of(tenant));
    let mut columns = Vec::new();
    let newest = expect_checkpoints(db, tenant, key, &mut walk, &mut columns)?;
    if let Some(checkpoint) = &remembered.checkpoint {
        walk.expect(checkpoint.size, checkpoint.root, Held::Outside);
    }
    let mut linked = Linked::over(walk, columns);
    pieces::each(db, tenant, readers, &mut linked, progress)?;
    Ok(linked.finish(newest))
}

/// Tells the walk which roots the stored checkpoints call for; gives the newest sound one.
fn expect_checkpoints(
    db: &mut Db<'_>,
    tenant: &TenantId,
    key: Option<&VerifierKey>,
    walk: &mut Walk,
    findings: &mut Vec<Finding>,
) -> Result<Option<StoredCheckpoint>, StoreError> {
    let origin = origin_of(tenant);
    let keys: Vec<VerifierKey> = key.cloned().into_iter().collect();
    let mut newest = None;
    for (size, note) in db.stored_checkpoints(tenant)? {
        let place = Place::Row {
            table: "checkpoints".to_owned(),
            row: size.to_string(),
        };
        match Checkpoint::verify(note.as_bytes(), &origin, &keys) {
            Ok(checkpoint) if i64::try_from(checkpoint.size) == Ok(size) => {
                walk.expect(checkpoint.size, checkpoint.root, Held::Inside);
                newest = Some(StoredCheckpoint {
                    size: checkpoint.size,
                    note,
                });
            }
            Ok(checkpoint) => {
                let detail = format!("the note is of {} entries", checkpoint.size);
                findings.push(Finding::new(Code::CheckpointAltered, place, detail));
            }
            Err(error) => {
                findings.push(Finding::new(
                    Code::CheckpointAltered,
                    place,
                    error.to_string(),
                ));
            }
        }
    }
    Ok(newest)
}
