//! Signed checkpoints, and the hashes that proofs between them need.

use diesel::prelude::*;
use ledger::proof::{self, Subtree};
use ledger::tile::{TileId, WIDTH, row_root};
use ledger::{Frontier, Hash};
use record::ids::TenantId;

use crate::db::{Db, counted};
use crate::error::StoreError;
use crate::head::Head;
use crate::schema::{checkpoints, entries, tiles};
use crate::tx::Tx;

/// A checkpoint as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// The size it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

impl Db<'_> {
    /// The tree as the head row has it.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn frontier(&mut self, tenant: &TenantId) -> Result<Frontier, StoreError> {
        Ok(Head::load(self, tenant.as_str())?.frontier)
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// If the database fails.
    pub fn newest_checkpoint(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let row: Option<(i64, String)> = checkpoints::table
            .filter(checkpoints::tenant.eq(tenant.as_str()))
            .order(checkpoints::size.desc())
            .select((checkpoints::size, checkpoints::note))
            .first(self.conn)
            .optional()?;
        Ok(row.map(|(size, note)| StoredCheckpoint {
            size: size as u64,
            note,
        }))
    }

    /// The smallest checkpoint that covers the entry at `seq`.
    ///
    /// # Errors
    /// If the database fails.
    pub fn covering_checkpoint(
        &mut self,
        tenant: &TenantId,
        seq: u64,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let row: Option<(i64, String)> = checkpoints::table
            .filter(checkpoints::tenant.eq(tenant.as_str()))
            .filter(checkpoints::size.gt(counted(seq)))
            .order(checkpoints::size)
            .select((checkpoints::size, checkpoints::note))
            .first(self.conn)
            .optional()?;
        Ok(row.map(|(size, note)| StoredCheckpoint {
            size: size as u64,
            note,
        }))
    }

    /// The checkpoints of sizes `above < size <= most`, in ascending order.
    ///
    /// # Errors
    /// If the database fails.
    pub fn checkpoints_between(
        &mut self,
        tenant: &TenantId,
        above: u64,
        most: u64,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let rows: Vec<(i64, String)> = checkpoints::table
            .filter(checkpoints::tenant.eq(tenant.as_str()))
            .filter(
                checkpoints::size
                    .gt(counted(above))
                    .and(checkpoints::size.le(counted(most))),
            )
            .order(checkpoints::size)
            .select((checkpoints::size, checkpoints::note))
            .load(self.conn)?;
        Ok(rows
            .into_iter()
            .map(|(size, note)| StoredCheckpoint {
                size: size as u64,
                note,
            })
            .collect())
    }

    /// The proof that the tree of `new` entries begins with the tree of `old`.
    ///
    /// # Errors
    /// If the database fails or lacks a hash.
    pub fn consistency_proof(
        &mut self,
        tenant: &TenantId,
        old: u64,
        new: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        proof::consistency(old, new, &mut |subtree| self.subtree(tenant, subtree))
    }

    /// The proof that the entry at `index` is in the tree of `size` entries.
    ///
    /// # Errors
    /// If the database fails or lacks a hash.
    pub fn inclusion_proof(
        &mut self,
        tenant: &TenantId,
        index: u64,
        size: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        proof::inclusion(index, size, &mut |subtree| self.subtree(tenant, subtree))
    }

    /// The tree over the first `size` entries.
    ///
    /// # Errors
    /// If the database fails or lacks a hash.
    pub fn frontier_at(&mut self, tenant: &TenantId, size: u64) -> Result<Frontier, StoreError> {
        let mut roots = Vec::new();
        let mut before = 0;
        for level in (0..64u8).rev().filter(|level| size >> level & 1 == 1) {
            roots.push(self.subtree(
                tenant,
                Subtree {
                    level,
                    index: before >> level,
                },
            )?);
            before += 1 << level;
        }
        Frontier::from_parts(size, roots).map_err(|_| StoreError::Row("heads"))
    }

    /// The hash of a complete subtree: from the full tile that holds it, else from the leaves.
    fn subtree(&mut self, tenant: &TenantId, subtree: Subtree) -> Result<Hash, StoreError> {
        let (tile, first, count) = TileId::of(subtree);
        let hashes = match self.tile_row(tenant, tile)? {
            Some(row) => row,
            None if tile.level == 0 => self.leaf_row(tenant, tile.index)?,
            None => {
                let low = tile.index * WIDTH + first as u64;
                let below = (low..low + count as u64).map(|index| {
                    let row = self.tile_row(
                        tenant,
                        TileId {
                            level: tile.level - 1,
                            index,
                        },
                    )?;
                    row.map(|row| row_root(&row))
                        .ok_or(StoreError::Row("tiles"))
                });
                return Ok(row_root(&below.collect::<Result<Vec<_>, StoreError>>()?));
            }
        };
        let row = hashes
            .get(first..first + count)
            .ok_or(StoreError::Row("tiles"))?;
        Ok(row_root(row))
    }

    fn tile_row(
        &mut self,
        tenant: &TenantId,
        tile: TileId,
    ) -> Result<Option<Vec<Hash>>, StoreError> {
        let row: Option<Vec<u8>> = tiles::table
            .find((tenant.as_str(), i32::from(tile.level), tile.index as i64))
            .select(tiles::hashes)
            .first(self.conn)
            .optional()?;
        row.map(|row| {
            row.chunks(32)
                .map(|hash| Hash::try_from(hash).map_err(|_| StoreError::Row("tiles")))
                .collect()
        })
        .transpose()
    }

    fn leaf_row(&mut self, tenant: &TenantId, index: u64) -> Result<Vec<Hash>, StoreError> {
        let first = (index * WIDTH) as i64;
        let rows: Vec<Vec<u8>> = entries::table
            .filter(entries::tenant.eq(tenant.as_str()))
            .filter(entries::seq.between(first, first + WIDTH as i64 - 1))
            .order(entries::seq)
            .select(entries::leaf)
            .load(self.conn)?;
        rows.iter()
            .map(|leaf| Hash::try_from(leaf.as_slice()).map_err(|_| StoreError::Row("entries")))
            .collect()
    }
}

impl Tx<'_> {
    /// Keeps a signed checkpoint, if the newest is still the one it was made after.
    ///
    /// # Errors
    /// If another was kept meanwhile, or the database fails.
    pub fn keep_checkpoint(
        &mut self,
        checkpoint: &StoredCheckpoint,
        after: Option<u64>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.clone();
        let newest = self.db.newest_checkpoint(&tenant)?;
        if newest.map(|newest| newest.size) != after {
            return Err(StoreError::CheckpointMoved);
        }
        diesel::insert_into(checkpoints::table)
            .values((
                checkpoints::tenant.eq(self.tenant.as_str()),
                checkpoints::size.eq(checkpoint.size as i64),
                checkpoints::note.eq(&checkpoint.note),
            ))
            .execute(self.db.conn)?;
        Ok(())
    }
}
