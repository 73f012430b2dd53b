//! Whether the database is laid out as the migrations of this release leave it. A view that lies at the right
//! hour, a trigger that eats rows, a text stored as bytes that no look-up finds: none of them changes a value
//! that the entries are compared with. What the values say is not judged here.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::MigrationHarness;

use crate::connection::{self, Connection};
use crate::db::Db;
use crate::error::StoreError;
use crate::migrate::{MIGRATIONS, failed};

#[derive(QueryableByName, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
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
        let mut fresh = connection::in_memory()?;
        fresh.run_pending_migrations(MIGRATIONS).map_err(failed)?;
        let (expected, found) = (objects(&mut fresh)?, objects(self.conn)?);
        let differing = expected.symmetric_difference(&found);
        Ok(differing.map(|object| object.name.clone()).collect())
    }

    /// The columns, as `table.column`, that hold a value of another type than theirs in some row.
    ///
    /// # Errors
    /// If the database fails.
    pub fn strange_types(&mut self) -> Result<Vec<String>, StoreError> {
        let columns: Vec<Named> = diesel::sql_query(
            "SELECT m.name AS name, printf('WHEN typeof(\"%w\") NOT IN (''null'', ''%s'') THEN ''%q''', c.name, \
             CASE c.type WHEN 'TEXT' THEN 'text' WHEN 'BLOB' THEN 'blob' ELSE 'integer' END, c.name) AS what \
             FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT GLOB '__diesel*' AND m.name NOT GLOB 'sqlite_*'",
        )
        .load(self.conn)?;
        let mut cases: BTreeMap<String, String> = BTreeMap::new();
        for column in columns {
            cases.entry(column.name).or_default().push_str(&column.what);
        }
        let mut strange = Vec::new();
        for (table, cases) in cases {
            let quoted = table.replace('"', "\"\"");
            let query = format!(
                "SELECT DISTINCT '' AS name, CASE {cases} END AS what FROM \"{quoted}\" WHERE what IS NOT NULL"
            );
            let found: Vec<Named> = diesel::sql_query(query).load(self.conn)?;
            strange.extend(
                found
                    .into_iter()
                    .map(|column| format!("{table}.{}", column.what)),
            );
        }
        Ok(strange)
    }
}

/// What there is, with the text that made it. Statistics of the query planner are no part of the layout.
fn objects(connection: &mut Connection) -> Result<BTreeSet<Named>, StoreError> {
    let objects: Vec<Named> = diesel::sql_query(
        "SELECT CAST(name AS TEXT) AS name, type || ' ' || tbl_name || ' ' || coalesce(sql, '') AS what \
         FROM sqlite_master WHERE name NOT GLOB 'sqlite_stat*'",
    )
    .load(connection)?;
    Ok(objects.into_iter().collect())
}
