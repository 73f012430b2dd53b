//! What the tests of the store share: a database of its own for each test, tenants in it, entries that
//! are quick to write, and plain SQL behind the store's back. Judges nothing itself.

#![allow(
    clippy::print_stdout,
    dead_code,
    unused_imports,
    reason = "every test file uses its own part of the scene"
)]

mod reported;
mod story;
mod walked;
mod work;

use std::path::PathBuf;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use ledger::{Actor, ActorKind};
use record::entries::{ExportCreated, Payload};
use record::facts::{Change, CommentChanged, Fact};
use record::ids::{SiteId, TenantId};
use record::scale::Severity;
use serde_json::Value;
use store::{Address, Appended, Delivery, LedgerRows, MasterKey, NewEntry, Store, StoreError};
use tempfile::TempDir;
use ulid::Ulid;

pub(crate) use story::{ACCOUNT, Story, tell};
pub(crate) use walked::{folded, rows, walk};

/// The master key of every scene.
pub(crate) const MASTER: [u8; 32] = [7; 32];

/// A migrated database that goes away with it: in a file, or in the cluster that the tests share where there is
/// one.
pub(crate) struct Scene {
    dir: TempDir,
    pub(crate) address: Address,
    pub(crate) url: String,
    pub(crate) store: Store,
    database: Option<throwaway::Database>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        match throwaway::chosen().unwrap() {
            Some(database) => Self::at(database.url(), Some(database)),
            None => Self::in_a_file(),
        }
    }

    /// For what only PostgreSQL does; none where the tests share no cluster.
    pub(crate) fn on_postgres() -> Option<Self> {
        let Some(database) = throwaway::shared().unwrap() else {
            println!("SKIPPED: no PostgreSQL is shared (see scripts/test-all)");
            return None;
        };
        Some(Self::at(database.url(), Some(database)))
    }

    /// For what only SQLite does.
    pub(crate) fn in_a_file() -> Self {
        Self::at(String::new(), None)
    }

    fn at(mut url: String, database: Option<throwaway::Database>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        if database.is_none() {
            url = format!("sqlite:{}", dir.path().join("ledger.db").display());
        }
        let address: Address = url.parse().unwrap();
        store::migrate(&address).unwrap();
        let store = Store::open(&address, master()).unwrap();
        Self {
            dir,
            address,
            url,
            store,
            database,
        }
    }

    /// The database of the shared cluster that this scene plays in.
    pub(crate) fn postgres(&self) -> Option<&throwaway::Database> {
        self.database.as_ref()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A tenant whose ledger is founded.
    pub(crate) async fn tenant(&self) -> TenantId {
        let tenant = TenantId::from_ulid(Ulid::generate());
        self.found(&tenant).await;
        tenant
    }

    pub(crate) async fn found(&self, tenant: &TenantId) {
        let founded: Result<(), StoreError> = self
            .store
            .write(tenant, |tx| {
                tx.found_tenant()?;
                Ok(())
            })
            .await;
        founded.unwrap();
    }

    /// Appends one entry in a change of its own.
    pub(crate) async fn append(&self, tenant: &TenantId, new: NewEntry) -> Appended {
        let appended: Result<Appended, StoreError> =
            self.store.write(tenant, move |tx| tx.append(new)).await;
        appended.unwrap()
    }

    /// Appends so many entries, in changes of a few hundred each.
    pub(crate) async fn fill(&self, tenant: &TenantId, count: u64) {
        for first in (0..count).step_by(512) {
            let filled: Result<(), StoreError> = self
                .store
                .write(tenant, move |tx| {
                    (first..count.min(first + 512)).try_for_each(|i| {
                        let once = format!("fill:{i}");
                        tx.append(plain(&once)).map(drop)
                    })
                })
                .await;
            filled.unwrap();
        }
    }

    /// How many entries the head row counts.
    pub(crate) async fn size(&self, tenant: &TenantId) -> u64 {
        let tenant = tenant.clone();
        let size: Result<u64, StoreError> = self
            .store
            .read(move |db| Ok(db.frontier(&tenant)?.size()))
            .await;
        size.unwrap()
    }

    /// A connection that knows nothing of the store.
    pub(crate) fn sql(&self) -> Sql {
        match self.address.file() {
            None => Sql::Postgres(PgConnection::establish(&self.url).unwrap()),
            Some(path) => {
                let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                connection
                    .batch_execute("PRAGMA busy_timeout = 10000")
                    .unwrap();
                Sql::Sqlite(connection)
            }
        }
    }

    /// Bytes, as they stand in a statement.
    pub(crate) fn literal(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self.postgres() {
            None => format!("x'{hex}'"),
            Some(_) => format!("'\\x{hex}'"),
        }
    }

    /// Opens the database as one who judges does.
    pub(crate) fn judge(&self) -> LedgerRows {
        LedgerRows::open(&self.address).unwrap()
    }
}

