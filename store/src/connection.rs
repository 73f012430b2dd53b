//! Which database, and how a connection to it is set up. SQLite in this release: write-ahead log, and a
//! commit returns only after the log reached the disk.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{CustomizeConnection, Error as PoolError};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, ConnectionError};

use crate::error::StoreError;

pub(crate) type Connection = SqliteConnection;

const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";

/// Where the database is: `sqlite:PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    path: PathBuf,
}

impl FromStr for Address {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self {
                path: PathBuf::from(path.strip_prefix("//").unwrap_or(path)),
            }),
            _ => Err(StoreError::Address("sqlite:PATH is expected")),
        }
    }
}

impl Address {
    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn as_connection_string(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// A read-only address, in SQLite's URI form.
    fn read_only(&self) -> String {
        let path = self.as_connection_string();
        let escaped = path
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23");
        format!("file:{escaped}?mode=ro")
    }
}

#[derive(Debug)]
pub(crate) struct Pragmas;

impl CustomizeConnection<Connection, PoolError> for Pragmas {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), PoolError> {
        connection
            .batch_execute(PRAGMAS)
            .map_err(PoolError::QueryError)
    }
}

pub(crate) fn open(address: &Address) -> Result<Connection, StoreError> {
    let mut connection = establish(&address.as_connection_string())?;
    connection.batch_execute(PRAGMAS)?;
    Ok(connection)
}

/// A connection that cannot write, for those who judge and must not touch.
pub(crate) fn open_read_only(address: &Address) -> Result<Connection, StoreError> {
    if !address.path.exists() {
        return Err(StoreError::Unreachable("there is no such file".to_owned()));
    }
    let mut connection = establish(&address.read_only())?;
    connection.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;")?;
    Ok(connection)
}

fn establish(address: &str) -> Result<Connection, StoreError> {
    Connection::establish(address)
        .map_err(|error: ConnectionError| StoreError::Unreachable(error.to_string()))
}
