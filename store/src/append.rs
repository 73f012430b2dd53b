//! Appending: an entry gets its place, its bytes and its leaf; the tree grows; what follows from the
//! entry is carried into the projections; all in the transaction of the change it records.

use diesel::prelude::*;
use ledger::disclosure::{Disclosure, hide};
use ledger::entry::Draft;
use ledger::tile::{TileId, WIDTH, filled_between, row_root};
use ledger::{Actor, Entry, Hash};
use record::entries::Payload;
use record::ids::EventId;
use record::scale::Severity;
use record::state::{Recorded, fold};
use serde_json::Value;
use ulid::Ulid;

use crate::error::StoreError;
use crate::schema::{disclosures, entries, tiles};
use crate::seal::random;
use crate::time::now;
use crate::tx::Tx;

/// An entry to be appended.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// What it says.
    pub payload: Payload,
    /// Values to stand beside it, by name: only their digests enter the ledger.
    pub beside: Vec<(&'static str, Value)>,
    /// What it is about.
    pub subject: String,
    /// How much it matters.
    pub severity: Severity,
    /// Who caused it.
    pub actor: Actor,
    /// Where the news came from: UPPER_SNAKE.
    pub source: &'static str,
    /// The key under which it counts once in this ledger. Only its hash is kept.
    pub once: String,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Its position.
    pub seq: u64,
    /// Its id.
    pub id: EventId,
    /// Its leaf hash.
    pub leaf: Hash,
    /// False if an entry under the same key was there already; then nothing was written.
    pub fresh: bool,
}

