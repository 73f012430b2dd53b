//! Appending: an entry gets its place, its bytes and its leaf; the tree grows; what follows from the
//! entry is carried into the projections; all in the transaction of the change it records.

use diesel::prelude::*;
use ledger::disclosure::{Hidden, commit_to};
use ledger::entry::Draft;
use ledger::tile::{TileId, WIDTH, filled_between, row_root};
use ledger::{Actor, Hash, Written};
use record::entries::Payload;
use record::ids::{EventId, TenantId};
use record::scale::Severity;
use record::state::{Recorded, fold};
use serde_json::Value;
use ulid::Ulid;

use crate::db::Db;
use crate::error::StoreError;
use crate::rows::{DisclosureRow, EntryRow, insert_disclosures, insert_entries};
use crate::schema::{entries, tiles};
use crate::seal::random;
use crate::tenant::origin_of;
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

impl NewEntry {
    pub(crate) fn idem(&self) -> Hash {
        Hash::of(self.once.as_bytes())
    }
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

/// So many bytes beside an entry are a piece of work more.
const BYTES_OF_A_PIECE: usize = 65_536;

/// An entry that waits for its place, and what stands beside it.
#[derive(Debug)]
pub(crate) struct Drafted {
    pub(crate) id: EventId,
    pub(crate) written: Written,
    pub(crate) beside: Vec<Hidden>,
    pub(crate) to_be_linked: bool,
}

impl Drafted {
    /// The entry, received now.
    pub(crate) fn of(new: &NewEntry, tenant: &TenantId) -> Result<Self, StoreError> {
        let mut payload = new.payload.to_members()?;
        let beside = new
            .beside
            .iter()
            .map(|(name, value)| Ok(Hidden::new(&random::<16>()?, name, value)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let digests = beside.iter().map(|hidden| hidden.digest().to_owned());
        commit_to(&mut payload, digests);
        let id = EventId::from_ulid(Ulid::generate());
        let draft = Draft {
            id: id.as_str().to_owned(),
            idem: new.idem(),
            at: now(),
            kind: new.payload.kind().as_str().to_owned(),
            source: new.source.to_owned(),
            severity: new.severity.as_str().to_owned(),
            subject: new.subject.clone(),
            actor: new.actor.clone(),
            payload,
        };
        Ok(Self {
            id,
            written: draft.written(&origin_of(tenant))?,
            beside,
            to_be_linked: false,
        })
    }

    pub(crate) fn idem(&self) -> Hash {
        self.written.draft().idem
    }

    /// As how many pieces of work it counts: a large value beside it takes as much of a statement as many small ones.
    pub(crate) fn pieces(&self) -> usize {
        let beside: usize = self.beside.iter().map(|value| value.as_str().len()).sum();
        1 + beside / BYTES_OF_A_PIECE
    }
}

impl Tx<'_> {
    /// Appends an entry, unless one under the same key is there already. After a failed append the
    /// change as a whole fails, whatever its closure answers.
    ///
    /// # Errors
    /// If the entry has not its form, names a digest that nobody held, or the database fails.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "whoever appends an entry is done with it"
    )]
    pub fn append(&mut self, new: NewEntry) -> Result<Appended, StoreError> {
        let appended = self.append_and_fold(&new);
        self.half_written |= appended.is_err();
        appended
    }

    fn append_and_fold(&mut self, new: &NewEntry) -> Result<Appended, StoreError> {
        let idem = new.idem();
        let row: Option<Earlier> = entries::table
            .filter(entries::tenant.eq(self.tenant.as_str()))
            .filter(entries::idem.eq(idem.as_bytes().as_slice()))
            .select((entries::seq, entries::id, entries::leaf))
            .first(self.db.conn)
            .optional()?;
        if let Some(row) = row {
            return earlier(row);
        }
        let Drafted {
            id,
            written,
            beside,
            ..
        } = Drafted::of(new, &self.tenant)?;
        let (seq, prev) = {
            let head = self.head()?;
            (head.frontier.size(), head.last_leaf)
        };
        let tenant = self.tenant.clone();
        let row = EntryRow::of(&tenant, written.draft(), seq, written.at(seq, prev)?);
        let leaf = row.leaf;
        insert_entries(self.db.conn, &[row])?;
        let beside_rows: Vec<DisclosureRow<'_>> = beside
            .iter()
            .map(|hidden| DisclosureRow::of(&tenant, seq, hidden))
            .collect();
        insert_disclosures(self.db.conn, &beside_rows)?;
        let head = self.head()?;
        head.frontier.push(leaf);
        head.last_leaf = leaf;
        insert_filled_tiles(&mut self.db, &tenant, seq, seq + 1)?;
        self.beside.clone_from(&new.beside);
        fold(
            Recorded {
                seq,
                id: &id,
                at: &written.draft().at,
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
}

/// The row of an entry that stands there under its key.
pub(crate) type Earlier = (i64, String, Vec<u8>);

/// What became of an entry that was there already.
pub(crate) fn earlier((seq, id, leaf): Earlier) -> Result<Appended, StoreError> {
    Ok(Appended {
        seq: seq as u64,
        id: id.parse().map_err(|_| StoreError::Row("entries"))?,
        leaf: hash_in(&leaf, "entries")?,
        fresh: false,
    })
}

/// Inserts the tiles that became full between two sizes; the entries must be there.
pub(crate) fn insert_filled_tiles(
    db: &mut Db<'_>,
    tenant: &TenantId,
    old_size: u64,
    new_size: u64,
) -> Result<(), StoreError> {
    for tile in filled_between(old_size, new_size) {
        let row = match tile.level {
            0 => leaves_of(db, tenant, tile.index)?,
            _ => roots_below(db, tenant, tile)?,
        };
        let hashes: Vec<u8> = row.iter().flat_map(|hash| *hash.as_bytes()).collect();
        diesel::insert_into(tiles::table)
            .values((
                tiles::tenant.eq(tenant.as_str()),
                tiles::level.eq(i32::from(tile.level)),
                tiles::idx.eq(tile.index as i64),
                tiles::hashes.eq(hashes),
            ))
            .execute(db.conn)?;
    }
    Ok(())
}

fn leaves_of(db: &mut Db<'_>, tenant: &TenantId, index: u64) -> Result<Vec<Hash>, StoreError> {
    let first = (index * WIDTH) as i64;
    let rows: Vec<Vec<u8>> = entries::table
        .filter(entries::tenant.eq(tenant.as_str()))
        .filter(entries::seq.between(first, first + WIDTH as i64 - 1))
        .order(entries::seq)
        .select(entries::leaf)
        .load(db.conn)?;
    rows.iter().map(|leaf| hash_in(leaf, "entries")).collect()
}

fn roots_below(db: &mut Db<'_>, tenant: &TenantId, tile: TileId) -> Result<Vec<Hash>, StoreError> {
    let first = (tile.index * WIDTH) as i64;
    let rows: Vec<Vec<u8>> = tiles::table
        .filter(tiles::tenant.eq(tenant.as_str()))
        .filter(tiles::level.eq(i32::from(tile.level) - 1))
        .filter(tiles::idx.between(first, first + WIDTH as i64 - 1))
        .order(tiles::idx)
        .select(tiles::hashes)
        .load(db.conn)?;
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

fn hash_in(bytes: &[u8], table: &'static str) -> Result<Hash, StoreError> {
    Hash::try_from(bytes).map_err(|_| StoreError::Row(table))
}
