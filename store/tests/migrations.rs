//! The schema: it comes up, goes down without a trace, and comes up the same.

#![allow(
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use scene::{Scene, tell, texts};
use store::{Address, LedgerRows, StoreError};

/// Every object of ours, as the database would make it again.
fn layout(address: &Address) -> Vec<String> {
    let layout: Result<_, StoreError> = LedgerRows::open(address)
        .unwrap()
        .snapshot(|db| db.layout());
    let ours = layout.unwrap().into_iter();
    ours.filter(|object| !object.contains("__diesel")).collect()
}

#[test]
fn up_down_up_leads_to_the_same_schema() {
    let scene = Scene::new();
    let first = layout(&scene.address);
    for object in ["entries", "entries_are_not_changed", "inbox_due", "leases"] {
        assert!(
            first.iter().any(|line| line.starts_with(object)),
            "{object}"
        );
    }
    store::revert_all(&scene.address).unwrap();
    assert_eq!(layout(&scene.address), Vec::<String>::new());
    assert!(!store::schema_is_current(&scene.address).unwrap());
    let applied = store::migrate(&scene.address).unwrap();
    let written = std::fs::read_dir("../migrations/sqlite").unwrap().count();
    assert_eq!(applied.len(), written);
    assert_eq!(layout(&scene.address), first);
}

#[test]
fn what_is_up_to_date_needs_nothing() {
    let scene = Scene::new();
    assert!(store::schema_is_current(&scene.address).unwrap());
    assert_eq!(
        store::migrate(&scene.address).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn what_the_migrations_leave_is_what_the_verifier_expects() {
    let scene = Scene::new();
    let mut rows = LedgerRows::open(&scene.address).unwrap();
    let strange: Result<_, StoreError> =
        rows.snapshot(|db| Ok((db.strange_objects()?, db.layout()?)));
    let (strange, layout) = strange.unwrap();
    if !strange.is_empty() {
        println!("{}", layout.join("\n"));
    }
    assert!(strange.is_empty(), "{strange:?}");
}

/// Takes the last migration of this name back, as an older release had it.
fn take_back(scene: &Scene, down: &str, version: &str) {
    let applied = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'");
    scene.sql().batch_execute(down).unwrap();
    scene.sql().batch_execute(&applied).unwrap();
}

#[tokio::test]
async fn what_stands_beside_entries_is_kept_as_it_is_by_the_change_of_its_key() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    tell(&scene, &tenant).await;
    let kept = || {
        let rows = "SELECT tenant || ' ' || seq || ' ' || digest || ' ' || disclosure AS t FROM disclosures";
        let mut rows = texts(&mut scene.sql(), rows);
        rows.sort_unstable();
        rows
    };
    let before = kept();
    assert!(before.len() > 1, "{before:?}");
    let down = match scene.postgres() {
        None => {
            include_str!("../../migrations/sqlite/2026-11-29-000015_disclosures_by_entry/down.sql")
        }
        Some(_) => {
            include_str!(
                "../../migrations/postgres/2026-11-29-000015_disclosures_by_entry/down.sql"
            )
        }
    };
    take_back(&scene, down, "20261129000015");
    assert_eq!(kept(), before);
    assert!(!store::schema_is_current(&scene.address).unwrap());
    let applied = store::migrate(&scene.address).unwrap();
    assert_eq!(applied.len(), 1);
    assert_eq!(kept(), before);
}
