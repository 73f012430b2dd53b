//! How far Jira sites that an API token opens were read, and what was heard of them. No evidence rests on it.

use diesel::prelude::*;
use record::ids::{SiteId, TenantId};

use crate::connection::on_either;
use crate::db::Db;
use crate::error::StoreError;
use crate::schema::jira_syncs;
use crate::tx::Tx;

/// How far a site was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncState {
    /// All that changed before this was read: milliseconds since 1970.
    pub read_to_ms: i64,
    /// When it was last read to the end.
    pub synced_at: Option<String>,
    /// When it last told us of anything.
    pub heard_at: Option<String>,
    /// Why it was not read to the end, the last time.
    pub last_error: Option<String>,
}

impl Db<'_> {
    /// How far a site was read.
    ///
    /// # Errors
    /// If the database fails.
    pub fn sync_state(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<SyncState>, StoreError> {
        type Row = (i64, Option<String>, Option<String>, Option<String>);
        let row: Option<Row> = jira_syncs::table
            .find((tenant.as_str(), site.as_str()))
            .select((
                jira_syncs::read_to_ms,
                jira_syncs::synced_at,
                jira_syncs::heard_at,
                jira_syncs::last_error,
            ))
            .first(self.conn)
            .optional()?;
        Ok(
            row.map(|(read_to_ms, synced_at, heard_at, last_error)| SyncState {
                read_to_ms,
                synced_at,
                heard_at,
                last_error,
            }),
        )
    }
}

impl Tx<'_> {
    /// Keeps how far a site was read.
    ///
    /// # Errors
    /// If the database fails.
    pub fn keep_sync_state(&mut self, site: &SiteId, state: &SyncState) -> Result<(), StoreError> {
        let values = (
            jira_syncs::read_to_ms.eq(state.read_to_ms),
            jira_syncs::synced_at.eq(&state.synced_at),
            jira_syncs::heard_at.eq(&state.heard_at),
            jira_syncs::last_error.eq(&state.last_error),
        );
        on_either!(self.db.conn, conn => diesel::insert_into(jira_syncs::table)
            .values((
                jira_syncs::tenant.eq(self.tenant.as_str()),
                jira_syncs::site.eq(site.as_str()),
                values,
            ))
            .on_conflict((jira_syncs::tenant, jira_syncs::site))
            .do_update()
            .set(values)
            .execute(conn)?);
        Ok(())
    }
}
