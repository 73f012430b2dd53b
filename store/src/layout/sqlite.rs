//! SQLite keeps the text that made each object, so a fresh database in memory says what to expect.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel_migrations::MigrationHarness;

use crate::error::StoreError;
use crate::layout::Named;
use crate::migrate::{SQLITE, failed};
use crate::sqlite;

pub(super) fn expected() -> Result<BTreeSet<Named>, StoreError> {
    let mut fresh = sqlite::in_memory()?;
    fresh.run_pending_migrations(SQLITE).map_err(failed)?;
    objects(&mut fresh)
}

/// What there is, with the text that made it. Statistics of the query planner are no part of the layout.
pub(super) fn objects(connection: &mut SqliteConnection) -> Result<BTreeSet<Named>, StoreError> {
    let objects: Vec<Named> = diesel::sql_query(
        "SELECT CAST(name AS TEXT) AS name, type || ' ' || tbl_name || ' ' || coalesce(sql, '') AS what \
         FROM sqlite_master WHERE name NOT GLOB 'sqlite_stat*'",
    )
    .load(connection)?;
    Ok(objects.into_iter().collect())
}

pub(super) fn strange_types(connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let columns: Vec<Named> = diesel::sql_query(
        "SELECT m.name AS name, printf('WHEN typeof(\"%w\") NOT IN (''null'', ''%s'') THEN ''%q''', c.name, \
         CASE c.type WHEN 'TEXT' THEN 'text' WHEN 'BLOB' THEN 'blob' ELSE 'integer' END, c.name) AS what \
         FROM sqlite_master m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT GLOB '__diesel*' AND m.name NOT GLOB 'sqlite_*'",
    )
    .load(connection)?;
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
        let found: Vec<Named> = diesel::sql_query(query).load(connection)?;
        strange.extend(
            found
                .into_iter()
                .map(|column| format!("{table}.{}", column.what)),
        );
    }
    Ok(strange)
}
