//! A connection in one consistent state, for queries. The queries stand with their tables.

use diesel::Connection as _;
use diesel::prelude::*;

use crate::connection::Connection;
use crate::error::StoreError;

/// A row, or where a row stands that cannot be read.
pub type Readable<T> = Result<T, String>;

/// A connection that reads, or the part of a change that reads.
pub struct Db<'c> {
    pub(crate) conn: &'c mut Connection,
}

impl<'c> Db<'c> {
    pub(crate) const fn new(conn: &'c mut Connection) -> Self {
        Self { conn }
    }

    /// Whether this is a PostgreSQL server.
    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self.conn, Connection::Postgres(_))
    }

    /// Why a commit that was confirmed could be lost with the machine; none if it could not.
    ///
    /// # Errors
    /// If the database fails.
    pub fn not_durable(&mut self) -> Result<Option<String>, StoreError> {
        #[derive(QueryableByName)]
        struct Off {
            #[diesel(sql_type = diesel::sql_types::Text)]
            name: String,
        }
        if !self.is_postgres() {
            return Ok(None);
        }
        let off: Vec<Off> = diesel::sql_query(
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'",
        )
        .load(self.conn)?;
        Ok(off.first().map(|off| format!("{} is off", off.name)))
    }

    /// Runs the query inside one transaction, so that all it reads is of one moment.
    pub(crate) fn snapshot<T, E: From<StoreError>>(
        conn: &mut Connection,
        query: impl FnOnce(&mut Db<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut answer = None;
        let read: Result<(), diesel::result::Error> = conn.transaction(|conn| {
            answer = Some(query(&mut Db::new(conn)));
            Ok(())
        });
        match (answer, read) {
            (Some(answer), Ok(())) => answer,
            (_, Err(error)) => Err(StoreError::Query(error).into()),
            (None, Ok(())) => Err(StoreError::Stopped.into()),
        }
    }
}

impl std::fmt::Debug for Db<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}

/// A position or a size as the database counts: the largest number there is where it cannot count so far.
pub(crate) fn counted(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
