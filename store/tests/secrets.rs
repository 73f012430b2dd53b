//! Secrets at rest: what is on the disk, what another master key does, and what erasing leaves.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use record::entries::Payload;
use record::ids::TenantId;
use scene::{ACCOUNT, Scene, Story, tell};
use store::{MasterKey, Store, StoreError};

/// Every byte of the database's files, after the log went into the main file.
fn on_disk(scene: &Scene) -> Vec<u8> {
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    scene.sql().batch_execute(checkpoint).unwrap();
    let read = |name: &str| std::fs::read(scene.file(name)).unwrap();
    [read("ledger.db"), read("ledger.db-wal")].concat()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Whether this key opens the tenant's signing key, and its site's secret.
async fn opens(store: &Store, tenant: &TenantId, story: &Story, key: [u8; 32]) -> (bool, bool) {
    let (tenant, site) = (tenant.clone(), story.site.clone());
    let opened: Result<_, StoreError> = store
        .read(move |db| {
            let key = MasterKey::from_bytes(&key);
            let signing = db.signing_key(&tenant, &key).is_ok();
            Ok((signing, db.site_credential(&tenant, &site, &key).is_ok()))
        })
        .await;
    opened.unwrap()
}

#[tokio::test]
async fn neither_the_shared_secret_nor_the_seed_is_on_the_disk() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    let whose = tenant.clone();
    let seed: Result<_, StoreError> = scene
        .store
        .read(move |db| Ok(db.signing_key(&whose, &scene::master())?.seed()))
        .await;
    let story = tell(&scene, &tenant).await;
    let bytes = on_disk(&scene);
    assert!(
        holds(&bytes, story.client_key.as_bytes()),
        "we look in the right place"
    );
    assert!(!holds(&bytes, story.secret.as_bytes()));
    assert!(!holds(&bytes, seed.unwrap().as_slice()));
    assert!(!holds(&bytes, &scene::MASTER));
}

#[tokio::test]
async fn after_resealing_only_the_new_master_key_opens_what_is_stored() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let story = tell(&scene, &tenant).await;
    let (old, new) = (scene::MASTER, [8; 32]);
    assert_eq!(
        opens(&scene.store, &tenant, &story, old).await,
        (true, true)
    );
    let resealed: Result<(), StoreError> = scene
        .store
        .write(&tenant, move |tx| tx.reseal(&MasterKey::from_bytes(&new)))
        .await;
    resealed.unwrap();
    assert_eq!(
        opens(&scene.store, &tenant, &story, old).await,
        (false, false)
    );
    assert_eq!(
        opens(&scene.store, &tenant, &story, new).await,
        (true, true)
    );
    let judged: Result<(), StoreError> = scene.judge().snapshot(|db| {
        let last = db.frontier(&tenant)?.size() - 1;
        let entry = db.entry(&tenant, last)?.unwrap().entry;
        let Payload::SecretsResealed(named) = Payload::parse(&entry.kind, &entry.payload).unwrap()
        else {
            panic!("{} is last", entry.kind)
        };
        let row = db.tenant(&tenant)?.unwrap();
        assert_eq!(named.signing_key_digest, row.signing_key_digest);
        let site = db.sites(&tenant)?.remove(0).unwrap();
        assert_eq!(named.sites.len(), 1);
        assert_eq!(named.sites[0].site, site.site);
        assert_eq!(named.sites[0].secret_digest, site.secret_digest);
        let master = MasterKey::from_bytes(&new);
        let opened = db.site_credential(&tenant, &site.site, &master)?.unwrap();
        assert_eq!(*opened.shared_secret, story.secret);
        Ok(())
    });
    judged.unwrap();
}

#[tokio::test]
async fn who_lacks_the_master_key_cannot_reseal() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let stranger = Store::open(&scene.address, MasterKey::from_bytes(&[1; 32])).unwrap();
    let resealed = stranger
        .write(&tenant, |tx| tx.reseal(&MasterKey::from_bytes(&[2; 32])))
        .await;
    assert!(matches!(resealed, Err(StoreError::Sealed)));
    assert_eq!(scene.size(&tenant).await, 1);
}

#[tokio::test]
async fn what_was_erased_is_no_longer_on_the_disk() {
    let scene = Scene::in_a_file();
    let tenant = scene.tenant().await;
    tell(&scene, &tenant).await;
    let bytes = on_disk(&scene);
    let stays = format!("{ACCOUNT}-2");
    let places = |part: &str| {
        bytes
            .windows(part.len())
            .filter(|w| *w == part.as_bytes())
            .count()
    };
    assert!(places(&stays) > 0);
    assert_eq!(
        places(ACCOUNT),
        places(&stays),
        "the erased account is nowhere"
    );
}
