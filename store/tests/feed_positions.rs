//! How far a feed was sent is kept, and never goes back.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use record::ids::FeedId;
use scene::Scene;
use store::{FeedPosition, StoreError};
use ulid::Ulid;

#[tokio::test]
async fn a_feed_that_was_sent_farther_by_another_server_is_not_sent_back() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let feed = FeedId::from_ulid(Ulid::generate());
    let at = |next, failed| FeedPosition {
        next,
        failed,
        ..FeedPosition::default()
    };
    for (told, kept) in [
        (at(7, 0), at(7, 0)),
        (at(7, 3), at(7, 3)),
        (at(9, 0), at(9, 0)),
        (at(8, 1), at(9, 0)),
    ] {
        let (id, position) = (feed.clone(), told.clone());
        let keep = scene
            .store
            .queue(&tenant, move |tx| tx.keep_feed_position(&id, &position));
        keep.await.unwrap();
        let (whose, id) = (tenant.clone(), feed.clone());
        let read = scene
            .store
            .read(move |db| -> Result<_, StoreError> { db.feed_position(&whose, &id) });
        assert_eq!(read.await.unwrap(), Some(kept), "{told:?}");
    }
}
