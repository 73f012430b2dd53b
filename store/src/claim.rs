//! Claims on queued work: a row in work belongs to whoever claimed it, for a time. A server that dies leaves
//! nothing behind but a claim that runs out. Locked rows are passed over, so that servers never wait here.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use record::ids::{SiteId, TenantId};
use ulid::Ulid;

use crate::connection::Connection;
use crate::db::Db;
use crate::error::StoreError;
use crate::time::now_ms;
use crate::tx::Tx;

/// How long a claim holds unless it is renewed. Whoever does not come to renew it loses it, and with it the right
/// to record anything.
const HOLDS_MS: i64 = 30_000;

/// What may be claimed: of this tenant (`$1`), due now (`$2`), claimed by nobody.
pub(crate) const DUE: &str =
    "tenant = $1 AND dead = FALSE AND next_attempt_ms <= $2 AND claimed_until_ms <= $2";

/// The token that stands in claimed rows. Whoever knows it holds the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim(String);

impl Claim {
    pub(crate) fn new() -> Self {
        Self(Ulid::generate().to_string())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// When a claim that is made now runs out.
pub(crate) fn until() -> i64 {
    now_ms().saturating_add(HOLDS_MS)
}

/// The clause that passes over rows which another server is claiming. SQLite has one writer at a time.
pub(crate) const fn skip_locked(connection: &Connection) -> &'static str {
    match connection {
        Connection::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        Connection::Sqlite(_) => "",
    }
}

/// Whether a statement on claimed rows found any.
pub(crate) const fn still_held(rows: usize) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreError::ClaimLost),
        _ => Ok(()),
    }
}

/// When a row was made, by its id.
pub(crate) fn made_ms(id: &str) -> i64 {
    let made = Ulid::from_string(id).map_or(0, |id| id.timestamp_ms());
    i64::try_from(made).unwrap_or_default()
}

impl Tx<'_> {
    /// What waits for this very reason on a site is due now. Rows that somebody holds are passed over.
    ///
    /// # Errors
    /// If the database fails.
    pub fn due_again(&mut self, site: &SiteId, reason: &str) -> Result<(), StoreError> {
        for queue in ["inbox", "outbox"] {
            let waiting = format!(
                "UPDATE {queue} SET next_attempt_ms = $1 WHERE id IN (SELECT id FROM {queue} WHERE tenant = $2 \
                 AND site = $3 AND dead = FALSE AND last_error = $4 ORDER BY id {})",
                skip_locked(self.db.conn)
            );
            diesel::sql_query(waiting)
                .bind::<BigInt, _>(now_ms())
                .bind::<Text, _>(self.tenant.as_str())
                .bind::<Text, _>(site.as_str())
                .bind::<Text, _>(reason)
                .execute(self.db.conn)?;
        }
        Ok(())
    }
}

impl Db<'_> {
    /// The tenants that have work waiting in the inbox or the outbox.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn tenants_with_work(&mut self) -> Result<Vec<TenantId>, StoreError> {
        #[derive(QueryableByName)]
        struct Found {
            #[diesel(sql_type = Text)]
            id: String,
        }
        let due = DUE
            .replace("tenant = $1", "tenant = tenants.id")
            .replace("$2", "$1");
        let query = format!(
            "SELECT id FROM tenants WHERE EXISTS (SELECT 1 FROM inbox WHERE {due}) \
             OR EXISTS (SELECT 1 FROM outbox WHERE {due}) ORDER BY id"
        );
        let found: Vec<Found> = diesel::sql_query(query)
            .bind::<BigInt, _>(now_ms())
            .load(self.conn)?;
        found
            .into_iter()
            .map(|row| row.id.parse().map_err(|_| StoreError::Row("tenants")))
            .collect()
    }
}

/// How SQLite would carry statements out, on the tables as the migrations make them.
#[cfg(test)]
pub(crate) struct Plans {
    pub(crate) connection: Connection,
    _directory: tempfile::TempDir,
}

#[cfg(test)]
impl Plans {
    pub(crate) fn on_empty_tables() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", directory.path().join("plans.db").display());
        let address = address.parse().unwrap();
        crate::migrate(&address).unwrap();
        Self {
            connection: crate::connection::open(&address).unwrap(),
            _directory: directory,
        }
    }

    pub(crate) fn of(&mut self, statement: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Step {
            #[diesel(sql_type = Text)]
            detail: String,
        }
        let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
            .load(&mut self.connection)
            .unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    }
}

/// A statement as SQLite is told it.
#[cfg(test)]
pub(crate) fn text_of(
    statement: &impl diesel::query_builder::QueryFragment<diesel::sqlite::Sqlite>,
) -> String {
    diesel::debug_query::<diesel::sqlite::Sqlite, _>(statement).to_string()
}
