//! A tenant's entries as they stand, read from the first to the last and judged on the way: links, places, leaves, keys,
//! tiles, head. Can go on where it stopped, so that looking after each event costs no more than what was appended
//! since; what it does not see that way is seen by one that begins anew at the end.

use std::collections::{BTreeMap, HashMap};

use ledger::tile::{TileId, Tiler};
use ledger::walk::{Held, Stored, Walk};
use ledger::{Checkpoint, Code, Hash};
use record::ids::TenantId;
use store::{Db, StoreError, StoredEntry, origin_of};

use crate::acknowledged::Acknowledged;
use crate::faults::{Faults, Kind};

/// How much of what is wrong in the same way is told.
const MOST_TOLD: usize = 20;

/// What was read so far.
pub(crate) struct LedgerAsRead {
    tenant: TenantId,
    walk: Walk,
    next: u64,
    /// Place and key of each leaf.
    leaves: HashMap<Hash, (u64, Hash)>,
    /// How many entries each key has.
    keys: HashMap<Hash, u32>,
    tiler: Tiler,
    tiles: BTreeMap<TileId, Hash>,
}

impl LedgerAsRead {
    pub(crate) fn of(tenant: &TenantId) -> Self {
        Self {
            tenant: tenant.clone(),
            walk: Walk::new(origin_of(tenant)),
            next: 0,
            leaves: HashMap::new(),
            keys: HashMap::new(),
            tiler: Tiler::default(),
            tiles: BTreeMap::new(),
        }
    }

    /// The entries have to give the roots of what was signed. To be said before reading.
    pub(crate) fn expect(&mut self, signed: &[Checkpoint]) {
        for checkpoint in signed {
            self.walk
                .expect(checkpoint.size, checkpoint.root, Held::Inside);
        }
    }

    pub(crate) const fn size(&self) -> u64 {
        self.next
    }

    /// Reads what was appended since, and compares the head with it, in one moment of the database.
    pub(crate) fn read_on(&mut self, db: &mut Db<'_>, faults: &Faults) -> Result<(), StoreError> {
        let tenant = self.tenant.clone();
        db.each_entry(&tenant, self.next, |row| self.take(row))?;
        let outcome = self.walk.clone().finish();
        for finding in outcome.findings.iter().take(MOST_TOLD) {
            let kind = match finding.code {
                Code::EntryRepeated => Kind::Fork,
                _ => Kind::Unsound,
            };
            faults.find(
                kind,
                format!(
                    "{:?} at {}: {}",
                    finding.code, finding.place, finding.detail
                ),
            );
        }
        let head = db.stored_head(&tenant)?;
        let fits = head.is_some_and(|head| {
            u64::try_from(head.size) == Ok(self.next)
                && head.last_leaf == outcome.last_leaf.as_bytes()
                && outcome
                    .frontier
                    .is_some_and(|frontier| head.frontier == frontier.to_bytes())
        });
        if !fits {
            faults.find(
                Kind::Unsound,
                format!("the head is not where its {} entries end", self.next),
            );
        }
        Ok(())
    }

    fn take(&mut self, row: StoredEntry<'_>) -> Result<(), StoreError> {
        let seq = u64::try_from(row.seq).map_err(|_| StoreError::Row("entries"))?;
        let hash = |bytes: &[u8]| Hash::try_from(bytes).map_err(|_| StoreError::Row("entries"));
        let (leaf, idem) = (hash(row.leaf)?, hash(row.idem)?);
        self.walk.push(Stored {
            seq,
            leaf,
            bytes: row.bytes,
        });
        self.leaves.insert(leaf, (seq, idem));
        *self.keys.entry(idem).or_default() += 1;
        for tile in self.tiler.push(leaf) {
            self.tiles.insert(tile.id, Hash::of(&tile.bytes));
        }
        self.next = seq + 1;
        Ok(())
    }

    /// Compares the stored tiles with what the entries give.
    pub(crate) fn compare_tiles(&self, db: &mut Db<'_>, faults: &Faults) -> Result<(), StoreError> {
        let mut missing = self.tiles.clone();
        db.each_tile(&self.tenant, |tile| {
            let id = u8::try_from(tile.level)
                .ok()
                .zip(u64::try_from(tile.index).ok());
            let expected = id.and_then(|(level, index)| missing.remove(&TileId { level, index }));
            if expected != Some(Hash::of(&tile.hashes)) {
                let (level, index) = (tile.level, tile.index);
                faults.find(
                    Kind::Unsound,
                    format!("tile {level}/{index} is not what the entries give"),
                );
            }
        })?;
        if !missing.is_empty() {
            faults.find(
                Kind::Unsound,
                format!("{} tiles are missing", missing.len()),
            );
        }
        Ok(())
    }

