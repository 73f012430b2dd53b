//! Tampering: what somebody with write access to the database file could do. One byte of one entry is
//! changed, past the triggers that refuse it, and everything else is left as it was.

use std::path::Path;

use anyhow::Context;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};

#[derive(QueryableByName)]
struct Entry {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Changes one byte of an entry, the latest decision where none is named; doing it twice to the same entry
/// undoes it. Gives the entry's position.
pub(crate) fn flip_a_byte(database: &Path, of: Option<i64>) -> anyhow::Result<i64> {
    let mut connection = open(database)?;
    let entry: Entry = diesel::sql_query(
        "SELECT seq, bytes FROM entries WHERE seq = ? OR (? IS NULL AND type = 'HUMAN_REVIEW') \
         ORDER BY seq DESC LIMIT 1",
    )
    .bind::<Nullable<BigInt>, _>(of)
    .bind::<Nullable<BigInt>, _>(of)
    .get_result(&mut connection)
    .context("nobody has decided anything yet: approve an issue first")?;
    let trigger: Trigger =
        diesel::sql_query("SELECT sql FROM sqlite_master WHERE name = 'entries_are_not_changed'")
            .get_result(&mut connection)?;
    let mut bytes = entry.bytes;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    connection.transaction(|connection| -> anyhow::Result<()> {
        connection.batch_execute("DROP TRIGGER entries_are_not_changed")?;
        diesel::sql_query("UPDATE entries SET bytes = ? WHERE seq = ?")
            .bind::<Binary, _>(bytes)
            .bind::<BigInt, _>(entry.seq)
            .execute(connection)?;
        connection.batch_execute(&trigger.sql)?;
        Ok(())
    })?;
    Ok(entry.seq)
}

/// A whole copy of the database as it is now.
pub(crate) fn copy(database: &Path, to: &Path) -> anyhow::Result<()> {
    let mut connection = open(database)?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(to.display().to_string())
        .execute(&mut connection)?;
    Ok(())
}

fn open(database: &Path) -> anyhow::Result<SqliteConnection> {
    let mut connection = SqliteConnection::establish(&database.display().to_string())?;
    connection.batch_execute("PRAGMA busy_timeout = 10000")?;
    Ok(connection)
}
