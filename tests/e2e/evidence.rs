//! What came of it: the entries of the ledgers and single values of the tables, read behind the server's
//! back. Changes nothing.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use ledger::Entry;
use store::{LedgerRows, StoreError};

use crate::world::World;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl World {
    /// All entries of all ledgers, ledger by ledger, in order.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut rows = LedgerRows::open(&self.database()).unwrap();
        let read = rows.snapshot(|db| {
            let mut entries = Vec::new();
            for tenant in db.tenants()? {
                db.each_entry(&tenant, 0, |row| -> Result<(), StoreError> {
                    entries.push(Entry::parse(row.bytes)?);
                    Ok(())
                })?;
            }
            Ok::<_, StoreError>(entries)
        });
        read.unwrap()
    }

    /// What the ledgers say, entry by entry, in a few words each.
    pub(crate) fn facts(&self) -> Vec<String> {
        self.entries().iter().map(in_words).collect()
    }

    /// What the ledgers say of an issue.
    pub(crate) fn facts_about(&self, issue: u64) -> Vec<String> {
        self.about(issue).iter().map(in_words).collect()
    }

    /// The entries about an issue.
    pub(crate) fn about(&self, issue: u64) -> Vec<Entry> {
        let mut entries = self.entries();
        entries.retain(|entry| {
            entry.subject.starts_with("ticket/") && entry.subject.ends_with(&format!("/{issue}"))
        });
        entries
    }

    /// The first column, called `line`, of what a query gives.
    pub(crate) fn lines(&self, query: &str) -> Vec<String> {
        let query = diesel::sql_query(query);
        let lines: Vec<Line> = match self.database().file() {
            None => {
                let mut pg = PgConnection::establish(&self.database_for("postgres")).unwrap();
                query.load(&mut pg).unwrap()
            }
            Some(file) => {
                let mut sqlite = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                sqlite
                    .batch_execute("PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;")
                    .unwrap();
                query.load(&mut sqlite).unwrap()
            }
        };
        lines.into_iter().map(|line| line.line).collect()
    }

    /// Sets a column of an entry to something else, as somebody does who may do everything in the database.
    pub(crate) fn damage(&self, seq: u64, column: &str, value: &str) {
        let trigger = match self.database().file() {
            Some(_) => "DROP TRIGGER IF EXISTS entries_are_not_changed;",
            None => "ALTER TABLE entries DISABLE TRIGGER USER;",
        };
        self.overwrite(&format!(
            "{trigger} UPDATE entries SET {column} = {value} WHERE seq = {seq}"
        ));
    }

    /// Writes to the database past the program, as somebody with the key to it can.
    pub(crate) fn overwrite(&self, statements: &str) {
        match self.database().file() {
            None => PgConnection::establish(&self.database_for("postgres"))
                .unwrap()
                .batch_execute(statements)
                .unwrap(),
            Some(file) => {
                let mut sqlite = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                sqlite
                    .batch_execute("PRAGMA busy_timeout = 10000;")
                    .unwrap();
                sqlite.batch_execute(statements).unwrap();
            }
        }
    }

    /// A column of bytes as lower-case hex, in the database's own words.
    pub(crate) fn in_hex(&self, column: &str) -> String {
        match self.database().file() {
            None => format!("encode({column}, 'hex')"),
            Some(_) => format!("lower(hex({column}))"),
        }
    }

    /// Everything that a refused call could have changed.
    pub(crate) fn imprint(&self) -> Vec<String> {
        let mut imprint =
            self.lines("SELECT tenant || seq || id AS line FROM entries ORDER BY tenant, seq");
        let secret = self.in_hex("shared_secret");
        let sites =
            format!("SELECT id || state || base_url || {secret} AS line FROM sites ORDER BY id");
        for query in [
            "SELECT id || delivery || attempts AS line FROM inbox ORDER BY id",
            "SELECT id || effect AS line FROM outbox ORDER BY id",
            &sites,
            "SELECT id AS line FROM tenants ORDER BY id",
            "SELECT id || seq AS line FROM api_keys ORDER BY id",
            "SELECT id || state AS line FROM code_hosts ORDER BY id",
            "SELECT id || event AS line FROM links ORDER BY id",
        ] {
            imprint.push(query.to_owned());
            imprint.extend(self.lines(query));
        }
        imprint
    }
}

/// Type, and what tells one of that type from another.
fn in_words(entry: &Entry) -> String {
    let told = ["change", "reason", "decision"]
        .iter()
        .find_map(|name| entry.payload.get(*name)?.as_str());
    match told {
        Some(told) => format!("{} {told}", entry.kind),
        None => entry.kind.clone(),
    }
}
