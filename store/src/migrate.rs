//! Bringing the schema up to date, and back. One folder of migrations per database; they lead to the same tables.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::address::Address;
use crate::connection::{self, Connection, on_either};
use crate::db::Db;
use crate::error::StoreError;

pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// When a migration was applied is of no use to anybody, so every row says the same: then the verifier can
/// judge the migration tool's own table too, and no byte of the database is left out.
const APPLIED_ON: &str = "1970-01-01 00:00:00";

/// Held while one of several migrates: any number that nothing else uses.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_lock(7206418190265)";

/// Applies what is missing; gives the names of what was applied. On PostgreSQL it also gathers the planner's
/// statistics, which a fresh or restored table lacks.
///
/// # Errors
/// If the database cannot be opened or a migration fails; then the schema is as it was.
pub fn migrate(address: &Address) -> Result<Vec<String>, StoreError> {
    let mut connection = connection::open(address)?;
    let applied: Vec<String> = match &mut connection {
        Connection::Postgres(pg) => {
            pg.batch_execute(ONE_AT_A_TIME)?;
            let applied = pg.run_pending_migrations(POSTGRES).map_err(failed)?;
            applied.iter().map(ToString::to_string).collect()
        }
        Connection::Sqlite(sqlite) => {
            let applied = sqlite.run_pending_migrations(SQLITE).map_err(failed)?;
            applied.iter().map(ToString::to_string).collect()
        }
    };
    connection.batch_execute(&format!(
        "UPDATE __diesel_schema_migrations SET run_on = '{APPLIED_ON}' WHERE run_on <> '{APPLIED_ON}'"
    ))?;
    if address.is_postgres() {
        connection.batch_execute("ANALYZE")?;
    }
    Ok(applied)
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Text)]
    run_on: String,
}

const APPLIED: &str = "SELECT CAST(version AS TEXT) AS version, CAST(run_on AS TEXT) AS run_on \
                       FROM __diesel_schema_migrations ORDER BY version";

impl Db<'_> {
    /// The versions of the migrations that were applied.
    fn applied(&mut self) -> Result<Vec<String>, StoreError> {
        let rows: Vec<Applied> = diesel::sql_query(APPLIED).load(self.conn)?;
        Ok(rows.into_iter().map(|row| row.version).collect())
    }

    /// The rows of the migration tool's table that are not as [`migrate`] leaves them.
    ///
    /// # Errors
    /// If the database fails or the migrations of this build cannot be read.
    pub fn strange_migrations(&mut self) -> Result<Vec<String>, StoreError> {
        let rows: Vec<Applied> = diesel::sql_query(APPLIED).load(self.conn)?;
        let known = match self.is_postgres() {
            true => versions::<Pg>(&POSTGRES)?,
            false => versions::<Sqlite>(&SQLITE)?,
        };
        let strange = rows
            .into_iter()
            .enumerate()
            .filter(|(at, row)| row.run_on != APPLIED_ON || known.get(*at) != Some(&row.version));
        Ok(strange.map(|(_, row)| row.version).collect())
    }
}

fn versions<DB: diesel::backend::Backend>(
    migrations: &EmbeddedMigrations,
) -> Result<Vec<String>, StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let ours: Vec<Box<dyn Migration<DB>>> = migrations.migrations().map_err(failed)?;
    let mut versions: Vec<String> = ours
        .iter()
        .map(|m| m.name().version().to_string())
        .collect();
    versions.sort_unstable();
    Ok(versions)
}

/// Whether every migration of this release is applied.
///
/// # Errors
/// If the database cannot be opened.
pub fn schema_is_current(address: &Address) -> Result<bool, StoreError> {
    let mut connection = connection::open(address)?;
    match &mut connection {
        // Asking the migration tool would need the right to make tables.
        Connection::Postgres(pg) => {
            let made: bool = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(
                "to_regclass('__diesel_schema_migrations') IS NOT NULL",
            ))
            .get_result(pg)?;
            Ok(made && Db::new(&mut connection).applied()? == versions::<Pg>(&POSTGRES)?)
        }
        Connection::Sqlite(sqlite) => sqlite
            .has_pending_migration(SQLITE)
            .map(|pending| !pending)
            .map_err(failed),
    }
}

/// Takes every migration back, and all that is stored with it.
///
/// # Errors
/// If the database cannot be opened or a migration fails.
pub fn revert_all(address: &Address) -> Result<(), StoreError> {
    let mut connection = connection::open(address)?;
    let migrations = match address.is_postgres() {
        true => POSTGRES,
        false => SQLITE,
    };
    on_either!(&mut connection, conn => conn.revert_all_migrations(migrations).map(drop).map_err(failed))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of map_err")]
pub(crate) fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Migration(error.to_string())
}
