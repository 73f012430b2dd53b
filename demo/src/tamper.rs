//! Tampering: what somebody with every right on the database could do. One byte of one entry is changed, past the
//! triggers that refuse it, and everything else is left as it was.

use anyhow::Context;
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};

use crate::database::{Connection, Database};

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

const NOBODY: &str = "nobody has decided anything yet: approve an issue first";

/// Changes one byte of an entry, the latest decision where none is named; doing it twice to the same entry
/// undoes it. Gives the entry's position.
pub(crate) fn flip_a_byte(database: &Database, of: Option<i64>) -> anyhow::Result<i64> {
    let which = match of {
        Some(seq) => format!("seq = {seq}"),
        None => "type = 'HUMAN_REVIEW'".to_owned(),
    };
    let query = format!("SELECT seq, bytes FROM entries WHERE {which} ORDER BY seq DESC LIMIT 1");
    let query = diesel::sql_query(query);
    match &mut database.open()? {
        Connection::Sqlite(sqlite) => {
            let entry: Entry = query.get_result(sqlite).context(NOBODY)?;
            let trigger: Trigger = diesel::sql_query(
                "SELECT sql FROM sqlite_master WHERE name = 'entries_are_not_changed'",
            )
            .get_result(sqlite)?;
            let change = "UPDATE entries SET bytes = ? WHERE seq = ?";
            sqlite.transaction(|sqlite| -> anyhow::Result<()> {
                sqlite.batch_execute("DROP TRIGGER entries_are_not_changed")?;
                diesel::sql_query(change)
                    .bind::<Binary, _>(flipped(&entry))
                    .bind::<BigInt, _>(entry.seq)
                    .execute(sqlite)?;
                Ok(sqlite.batch_execute(&trigger.sql)?)
            })?;
            Ok(entry.seq)
        }
        Connection::Postgres(pg) => {
            let entry: Entry = query.get_result(pg).context(NOBODY)?;
            pg.transaction(|pg| -> anyhow::Result<()> {
                pg.batch_execute("ALTER TABLE entries DISABLE TRIGGER USER")?;
                diesel::sql_query("UPDATE entries SET bytes = $1 WHERE seq = $2")
                    .bind::<Binary, _>(flipped(&entry))
                    .bind::<BigInt, _>(entry.seq)
                    .execute(pg)?;
                Ok(pg.batch_execute("ALTER TABLE entries ENABLE TRIGGER USER")?)
            })?;
            Ok(entry.seq)
        }
    }
}

fn flipped(entry: &Entry) -> Vec<u8> {
    let mut bytes = entry.bytes.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}
