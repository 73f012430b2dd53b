//! Bringing the schema up to date, and back.

use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{self, Address};
use crate::db::Db;
use crate::error::StoreError;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");

/// When a migration was applied is of no use to anybody, so every row says the same: then the verifier can
/// judge the migration tool's own table too, and no byte of the database is left out.
const APPLIED_ON: &str = "1970-01-01 00:00:00";

/// Applies what is missing; gives the names of what was applied.
///
/// # Errors
/// If the database cannot be opened or a migration fails; then the schema is as it was.
pub fn migrate(address: &Address) -> Result<Vec<String>, StoreError> {
    let mut connection = connection::open(address)?;
    let applied = connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(failed)?;
    let applied = applied.iter().map(ToString::to_string).collect();
    diesel::sql_query("UPDATE __diesel_schema_migrations SET run_on = ? WHERE run_on <> ?")
        .bind::<Text, _>(APPLIED_ON)
        .bind::<Text, _>(APPLIED_ON)
        .execute(&mut connection)?;
    Ok(applied)
}

impl Db<'_> {
    /// The rows of the migration tool's table that are not as [`migrate`] leaves them.
    ///
    /// # Errors
    /// If the database fails or the migrations of this build cannot be read.
    pub fn strange_migrations(&mut self) -> Result<Vec<String>, StoreError> {
        #[derive(QueryableByName)]
        struct Applied {
            #[diesel(sql_type = Text)]
            version: String,
            #[diesel(sql_type = Text)]
            run_on: String,
        }
        let rows: Vec<Applied> = diesel::sql_query(
            "SELECT CAST(version AS TEXT) AS version, CAST(run_on AS TEXT) AS run_on \
             FROM __diesel_schema_migrations ORDER BY version",
        )
        .load(self.conn)?;
        let ours: Vec<Box<dyn Migration<Sqlite>>> = MIGRATIONS.migrations().map_err(failed)?;
        let mut known: Vec<String> = ours
            .iter()
            .map(|m| m.name().version().to_string())
            .collect();
        known.sort_unstable();
        let strange = rows
            .into_iter()
            .enumerate()
            .filter(|(at, row)| row.run_on != APPLIED_ON || known.get(*at) != Some(&row.version));
        Ok(strange.map(|(_, row)| row.version).collect())
    }
}

/// Whether every migration of this release is applied.
///
/// # Errors
/// If the database cannot be opened.
pub fn schema_is_current(address: &Address) -> Result<bool, StoreError> {
    let mut connection = connection::open(address)?;
    connection
        .has_pending_migration(MIGRATIONS)
        .map(|pending| !pending)
        .map_err(failed)
}

/// Takes every migration back, and all that is stored with it.
///
/// # Errors
/// If the database cannot be opened or a migration fails.
pub fn revert_all(address: &Address) -> Result<(), StoreError> {
    let mut connection = connection::open(address)?;
    connection
        .revert_all_migrations(MIGRATIONS)
        .map(drop)
        .map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of map_err")]
pub(crate) fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Migration(error.to_string())
}
