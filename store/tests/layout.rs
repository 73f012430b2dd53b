//! The layout of the database: what looks right to a query and is not.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use scene::Scene;
use store::{LedgerRows, StoreError};

/// What is strange after these statements: objects, then columns.
async fn strange_after(statements: &str) -> (Vec<String>, Vec<String>) {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    scene::tell(&scene, &tenant).await;
    scene.sql().batch_execute(statements).unwrap();
    strange(&scene)
}

fn strange(scene: &Scene) -> (Vec<String>, Vec<String>) {
    let mut rows = LedgerRows::open(&scene.address).unwrap();
    rows.snapshot(|db| {
        let objects = db.strange_objects()?.into_iter().collect();
        Ok::<_, StoreError>((objects, db.strange_types()?))
    })
    .unwrap()
}

#[tokio::test]
async fn what_the_migrations_leave_is_not_strange() {
    assert_eq!(strange_after("ANALYZE").await, (vec![], vec![]));
}

#[tokio::test]
async fn what_is_put_in_taken_away_or_put_in_front_is_named() {
    for (statements, named) in [
        (
            "CREATE TRIGGER eats AFTER INSERT ON inbox BEGIN DELETE FROM inbox; END",
            "eats",
        ),
        (
            "DROP TRIGGER entries_are_not_removed",
            "entries_are_not_removed",
        ),
        ("DROP INDEX entries_by_subject", "entries_by_subject"),
        (
            "ALTER TABLE settings RENAME TO hidden; CREATE VIEW settings AS SELECT * FROM hidden",
            "settings",
        ),
    ] {
        let (objects, _) = strange_after(statements).await;
        assert!(objects.iter().any(|name| name == named), "{objects:?}");
    }
}

#[tokio::test]
async fn a_text_that_is_stored_as_bytes_is_named() {
    let (_, columns) =
        strange_after("UPDATE sites SET client_key = CAST(client_key AS BLOB)").await;
    assert_eq!(columns, ["sites.client_key"]);
}
