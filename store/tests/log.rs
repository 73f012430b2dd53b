//! SQLite's write-ahead log: it goes into the file while the server runs, and is gone when the server has ended.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

mod scene;

use std::time::Duration;

use scene::{Scene, plain};
use store::Store;
use tokio::task::JoinSet;

async fn append(store: &Store, tenant: &record::ids::TenantId, count: usize) {
    let mut callers = JoinSet::new();
    for _ in 0..count {
        let (store, tenant) = (store.clone(), tenant.clone());
        let once = ulid::Ulid::generate().to_string();
        callers.spawn(async move { store.append(&tenant, plain(&once)).await.unwrap() });
    }
    callers.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_committed_goes_into_the_file_beside_the_writer() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let size = || std::fs::metadata(scene.file("ledger.db")).unwrap().len();
    let before = size();
    append(&scene.store, &tenant, 3_000).await;
    while size() < before + 1_000_000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_in_order_leaves_one_whole_file() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    append(&scene.store, &tenant, 3_000).await;
    let (log, copy) = (scene.file("ledger.db-wal"), scene.file("copy.db"));
    assert!(log.exists());
    let file = scene.file("ledger.db");
    drop(scene.store);
    assert!(!log.exists());
    std::fs::copy(file, &copy).unwrap();
    let address = format!("sqlite:{}", copy.display()).parse().unwrap();
    let copy = Store::open(&address, scene::master()).unwrap();
    let size = copy.read(move |db| Ok::<_, store::StoreError>(db.frontier(&tenant)?.size()));
    assert_eq!(size.await.unwrap(), 3_001);
}
