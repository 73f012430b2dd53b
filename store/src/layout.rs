//! Whether the database is laid out as the migrations of this release leave it. A view that lies at the right
//! hour, a trigger that eats rows, a text stored as bytes that no look-up finds: none of them changes a value
//! that the entries are compared with. What the values say is not judged here.

mod postgres;
mod sqlite;

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::connection::Connection;
use crate::db::Db;
use crate::error::StoreError;

/// An object of the database and what made it.
#[derive(Debug, QueryableByName, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    what: String,
}

impl Db<'_> {
    /// The names of tables, views, indices and triggers that are missing, changed or put in.
    ///
    /// # Errors
    /// If the database fails or the migrations of this build cannot be applied to an empty one.
    pub fn strange_objects(&mut self) -> Result<BTreeSet<String>, StoreError> {
        let (expected, found) = match self.conn {
            Connection::Postgres(pg) => (postgres::expected(), postgres::objects(pg)?),
            Connection::Sqlite(sqlite) => (sqlite::expected()?, sqlite::objects(sqlite)?),
        };
        let differing = expected.symmetric_difference(&found);
        Ok(differing.map(|object| object.name.clone()).collect())
    }

    /// The columns, as `table.column`, that hold a value of another type than theirs in some row. PostgreSQL
    /// admits none.
    ///
    /// # Errors
    /// If the database fails.
    pub fn strange_types(&mut self) -> Result<Vec<String>, StoreError> {
        match self.conn {
            Connection::Postgres(_) => Ok(Vec::new()),
            Connection::Sqlite(sqlite) => sqlite::strange_types(sqlite),
        }
    }

    /// What the database holds beside rows, a line an object. For whoever changes a migration: what a fresh
    /// database says here has to stand in `layout/postgres.txt`.
    ///
    /// # Errors
    /// If the database fails.
    pub fn layout(&mut self) -> Result<Vec<String>, StoreError> {
        let objects = match self.conn {
            Connection::Postgres(pg) => postgres::objects(pg)?,
            Connection::Sqlite(sqlite) => sqlite::objects(sqlite)?,
        };
        Ok(objects
            .into_iter()
            .map(|object| format!("{}\t{}", object.name, object.what))
            .collect())
    }
}
