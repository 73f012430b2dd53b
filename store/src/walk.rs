//! The rows of the ledger, streamed as they are stored for those who judge: read-only, of one moment,
//! and without believing a column.

use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::prelude::*;
use record::ids::TenantId;

use crate::address::Address;
use crate::connection::{self, Connection};
use crate::db::Db;
use crate::error::StoreError;
use crate::schema::{checkpoints, disclosures, entries, heads, tenants, tiles};

/// The head's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct HeadRow {
    /// The number of entries.
    pub size: i64,
    /// The leaf hash of the last entry.
    pub last_leaf: Vec<u8>,
    /// The roots of the complete subtrees.
    pub frontier: Vec<u8>,
}

/// A tile's row.
#[derive(Debug, Clone, Queryable)]
pub struct StoredTile {
    /// The level.
    pub level: i32,
    /// The position within the level.
    pub index: i64,
    /// 256 hashes.
    pub hashes: Vec<u8>,
}

/// A disclosure's row.
#[derive(Debug, Clone, Queryable)]
pub struct StoredDisclosure {
    /// The entry that commits to it.
    pub seq: i64,
    /// The digest it is looked up by.
    pub digest: String,
    /// The text that was digested.
    pub disclosure: String,
}

/// A database opened for reading alone, by somebody who does not trust it.
pub struct Rows {
    connection: Connection,
}

impl Rows {
    /// Opens the database read-only.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(address: &Address) -> Result<Self, StoreError> {
        Ok(Self {
            connection: connection::open_read_only(address)?,
        })
    }

    /// Runs a judgement over one consistent state of the database.
    ///
    /// # Errors
    /// What the judgement fails with, or the database.
    pub fn snapshot<T, E: From<StoreError>>(
        &mut self,
        judge: impl FnOnce(&mut Db<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        Db::snapshot(&mut self.connection, judge)
    }

    /// What the database itself finds wrong with its file: empty if nothing. A server checks its own files; with
    /// data checksums on, reading a damaged page fails.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub fn damage(&mut self) -> Result<Vec<String>, StoreError> {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = diesel::sql_types::Text)]
            integrity_check: String,
        }
        let Connection::Sqlite(sqlite) = &mut self.connection else {
            return Ok(Vec::new());
        };
        sqlite.batch_execute("PRAGMA cell_size_check = ON")?;
        let lines: Vec<Line> = diesel::sql_query("PRAGMA integrity_check(20)").load(sqlite)?;
        Ok(lines
            .into_iter()
            .map(|line| line.integrity_check)
            .filter(|line| line != "ok")
            .collect())
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

impl Db<'_> {
    /// The last position at which an entry of the tenant's stands.
    ///
    /// # Errors
    /// If the database fails.
    pub fn last_position(&mut self, tenant: &TenantId) -> Result<Option<i64>, StoreError> {
        Ok(entries::table
            .filter(entries::tenant.eq(tenant.as_str()))
            .select(diesel::dsl::max(entries::seq))
            .first(self.conn)?)
    }

    /// The stored disclosures of the tenant's with `low <= seq <= high`.
    ///
    /// # Errors
    /// If the database fails.
    pub fn disclosures_between(
        &mut self,
        tenant: &TenantId,
        low: i64,
        high: i64,
    ) -> Result<Vec<StoredDisclosure>, StoreError> {
        Ok(disclosures::table
            .filter(disclosures::tenant.eq(tenant.as_str()))
            .filter(disclosures::seq.between(low, high))
            .order((disclosures::seq, disclosures::digest))
            .select((
                disclosures::seq,
                disclosures::digest,
                disclosures::disclosure,
            ))
            .load(self.conn)?)
    }

    /// Every tenant id that stands in `tenants` or in `entries`, as it stands there.
    ///
    /// # Errors
    /// If the database fails.
    pub fn named_tenants(&mut self) -> Result<Vec<String>, StoreError> {
        let mut ids: Vec<String> = tenants::table.select(tenants::id).load(self.conn)?;
        ids.extend(self.tenants_in("entries")?);
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// The tenants that stand in a table whose first key is the tenant: one look into the index for each, however
    /// many rows there are.
    fn tenants_in(&mut self, table: &'static str) -> Result<Vec<String>, StoreError> {
        #[derive(QueryableByName)]
        struct Found {
            #[diesel(sql_type = diesel::sql_types::Text)]
            tenant: String,
        }
        let found: Vec<Found> = diesel::sql_query(format!(
            "WITH RECURSIVE each(tenant) AS (SELECT min(tenant) FROM {table} UNION ALL \
             SELECT (SELECT min(tenant) FROM {table} WHERE tenant > each.tenant) FROM each \
             WHERE each.tenant IS NOT NULL) \
             SELECT CAST(tenant AS TEXT) AS tenant FROM each WHERE tenant IS NOT NULL"
        ))
        .load(self.conn)?;
        Ok(found.into_iter().map(|row| row.tenant).collect())
    }

    /// Hands every stored tile of the tenant's to `visit`, by level and position.
    ///
    /// # Errors
    /// If the database fails.
    pub fn each_tile(
        &mut self,
        tenant: &TenantId,
        mut visit: impl FnMut(StoredTile),
    ) -> Result<(), StoreError> {
        let rows = tiles::table
            .filter(tiles::tenant.eq(tenant.as_str()))
            .order((tiles::level, tiles::idx))
            .select((tiles::level, tiles::idx, tiles::hashes))
            .load_iter::<StoredTile, DefaultLoadingMode>(self.conn)?;
        for row in rows {
            visit(row?);
        }
        Ok(())
    }

    /// The stored checkpoints, by the size column.
    ///
    /// # Errors
    /// If the database fails.
    pub fn stored_checkpoints(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        Ok(checkpoints::table
            .filter(checkpoints::tenant.eq(tenant.as_str()))
            .order(checkpoints::size)
            .select((checkpoints::size, checkpoints::note))
            .load(self.conn)?)
    }

    /// The stored head.
    ///
    /// # Errors
    /// If the database fails.
    pub fn stored_head(&mut self, tenant: &TenantId) -> Result<Option<HeadRow>, StoreError> {
        Ok(heads::table
            .find(tenant.as_str())
            .select((heads::size, heads::last_leaf, heads::frontier))
            .first(self.conn)
            .optional()?)
    }

    /// For each table with a tenant column, the tenants named there that have no row of their own.
    ///
    /// # Errors
    /// If the database fails.
    pub fn foreign_rows(&mut self) -> Result<Vec<(&'static str, String)>, StoreError> {
        const TABLES: [&str; 27] = [
            "entries",
            "heads",
            "tiles",
            "checkpoints",
            "disclosures",
            "sites",
            "forge_installations",
            "settings",
            "people",
            "tickets",
            "approvals",
            "requirement_sets",
            "verifications",
            "api_keys",
            "api_key_uses",
            "code_hosts",
            "jira_integrations",
            "jira_syncs",
            "links",
            "event_models",
            "waivers",
            "corrections",
            "claims",
            "feeds",
            "feed_positions",
            "inbox",
            "outbox",
        ];
        let known: Vec<String> = tenants::table.select(tenants::id).load(self.conn)?;
        let mut foreign = Vec::new();
        for table in TABLES {
            let named = self.tenants_in(table)?;
            let strangers = named.into_iter().filter(|tenant| !known.contains(tenant));
            foreign.extend(strangers.map(|tenant| (table, tenant)));
        }
        Ok(foreign)
    }
}