    /// Looks for everything that was acknowledged, once each.
    pub(crate) fn look_for(&self, heard: &Acknowledged, faults: &Faults) {
        let mut lost = heard.places().filter(|(once, told)| {
            let place = (told.seq, Hash::of(once.as_bytes()));
            // What was acknowledged after this was read is not looked for yet.
            told.seq < self.next && self.leaves.get(&told.leaf) != Some(&place)
        });
        for (once, told) in lost.by_ref().take(MOST_TOLD) {
            faults.find(
                Kind::Lost,
                format!("{once} was acknowledged as entry {}", told.seq),
            );
        }
        let more = lost.count();
        if more > 0 {
            faults.find(Kind::Lost, format!("{more} more that were acknowledged"));
        }
        let twice = self.keys.values().filter(|count| **count > 1).count();
        if twice > 0 {
            faults.find(
                Kind::Duplicated,
                format!("{twice} keys have more than one entry"),
            );
        }
        for contradiction in heard.contradicted.iter().take(MOST_TOLD) {
            faults.find(Kind::Duplicated, contradiction);
        }
    }

    /// Whether all of it was read: nothing was acknowledged beyond the end.
    pub(crate) fn ends_after_all_of(&self, heard: &Acknowledged, faults: &Faults) {
        let beyond = heard
            .places()
            .filter(|(_, told)| told.seq >= self.next)
            .count();
        if beyond > 0 {
            faults.find(
                Kind::Lost,
                format!(
                    "{beyond} that were acknowledged are beyond the end, {}",
                    self.next
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "all of this is test")]

    use store::{Address, Appended, LedgerRows, MasterKey, Store};

    use super::*;
    use crate::acknowledged::{Line, Told};
    use crate::writer::{MASTER, entry};

    struct Ledger {
        address: Address,
        tenant: TenantId,
        heard: Acknowledged,
        _directory: tempfile::TempDir,
    }

    /// A ledger of four entries, three of which were acknowledged to writers.
    async fn ledger() -> Ledger {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let address: Address = format!("sqlite:{}", path.display()).parse().unwrap();
        store::migrate(&address).unwrap();
        let store = Store::open(&address, MasterKey::from_bytes(&MASTER)).unwrap();
        let tenant = TenantId::from_ulid(ulid::Ulid::generate());
        let founded: Result<(), StoreError> =
            store.write(&tenant, |tx| tx.found_tenant().map(drop)).await;
        founded.unwrap();
        let mut heard = Acknowledged::default();
        for once in ["a", "b", "c"] {
            let appended = store.append(&tenant, entry(once)).await.unwrap();
            let Appended {
                seq, leaf, fresh, ..
            } = appended;
            heard.hear(told(once, seq, leaf, fresh));
        }
        Ledger {
            address,
            tenant,
            heard,
            _directory: directory,
        }
    }

    fn told(once: &str, seq: u64, leaf: Hash, fresh: bool) -> Line {
        Line::Acknowledged {
            once: once.to_owned(),
            told: Told { seq, leaf },
            fresh,
            took_micros: 0,
        }
    }

    impl Ledger {
        fn found(&self, expected: &[Checkpoint]) -> Vec<Kind> {
            let faults = Faults::default();
            let mut read = LedgerAsRead::of(&self.tenant);
            read.expect(expected);
            let mut rows = LedgerRows::open(&self.address).unwrap();
            let judged: Result<(), StoreError> = rows.snapshot(|db| {
                read.read_on(db, &faults)?;
                read.compare_tiles(db, &faults)
            });
            judged.unwrap();
            read.look_for(&self.heard, &faults);
            read.ends_after_all_of(&self.heard, &faults);
            faults.all().iter().map(|fault| fault.kind).collect()
        }
    }

    #[tokio::test]
    async fn what_was_acknowledged_and_is_not_there_is_lost() {
        let mut ledger = ledger().await;
        assert_eq!(ledger.found(&[]), []);
        ledger
            .heard
            .hear(told("not there", 2, Hash::of(b"leaf"), true));
        assert_eq!(ledger.found(&[]), [Kind::Lost]);
        ledger
            .heard
            .hear(told("beyond", 4, Hash::of(b"leaf"), true));
        assert_eq!(ledger.found(&[]), [Kind::Lost, Kind::Lost]);
    }

    #[tokio::test]
    async fn an_entry_under_another_key_is_not_the_one_that_was_acknowledged() {
        let mut ledger = ledger().await;
        let (_, Told { seq, leaf }) = ledger
            .heard
            .places()
            .find(|(once, _)| *once == "a")
            .unwrap();
        ledger.heard.hear(told("not a", seq, leaf, true));
        assert_eq!(ledger.found(&[]), [Kind::Lost]);
    }

    #[tokio::test]
    async fn a_key_that_was_told_two_places_is_duplicated() {
        let mut ledger = ledger().await;
        let (_, Told { leaf, .. }) = ledger
            .heard
            .places()
            .find(|(once, _)| *once == "a")
            .unwrap();
        ledger.heard.hear(told("a", 3, leaf, false));
        assert_eq!(ledger.found(&[]), [Kind::Duplicated]);
    }

    #[tokio::test]
    async fn a_signed_head_that_the_entries_do_not_give_is_found() {
        let ledger = ledger().await;
        let signed = |size| Checkpoint {
            origin: origin_of(&ledger.tenant),
            size,
            root: Hash::of(b"root"),
        };
        assert_ne!(ledger.found(&[signed(2)]), []);
        assert_ne!(ledger.found(&[signed(9)]), []);
    }
}