impl Tx<'_> {
    /// Appends an entry, unless one under the same key is there already. After a failed append the
    /// change as a whole fails, whatever its closure answers.
    ///
    /// # Errors
    /// If the entry has not its form, names a digest that nobody held, or the database fails.
    pub fn append(&mut self, new: NewEntry) -> Result<Appended, StoreError> {
        let appended = self.append_and_fold(new);
        self.half_written |= appended.is_err();
        appended
    }

    fn append_and_fold(&mut self, new: NewEntry) -> Result<Appended, StoreError> {
        let idem = Hash::of(new.once.as_bytes());
        if let Some(earlier) = self.appended_under(&idem)? {
            return Ok(earlier);
        }
        let mut payload = new.payload.to_members()?;
        let beside = new
            .beside
            .into_iter()
            .map(|(name, value)| Ok(Disclosure::new(&random::<16>()?, name, value)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        hide(&mut payload, &beside);
        let draft = Draft {
            id: format!("evt_{}", Ulid::generate()),
            idem,
            at: now(),
            kind: new.payload.kind().as_str().to_owned(),
            source: new.source.to_owned(),
            severity: new.severity.as_str().to_owned(),
            subject: new.subject,
            actor: new.actor,
            payload,
        };
        let (seq, prev) = {
            let head = self.head()?;
            (head.frontier.size(), head.last_leaf)
        };
        let (entry, bytes) = Entry::seal(draft, &self.origin(), seq, prev)?;
        let leaf = Hash::leaf(&bytes);
        self.insert_entry(&entry, &bytes, leaf)?;
        self.insert_disclosures(seq, &beside)?;
        let head = self.head()?;
        head.frontier.push(leaf);
        head.last_leaf = leaf;
        self.insert_filled_tiles(seq)?;
        let id: EventId = entry.id.parse().map_err(|_| StoreError::Row("entries"))?;
        self.beside = beside;
        fold(
            Recorded {
                seq,
                id: &id,
                at: &entry.at,
                payload: &new.payload,
            },
            self,
        )?;
        Ok(Appended {
            seq,
            id,
            leaf,
            fresh: true,
        })
    }

    fn appended_under(&mut self, idem: &Hash) -> Result<Option<Appended>, StoreError> {
        let row: Option<(i64, String, Vec<u8>)> = entries::table
            .filter(entries::tenant.eq(self.tenant.as_str()))
            .filter(entries::idem.eq(idem.as_bytes().as_slice()))
            .select((entries::seq, entries::id, entries::leaf))
            .first(self.db.conn)
            .optional()?;
        row.map(|(seq, id, leaf)| {
            Ok(Appended {
                seq: seq as u64,
                id: id.parse().map_err(|_| StoreError::Row("entries"))?,
                leaf: Hash::try_from(leaf.as_slice()).map_err(|_| StoreError::Row("entries"))?,
                fresh: false,
            })
        })
        .transpose()
    }

    fn insert_entry(&mut self, entry: &Entry, bytes: &[u8], leaf: Hash) -> Result<(), StoreError> {
        diesel::insert_into(entries::table)
            .values((
                entries::tenant.eq(self.tenant.as_str()),
                entries::seq.eq(entry.seq as i64),
                entries::bytes.eq(bytes),
                entries::leaf.eq(leaf.as_bytes().as_slice()),
                entries::id.eq(&entry.id),
                entries::idem.eq(entry.idem.as_bytes().as_slice()),
                entries::at.eq(&entry.at),
                entries::kind.eq(&entry.kind),
                entries::severity.eq(&entry.severity),
                entries::subject.eq(&entry.subject),
            ))
            .execute(self.db.conn)?;
        Ok(())
    }

    fn insert_disclosures(&mut self, seq: u64, beside: &[Disclosure]) -> Result<(), StoreError> {
        for disclosure in beside {
            diesel::insert_into(disclosures::table)
                .values((
                    disclosures::tenant.eq(self.tenant.as_str()),
                    disclosures::seq.eq(seq as i64),
                    disclosures::digest.eq(disclosure.digest()),
                    disclosures::disclosure.eq(disclosure.as_str()),
                ))
                .execute(self.db.conn)?;
        }
        Ok(())
    }

    fn insert_filled_tiles(&mut self, old_size: u64) -> Result<(), StoreError> {
        for tile in filled_between(old_size, old_size + 1) {
            let row = match tile.level {
                0 => self.leaves_of(tile.index)?,
                _ => self.roots_below(tile)?,
            };
            let hashes: Vec<u8> = row.iter().flat_map(|hash| *hash.as_bytes()).collect();
            diesel::insert_into(tiles::table)
                .values((
                    tiles::tenant.eq(self.tenant.as_str()),
                    tiles::level.eq(i32::from(tile.level)),
                    tiles::idx.eq(tile.index as i64),
                    tiles::hashes.eq(hashes),
                ))
                .execute(self.db.conn)?;
        }
        Ok(())
    }

    fn leaves_of(&mut self, index: u64) -> Result<Vec<Hash>, StoreError> {
        let first = (index * WIDTH) as i64;
        let rows: Vec<Vec<u8>> = entries::table
            .filter(entries::tenant.eq(self.tenant.as_str()))
            .filter(entries::seq.between(first, first + WIDTH as i64 - 1))
            .order(entries::seq)
            .select(entries::leaf)
            .load(self.db.conn)?;
        rows.iter().map(|leaf| hash_in(leaf, "entries")).collect()
    }

    fn roots_below(&mut self, tile: TileId) -> Result<Vec<Hash>, StoreError> {
        let first = (tile.index * WIDTH) as i64;
        let rows: Vec<Vec<u8>> = tiles::table
            .filter(tiles::tenant.eq(self.tenant.as_str()))
            .filter(tiles::level.eq(i32::from(tile.level) - 1))
            .filter(tiles::idx.between(first, first + WIDTH as i64 - 1))
            .order(tiles::idx)
            .select(tiles::hashes)
            .load(self.db.conn)?;
        rows.iter()
            .map(|hashes| {
                let row: Vec<Hash> = hashes
                    .chunks(32)
                    .map(|hash| hash_in(hash, "tiles"))
                    .collect::<Result<_, _>>()?;
                Ok(row_root(&row))
            })
            .collect()
    }
}

fn hash_in(bytes: &[u8], table: &'static str) -> Result<Hash, StoreError> {
    Hash::try_from(bytes).map_err(|_| StoreError::Row(table))
}