pub(crate) fn address_in(dir: &TempDir) -> Address {
    let path = dir.path().join("ledger.db");
    format!("sqlite:{}", path.display()).parse().unwrap()
}

pub(crate) fn master() -> MasterKey {
    MasterKey::from_bytes(&MASTER)
}

/// An entry with this payload and nothing beside it.
pub(crate) fn entry(payload: impl Into<Payload>, once: &str) -> NewEntry {
    beside(payload, once, Vec::new())
}

/// An entry with values beside it.
pub(crate) fn beside(
    payload: impl Into<Payload>,
    once: &str,
    beside: Vec<(&'static str, Value)>,
) -> NewEntry {
    NewEntry {
        payload: payload.into(),
        beside,
        subject: "ledger".to_owned(),
        severity: Severity::Info,
        actor: Actor {
            id: "countersign-server".to_owned(),
            kind: ActorKind::System,
        },
        source: "COUNTERSIGN",
        once: once.to_owned(),
    }
}

/// A notification of a comment's own.
pub(crate) fn of_comment(site: &SiteId, number: u32) -> Delivery {
    Delivery {
        site: site.clone(),
        key: format!("comment {number}"),
        fact: Fact::CommentChanged(CommentChanged {
            issue: None,
            ticket: None,
            comment: number.to_string().parse().unwrap(),
            change: Change::Created,
            author: None,
            updated: None,
            claimed_at_ms: None,
        }),
    }
}

/// An entry that leads to no row.
pub(crate) fn plain(once: &str) -> NewEntry {
    let export = ExportCreated {
        bundle: "00".repeat(32),
        first: 0,
        end: 1,
        disclosures: 0,
        exported_at: "2026-11-21T09:00:00.000Z".to_owned(),
    };
    entry(export, once)
}

/// A connection to the scene's database.
pub(crate) enum Sql {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl SimpleConnection for Sql {
    fn batch_execute(&mut self, statements: &str) -> QueryResult<()> {
        match self {
            Self::Postgres(pg) => pg.batch_execute(statements),
            Self::Sqlite(sqlite) => sqlite.batch_execute(statements),
        }
    }
}

/// The one number that a query gives.
pub(crate) fn number(sql: &mut Sql, query: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let query = diesel::sql_query(format!("SELECT ({query}) AS n"));
    let row: Row = match sql {
        Sql::Postgres(pg) => query.get_result(pg).unwrap(),
        Sql::Sqlite(sqlite) => query.get_result(sqlite).unwrap(),
    };
    row.n
}

/// The texts that a query gives, one per row.
pub(crate) fn texts(sql: &mut Sql, query: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        t: String,
    }
    let query = diesel::sql_query(format!("SELECT t FROM ({query}) AS texts"));
    let rows: Vec<Row> = match sql {
        Sql::Postgres(pg) => query.load(pg).unwrap(),
        Sql::Sqlite(sqlite) => query.load(sqlite).unwrap(),
    };
    rows.into_iter().map(|row| row.t).collect()
}
