//! The walk over the stored entries, in pieces, so that memory does not grow with the ledger.

use std::collections::BTreeMap;

use ledger::checkpoint::Checkpoint;
use ledger::tile::{TileId, Tiler};
use ledger::walk::{Held, Outcome, Stored, Walk};
use ledger::{Code, Entry, Finding, Hash, Place, VerifierKey};
use record::entries::{Payload, PayloadError};
use record::ids::{EventId, PersonId, TenantId};
use record::state::{Recorded, State, fold};
use store::{Db, StoreError, StoredCheckpoint, StoredEntry, origin_of};

use crate::judge::Progress;
use crate::judge::columns;
use crate::judge::disclosures::Disclosures;
use crate::memory::Remembered;

/// How many entries are read at once.
const PIECE: i64 = 512;

/// What the walk over the entries leads to.
pub(super) struct Walked {
    pub(super) outcome: Outcome,
    pub(super) state: State,
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
    let rows = db.entries_from(tenant, i64::try_from(seq).unwrap_or(i64::MAX), 1)?;
    Ok(rows
        .into_iter()
        .find(|row| u64::try_from(row.seq) == Ok(seq))
        .map(|row| row.subject))
}

/// The key that the first entry announces.
pub(super) fn announced_key(
    db: &mut Db<'_>,
    tenant: &TenantId,
) -> Result<Option<VerifierKey>, StoreError> {
    let first = db.entries_from(tenant, 0, 1)?;
    Ok(first.first().and_then(|row| {
        let entry = Entry::parse(&row.bytes).ok()?;
        match Payload::parse(&entry.kind, &entry.payload).ok()? {
            Payload::KeyAnnounced(announced) => VerifierKey::parse(&announced.key).ok(),
            _ => None,
        }
    }))
}

pub(super) fn walk(
    db: &mut Db<'_>,
    tenant: &TenantId,
    key: Option<&VerifierKey>,
    remembered: &Remembered,
    progress: &mut dyn Progress,
) -> Result<Walked, StoreError> {
    let mut walk = Walk::new(origin_of(tenant));
    let mut columns = Vec::new();
    let newest = expect_checkpoints(db, tenant, key, &mut walk, &mut columns)?;
    if let Some(checkpoint) = &remembered.checkpoint {
        walk.expect(checkpoint.size, checkpoint.root, Held::Outside);
    }
    let all = db
        .stored_head(tenant)?
        .and_then(|head| u64::try_from(head.size).ok())
        .unwrap_or_default();
    let mut carried = Carried::over(walk, columns);
    let mut disclosures = Disclosures::default();
    let mut from = 0;
    loop {
        let piece = db.entries_from(tenant, from, PIECE)?;
        let Some(last) = piece.last().map(|row| row.seq) else {
            break;
        };
        disclosures.load(db, tenant, from, last)?;
        for row in &piece {
            carried.take(row, &mut disclosures);
        }
        from = last.saturating_add(1);
        progress.walked(tenant, u64::try_from(from).unwrap_or_default(), all);
        if last == i64::MAX {
            break;
        }
    }
    disclosures.beyond(db, tenant, from)?;
    let Carried {
        walk,
        mut columns,
        state,
        accounts,
        tiles,
        ..
    } = carried;
    columns.extend(disclosures.finish());
    Ok(Walked {
        outcome: walk.finish(),
        state,
        accounts,
        tiles,
        columns,
        newest,
    })
}

/// What is carried from entry to entry.
struct Carried {
    walk: Walk,
    columns: Vec<Finding>,
    tiler: Tiler,
    tiles: BTreeMap<TileId, Hash>,
    state: State,
    accounts: BTreeMap<PersonId, String>,
}

impl Carried {
    fn over(walk: Walk, columns: Vec<Finding>) -> Self {
        Self {
            walk,
            columns,
            tiler: Tiler::default(),
            tiles: BTreeMap::new(),
            state: State::default(),
            accounts: BTreeMap::new(),
        }
    }

    fn take(&mut self, row: &StoredEntry, disclosures: &mut Disclosures) {
        let Ok(seq) = u64::try_from(row.seq) else {
            self.columns.push(columns::altered(row, "seq"));
            return;
        };
        let Ok(leaf) = Hash::try_from(row.leaf.as_slice()) else {
            self.columns.push(columns::altered(row, "leaf"));
            return;
        };
        for tile in self.tiler.push(leaf) {
            self.tiles.insert(tile.id, Hash::of(&tile.bytes));
        }
        let Some(entry) = self.walk.push(Stored {
            seq,
            leaf,
            bytes: &row.bytes,
        }) else {
            disclosures.excuse(seq);
            return;
        };
        self.columns.extend(columns::compare(row, &entry));
        let account = disclosures.take(&entry);
        match Payload::parse(&entry.kind, &entry.payload) {
            Ok(payload) => self.fold(&entry, &payload, account, disclosures),
            Err(error) => {
                let code = match error {
                    PayloadError::UnknownType | PayloadError::Version => Code::EntryUnknown,
                    PayloadError::Form { .. } => Code::EntryMalformed,
                };
                let place = Place::Entry { seq };
                self.columns
                    .push(Finding::new(code, place, error.to_string()));
            }
        }
    }

    fn fold(
        &mut self,
        entry: &Entry,
        payload: &Payload,
        account: Option<String>,
        disclosures: &mut Disclosures,
    ) {
        match payload {
            Payload::PersonRegistered(registered) => {
                if let Some(account) = account {
                    self.accounts.insert(registered.person.clone(), account);
                }
            }
            Payload::PersonalDataErased(erased) => disclosures.erased(&erased.digests),
            _ => {}
        }
        let Ok(id) = entry.id.parse::<EventId>() else {
            return;
        };
        let recorded = Recorded {
            seq: entry.seq,
            id: &id,
            at: &entry.at,
            payload,
        };
        match fold(recorded, &mut self.state) {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }
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
