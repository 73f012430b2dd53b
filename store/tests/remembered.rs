//! What a writer remembers of a ledger from its last commit is believed only as far as the database says the same.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use record::ids::TenantId;
use scene::{Scene, number, plain};
use store::{Appended, Store, StoreError};
use tokio::task::JoinSet;

/// A ledger that the store has just appended to.
async fn remembered() -> (Scene, TenantId) {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    for n in 0..3 {
        append(&scene.store, &tenant, &format!("before {n}")).await;
    }
    (scene, tenant)
}

async fn append(store: &Store, tenant: &TenantId, once: &str) -> Appended {
    store.append(tenant, plain(once)).await.unwrap()
}

/// Nothing is appended after this was done behind the store's back.
async fn stops_all_appends(edit: &str) {
    let (scene, tenant) = remembered().await;
    let edit = edit.replace("ZEROS", &scene.literal(&[0; 32]));
    scene.sql().batch_execute(&edit).unwrap();
    let count = |scene: &Scene| number(&mut scene.sql(), "SELECT count(*) FROM entries");
    let before = count(&scene);
    let appended = scene.store.append(&tenant, plain("after")).await;
    let said = appended.unwrap_err().to_string();
    let moved = StoreError::HeadMoved.to_string();
    assert!(said.ends_with(&moved), "{edit}: {said}");
    assert_eq!(count(&scene), before, "{edit}");
}

#[tokio::test]
async fn nothing_is_appended_to_a_head_that_was_edited_since() {
    tokio::join!(
        stops_all_appends("UPDATE heads SET size = 8, frontier = last_leaf"),
        stops_all_appends("UPDATE heads SET last_leaf = ZEROS"),
        stops_all_appends("DELETE FROM heads"),
    );
}

#[tokio::test]
async fn nothing_is_appended_where_entries_were_removed_since() {
    let scene = Scene::new();
    let allow = match scene.postgres() {
        None => "DROP TRIGGER entries_are_not_removed",
        Some(_) => "DROP TRIGGER entries_are_not_removed ON entries",
    };
    let remove = "DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)";
    stops_all_appends(&format!("{allow}; {remove}")).await;
}

#[tokio::test]
async fn another_server_may_have_appended_since() {
    let (scene, tenant) = remembered().await;
    let other = Store::open(&scene.address, scene::master()).unwrap();
    for turn in 0..5 {
        let at = 4 + turn * 2;
        let ours = append(&scene.store, &tenant, &format!("ours {turn}")).await;
        let theirs = append(&other, &tenant, &format!("theirs {turn}")).await;
        assert_eq!((ours.seq, theirs.seq), (at, at + 1));
        let again = append(&scene.store, &tenant, &format!("theirs {turn}")).await;
        let expected = Appended {
            fresh: false,
            ..theirs
        };
        assert_eq!(again, expected);
    }
    assert_eq!(scene.is_sound(&tenant), 14);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_new_gets_its_place_beside_what_counts_already() {
    let (scene, tenant) = remembered().await;
    let mut callers = JoinSet::new();
    for n in 0..60 {
        let (store, tenant) = (scene.store.clone(), tenant.clone());
        callers.spawn(async move {
            let once = match n % 2 {
                0 => format!("before {}", n % 3),
                _ => format!("new {n}"),
            };
            append(&store, &tenant, &once).await
        });
    }
    let appended = callers.join_all().await;
    let mut fresh: Vec<u64> = appended
        .iter()
        .filter_map(|one| one.fresh.then_some(one.seq))
        .collect();
    fresh.sort_unstable();
    assert_eq!(fresh, (4..34).collect::<Vec<_>>());
    assert_eq!(scene.is_sound(&tenant), 34);
}
