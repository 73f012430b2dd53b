//! The head: how far a tenant's ledger goes. A row of its own, so that an append reads one row and not
//! the ledger; it is derived, and is believed only where the last entry agrees.

mod moved;

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use ledger::{Frontier, Hash};
use record::ids::TenantId;

use crate::connection::{Connection, on_either};
use crate::db::Db;
use crate::error::StoreError;
use crate::schema::{entries, heads};
use moved::{Ends, Moved};

/// Heads by their ledger's tenant.
pub(crate) type Heads = HashMap<TenantId, Head>;

/// Locks the heads of these ledgers until the transaction ends, in the order of the tenants' ids: what keeps two
/// servers from appending after the same entry, and from waiting for each other. SQLite has one writer at a time.
/// A ledger that is only being founded has no head yet; nobody else knows its tenant.
pub(crate) fn lock(
    connection: &mut Connection,
    ledgers: &BTreeSet<TenantId>,
) -> Result<(), StoreError> {
    let Connection::Postgres(pg) = connection else {
        return Ok(());
    };
    if cfg!(feature = "no-head-lock") {
        return Ok(());
    }
    let tenants: Vec<&str> = ledgers.iter().map(TenantId::as_str).collect();
    heads::table
        .filter(heads::tenant.eq_any(tenants))
        .order(heads::tenant)
        .select(heads::tenant)
        .for_update()
        .load::<String>(pg)?;
    Ok(())
}

/// The end of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) frontier: Frontier,
    pub(crate) last_leaf: Hash,
    stored_size: Option<u64>,
}

impl Head {
    pub(crate) fn load(db: &mut Db<'_>, tenant: &str) -> Result<Self, StoreError> {
        let row =
            heads::table
                .find(tenant)
                .select((heads::size, heads::last_leaf, heads::frontier));
        Self::of(row.get_result(db.conn).optional()?)
    }

    /// The head, locked as by [`lock`].
    fn load_locked(db: &mut Db<'_>, tenant: &str) -> Result<Self, StoreError> {
        match db.conn {
            Connection::Postgres(pg) if !cfg!(feature = "no-head-lock") => {
                let row = heads::table
                    .find(tenant)
                    .select((heads::size, heads::last_leaf, heads::frontier))
                    .for_update();
                Self::of(row.get_result(pg).optional()?)
            }
            _ => Self::load(db, tenant),
        }
    }

    /// The head that a row holds; of a ledger without entries, where there is no row.
    pub(crate) fn of(row: Option<(i64, Vec<u8>, Vec<u8>)>) -> Result<Self, StoreError> {
        let Some((size, last_leaf, frontier)) = row else {
            return Ok(Self {
                frontier: Frontier::empty(),
                last_leaf: Hash::NONE,
                stored_size: None,
            });
        };
        let size = u64::try_from(size).map_err(|_| StoreError::Row("heads"))?;
        let frontier =
            Frontier::from_bytes(size, &frontier).map_err(|_| StoreError::Row("heads"))?;
        let last_leaf =
            Hash::try_from(last_leaf.as_slice()).map_err(|_| StoreError::Row("heads"))?;
        Ok(Self {
            frontier,
            last_leaf,
            stored_size: Some(size),
        })
    }

    /// The head as an append may move it: it is locked, and where the entries end.
    pub(crate) fn to_move(db: &mut Db<'_>, tenant: &TenantId) -> Result<Self, StoreError> {
        let head = Self::load_locked(db, tenant.as_str())?;
        head.fits(db, tenant.as_str())?;
        Ok(head)
    }

    /// Moves the stored head from `before`, as a commit of ours left it, to this one; whether it was still there. Asks
    /// in one statement all that [`Self::to_move`] asks: that the row is as it was, and that it is where the entries
    /// end. The update waits for whoever else moves the row, looks at it once more then, and holds it until the
    /// transaction ends: so it is the lock too.
    pub(crate) fn move_from(
        &mut self,
        before: &Self,
        db: &mut Db<'_>,
        tenant: &str,
    ) -> Result<bool, StoreError> {
        let size = self.frontier.size();
        let moved = Moved {
            tenant,
            from: Ends::of(before),
            to: Ends::of(self),
        };
        let rows = on_either!(db.conn, conn => moved.execute(conn)?);
        self.stored_size = Some(size);
        Ok(rows == 1)
    }

    /// Whether the last stored entry is the one this head ends in. What is appended to a head that was
    /// edited would be a gap or a fork that no later repair of the row could mend.
    fn fits(&self, db: &mut Db<'_>, tenant: &str) -> Result<(), StoreError> {
        let last: Option<(i64, Vec<u8>)> = entries::table
            .filter(entries::tenant.eq(tenant))
            .order(entries::seq.desc())
            .select((entries::seq, entries::leaf))
            .first(db.conn)
            .optional()?;
        let size = self.frontier.size();
        let fits = match last {
            Some((seq, leaf)) => {
                size.checked_sub(1) == u64::try_from(seq).ok()
                    && leaf == self.last_leaf.as_bytes().as_slice()
            }
            None => size == 0,
        };
        if fits {
            Ok(())
        } else {
            Err(StoreError::HeadMoved)
        }
    }

    /// Moves the stored head to this one, only if it is still where it was read.
    pub(crate) fn store(&mut self, db: &mut Db<'_>, tenant: &str) -> Result<(), StoreError> {
        let size = self.frontier.size();
        let moved = (
            heads::size.eq(size as i64),
            heads::last_leaf.eq(self.last_leaf.as_bytes().as_slice()),
            heads::frontier.eq(self.frontier.to_bytes()),
        );
        let rows = match self.stored_size {
            Some(_) if cfg!(feature = "no-head-lock") => diesel::update(heads::table.find(tenant))
                .set(moved)
                .execute(db.conn)?,
            Some(old) => {
                diesel::update(heads::table.find(tenant).filter(heads::size.eq(old as i64)))
                    .set(moved)
                    .execute(db.conn)?
            }
            None => diesel::insert_into(heads::table)
                .values((heads::tenant.eq(tenant), moved))
                .execute(db.conn)?,
        };
        if rows != 1 {
            return Err(StoreError::HeadMoved);
        }
        self.stored_size = Some(size);
        Ok(())
    }
}
