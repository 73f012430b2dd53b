//! Which database, and how a connection to it is set up. SQLite in this release: write-ahead log, a
//! commit returns only after the log reached the disk, and what is deleted is overwritten.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{CustomizeConnection, Error as PoolError};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, ConnectionError};

use crate::error::StoreError;

pub(crate) type Connection = SqliteConnection;

const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;";

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
    connection.batch_execute(
        "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;",
    )?;
    Ok(connection)
}

/// Which file stands at this path: another one, if a copy was put in its place.
#[cfg(unix)]
pub(crate) fn file_at(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
pub(crate) fn file_at(_: &Path) -> Option<(u64, u64)> {
    None
}

/// An empty database that nobody else sees.
pub(crate) fn in_memory() -> Result<Connection, StoreError> {
    establish(":memory:")
}

fn establish(address: &str) -> Result<Connection, StoreError> {
    Connection::establish(address)
        .map_err(|error: ConnectionError| StoreError::Unreachable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_cannot_write_even_when_it_says_it_may() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.db");
        let address: Address = format!("sqlite:{}", path.display()).parse().unwrap();
        let mut writer = open(&address).unwrap();
        writer.batch_execute("CREATE TABLE t (n INTEGER)").unwrap();
        let mut reader = open_read_only(&address).unwrap();
        let insert = "INSERT INTO t VALUES (1)";
        assert!(reader.batch_execute(insert).is_err());
        reader.batch_execute("PRAGMA query_only = OFF").unwrap();
        assert!(reader.batch_execute(insert).is_err());
        writer.batch_execute(insert).unwrap();
    }

    #[test]
    fn an_address_is_sqlite_and_a_path() {
        let path = |text: &str| text.parse::<Address>().map(|address| address.path);
        assert_eq!(path("sqlite:a/b.db").unwrap(), Path::new("a/b.db"));
        assert_eq!(path("sqlite:///a/b.db").unwrap(), Path::new("/a/b.db"));
        for text in ["", "sqlite:", "a/b.db", "postgres://host/db", "SQLITE:a"] {
            assert!(matches!(path(text), Err(StoreError::Address(_))), "{text}");
        }
    }
}
