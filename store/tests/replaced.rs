//! The database file under a running store: what is answered for is in the file that stands at its path.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use std::fs;

use scene::{Scene, plain};
use store::StoreError;

#[tokio::test]
async fn nothing_is_written_into_a_file_that_was_moved_away() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let (path, away) = (scene.address.file().unwrap().to_owned(), scene.file("away"));
    let write = |once: &'static str| {
        let change = move |tx: &mut store::Tx<'_>| tx.append(plain(once));
        scene.store.write::<_, StoreError, _>(&tenant, change)
    };
    fs::rename(&path, &away).unwrap();
    fs::copy(&away, &path).unwrap();
    assert!(matches!(
        write("lost").await,
        Err(StoreError::Unreachable(_))
    ));
    fs::rename(&away, &path).unwrap();
    assert!(write("kept").await.unwrap().fresh);
}
