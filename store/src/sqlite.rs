//! What only SQLite understands: write-ahead log, a commit that returns only after the log reached the disk,
//! and deleted content that is overwritten. One writer at a time, so nothing here locks rows.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, ConnectionError, SqliteConnection};

use crate::error::StoreError;

const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;";

/// How many pages the write-ahead log may have before whoever commits takes it into the file (see `log`).
pub(crate) const LOG_PAGES: u32 = 16_384;

/// How many KiB of the file a connection keeps in memory. At the end of most commits SQLite looks through all of them.
const CACHE_KIB: u32 = 8_192;

pub(crate) fn open(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut connection = establish(&path.to_string_lossy())?;
    connection.batch_execute(PRAGMAS)?;
    connection.batch_execute(&format!(
        "PRAGMA wal_autocheckpoint = {LOG_PAGES}; PRAGMA cache_size = -{CACHE_KIB};"
    ))?;
    Ok(connection)
}

pub(crate) fn open_read_only(path: &Path) -> Result<SqliteConnection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Unreachable("there is no such file".to_owned()));
    }
    let mut connection = establish(&read_only(path))?;
    connection.batch_execute(
        "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;",
    )?;
    Ok(connection)
}

/// An empty database that nobody else sees.
pub(crate) fn in_memory() -> Result<SqliteConnection, StoreError> {
    establish(":memory:")
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

/// A read-only address, in SQLite's URI form.
fn read_only(path: &Path) -> String {
    let escaped = path
        .to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    format!("file:{escaped}?mode=ro")
}

fn establish(address: &str) -> Result<SqliteConnection, StoreError> {
    SqliteConnection::establish(address)
        .map_err(|error: ConnectionError| StoreError::Unreachable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_cannot_write_even_when_it_says_it_may() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.db");
        let mut writer = open(&path).unwrap();
        writer.batch_execute("CREATE TABLE t (n INTEGER)").unwrap();
        let mut reader = open_read_only(&path).unwrap();
        let insert = "INSERT INTO t VALUES (1)";
        assert!(reader.batch_execute(insert).is_err());
        reader.batch_execute("PRAGMA query_only = OFF").unwrap();
        assert!(reader.batch_execute(insert).is_err());
        writer.batch_execute(insert).unwrap();
    }
}
