//! SQLite's write-ahead log: it goes into the file while the server runs, and is gone when the server has ended.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use std::path::Path;
use std::time::Duration;

use record::ids::TenantId;
use scene::{Scene, plain};
use store::{Db, LedgerRows, Store, StoreError};
use tokio::task::JoinSet;

async fn append(store: &Store, tenant: &TenantId, count: usize) {
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
    let nobody = scene.store.api_key_owner("of no key".to_owned()).await;
    assert_eq!(nobody.unwrap(), None);
    let (log, copy) = (scene.file("ledger.db-wal"), scene.file("copy.db"));
    assert!(log.exists());
    let file = scene.file("ledger.db");
    drop(scene.store);
    assert!(!log.exists());
    std::fs::copy(file, &copy).unwrap();
    assert_eq!(size_of(&copy, tenant).await, 3_001);
}

/// A web server's workers let go of the store a moment after they ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_was_closed_leaves_a_whole_file_whoever_still_holds_it() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    append(&scene.store, &tenant, 300).await;
    let held = scene.store.clone();
    assert_eq!(held.read(size_in(&tenant)).await.unwrap(), 301);
    scene.store.close().await.unwrap();
    let copy = scene.file("copy.db");
    std::fs::copy(scene.file("ledger.db"), &copy).unwrap();
    let late = held.append(&tenant, plain("too late")).await;
    assert!(matches!(late, Err(StoreError::Stopped)), "{late:?}");
    assert_eq!(size_of(&copy, tenant).await, 301);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_makes_no_file_in_the_place_of_one_that_was_moved_away() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    append(&scene.store, &tenant, 3).await;
    let file = scene.file("ledger.db");
    std::fs::rename(&file, scene.file("moved.db")).unwrap();
    scene.store.close().await.unwrap();
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_somebody_reads_is_not_said_to_be_empty() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    append(&scene.store, &tenant, 300).await;
    let mut reader = LedgerRows::open(&scene.address).unwrap();
    let (begun, reading) = std::sync::mpsc::channel();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let whose = tenant.clone();
    let thread = std::thread::spawn(move || {
        let read = reader.snapshot(|db| -> Result<(), StoreError> {
            db.frontier(&whose)?;
            begun.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        });
        read.unwrap();
    });
    reading.recv().unwrap();
    append(&scene.store, &tenant, 300).await;
    let said = scene.store.empty_log().await;
    assert!(matches!(said, Err(StoreError::LogInUse)), "{said:?}");
    go.send(()).unwrap();
    thread.join().unwrap();
    scene.store.empty_log().await.unwrap();
    let log = std::fs::metadata(scene.file("ledger.db-wal")).unwrap();
    assert_eq!(log.len(), 0);
}

fn size_in(
    tenant: &TenantId,
) -> impl FnOnce(&mut Db<'_>) -> Result<u64, StoreError> + Send + use<> {
    let tenant = tenant.clone();
    move |db| Ok(db.frontier(&tenant)?.size())
}

async fn size_of(copy: &Path, tenant: TenantId) -> u64 {
    let address = format!("sqlite:{}", copy.display()).parse().unwrap();
    let copy = Store::open(&address, scene::master()).unwrap();
    copy.read(size_in(&tenant)).await.unwrap()
}
