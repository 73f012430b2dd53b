//! Bringing the schema up to date, and back.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{self, Address};
use crate::error::StoreError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");

/// Applies what is missing; gives the names of what was applied.
///
/// # Errors
/// If the database cannot be opened or a migration fails; then the schema is as it was.
pub fn migrate(address: &Address) -> Result<Vec<String>, StoreError> {
    let mut connection = connection::open(address)?;
    let applied = connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(failed)?;
    Ok(applied.iter().map(ToString::to_string).collect())
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
fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Migration(error.to_string())
}
