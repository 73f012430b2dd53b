//! A log that cannot be written, as on a full disk, takes no writer with it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod scene;

use std::time::Duration;

use scene::{Scene, plain};
use store::{Appended, StoreError};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Where errors cannot be written.
struct Unwritable;

impl Subscriber for Unwritable {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        panic!("the log cannot be written");
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_writer_that_cannot_say_what_went_wrong_goes_on() {
    tracing::subscriber::set_global_default(Unwritable).unwrap();
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let file = scene.address.file().unwrap();
    let away = file.with_extension("away");
    let append = async |once: &'static str| -> Result<Appended, StoreError> {
        let written = scene.store.write(&tenant, move |tx| tx.append(plain(once)));
        let long = Duration::from_secs(60);
        tokio::time::timeout(long, written).await.unwrap()
    };
    std::fs::rename(file, &away).unwrap();
    assert!(append("away").await.is_err());
    std::fs::rename(&away, file).unwrap();
    assert!(append("back").await.unwrap().fresh);
}
