//! The schema: it comes up, goes down without a trace, and comes up the same.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

mod scene;

use scene::{Scene, address_in, texts};

/// Every table, index and trigger of ours, as the database would make it again.
const SCHEMA: &str = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS t FROM sqlite_master \
                      WHERE name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND tbl_name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
                      ORDER BY type, name";

#[test]
fn up_down_up_leads_to_the_same_schema() {
    let scene = Scene::new();
    let mut sql = scene.sql();
    let first = texts(&mut sql, SCHEMA);
    let tables = first.iter().filter(|t| t.starts_with("table ")).count();
    let triggers = first.iter().filter(|t| t.starts_with("trigger ")).count();
    assert_eq!((tables, triggers), (15, 6));
    store::revert_all(&scene.address).unwrap();
    assert_eq!(texts(&mut sql, SCHEMA), Vec::<String>::new());
    assert!(!store::schema_is_current(&scene.address).unwrap());
    let applied = store::migrate(&scene.address).unwrap();
    assert_eq!(applied.len(), 3);
    assert_eq!(texts(&mut sql, SCHEMA), first);
}

#[test]
fn a_fresh_database_is_behind_until_it_is_migrated_and_then_needs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let address = address_in(&dir);
    assert!(!store::schema_is_current(&address).unwrap());
    assert_eq!(store::migrate(&address).unwrap().len(), 3);
    assert!(store::schema_is_current(&address).unwrap());
    assert_eq!(store::migrate(&address).unwrap(), Vec::<String>::new());
}
