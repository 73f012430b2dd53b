//! A connection to either database, and how one is opened for each use. The SQL that both understand is
//! written once; what only one understands stands in `sqlite` and `postgres`.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{PgConnection, QueryResult, SqliteConnection};

use crate::address::{Address, Target};
use crate::error::StoreError;
use crate::{postgres, sqlite};

pub(crate) use either::DatabaseConnection as Connection;

mod either {
    #![allow(
        unreachable_pub,
        missing_docs,
        clippy::allow_attributes_without_reason,
        reason = "what the derive writes"
    )]

    /// A connection to one of the two databases.
    #[derive(diesel::MultiConnection)]
    pub enum DatabaseConnection {
        Postgres(diesel::PgConnection),
        Sqlite(diesel::SqliteConnection),
    }
}

/// Carries out a statement that both databases understand and that the shared connection does not offer,
/// such as an insert with a conflict clause: the text is written once, and compiled for each.
macro_rules! on_either {
    ($connection:expr, $inner:ident => $statement:expr) => {
        match $connection {
            $crate::connection::Connection::Postgres($inner) => $statement,
            $crate::connection::Connection::Sqlite($inner) => $statement,
        }
    };
}
pub(crate) use on_either;

/// A connection that writes.
pub(crate) fn open(address: &Address) -> Result<Connection, StoreError> {
    match address.target() {
        Target::File(path) => sqlite::open(path).map(Connection::Sqlite),
        Target::Server(url) => postgres::open(url).map(Connection::Postgres),
    }
}

/// A connection that cannot write, for those who judge and must not touch.
pub(crate) fn open_read_only(address: &Address) -> Result<Connection, StoreError> {
    match address.target() {
        Target::File(path) => sqlite::open_read_only(path).map(Connection::Sqlite),
        Target::Server(url) => postgres::open_read_only(url).map(Connection::Postgres),
    }
}

/// Begins a transaction that will write. Ends with [`commit`] or [`roll_back`].
pub(crate) fn begin(connection: &mut Connection) -> QueryResult<()> {
    match connection {
        Connection::Postgres(pg) => {
            <PgConnection as diesel::Connection>::TransactionManager::begin_transaction(pg)
        }
        Connection::Sqlite(sqlite) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
        }
    }
}

/// As [`begin`], for a transaction that appends where its ledgers are remembered to end. Each of its statements has one
/// plan whatever the tables hold, which is made once; [`plan_anew`] ends that.
pub(crate) fn begin_to_append(connection: &mut Connection) -> QueryResult<()> {
    match connection {
        Connection::Postgres(pg) => AnsiTransactionManager::begin_transaction_sql(
            pg,
            "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan",
        ),
        Connection::Sqlite(_) => begin(connection),
    }
}

/// Plans each further statement of the transaction for the tables as they are.
pub(crate) fn plan_anew(connection: &mut Connection) -> QueryResult<()> {
    match connection {
        Connection::Postgres(pg) => {
            pg.batch_execute("SET LOCAL plan_cache_mode = force_custom_plan")
        }
        Connection::Sqlite(_) => Ok(()),
    }
}

/// Ends the transaction; it is durable when this returns.
pub(crate) fn commit(connection: &mut Connection) -> QueryResult<()> {
    on_either!(connection, inner => AnsiTransactionManager::commit_transaction(inner))
}

/// Takes back all of the transaction.
pub(crate) fn roll_back(connection: &mut Connection) -> QueryResult<()> {
    on_either!(connection, inner => AnsiTransactionManager::rollback_transaction(inner))
}

/// Opens the connections of the pool that reads.
#[derive(Debug)]
pub(crate) struct Readers(pub(crate) Address);

impl ManageConnection for Readers {
    type Connection = Connection;
    type Error = StoreError;

    fn connect(&self) -> Result<Connection, StoreError> {
        match self.0.target() {
            Target::File(path) => sqlite::open(path).map(Connection::Sqlite),
            Target::Server(url) => postgres::open_read_only(url).map(Connection::Postgres),
        }
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), StoreError> {
        Ok(connection.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        match connection {
            Connection::Postgres(pg) => pg.is_broken(),
            Connection::Sqlite(sqlite) => SqliteConnection::is_broken(sqlite),
        }
    }
}
