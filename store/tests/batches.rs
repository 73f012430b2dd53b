//! Entries that are appended together: in one piece, each counting once, none harmed by another.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use std::collections::BTreeMap;

use record::ids::TenantId;
use scene::{Scene, beside, entry, number, plain};
use serde_json::json;
use store::{Appended, NewEntry, StoreError};
use tokio::task::JoinSet;

/// Appends all of these at once; gives what became of each, by number.
async fn at_once(
    scene: &Scene,
    entries: Vec<(TenantId, NewEntry)>,
) -> BTreeMap<usize, Result<Appended, StoreError>> {
    let mut under_way = JoinSet::new();
    for (at, (tenant, new)) in entries.into_iter().enumerate() {
        let store = scene.store.clone();
        under_way.spawn(async move { (at, store.append(&tenant, new).await) });
    }
    under_way.join_all().await.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once_are_each_kept_and_fill_their_tiles() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let entries = (0..1000).map(|n| (tenant.clone(), plain(&format!("{n}"))));
    let appended = at_once(&scene, entries.collect()).await;
    let mut seqs: Vec<u64> = appended
        .values()
        .map(|one| one.as_ref().unwrap().seq)
        .collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=1000).collect::<Vec<_>>());
    assert_eq!(scene.is_sound(&tenant), 1001);
    assert_eq!(number(&mut scene.sql(), "SELECT count(*) FROM tiles"), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_twice_counts_once_in_one_piece_or_in_two() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let twice = |n: usize| (tenant.clone(), plain(&format!("{}", n / 2)));
    let appended = at_once(&scene, (0..100).map(twice).collect()).await;
    let later = at_once(&scene, (0..100).map(twice).collect()).await;
    let fresh = appended.values().filter(|one| one.as_ref().unwrap().fresh);
    assert_eq!(fresh.count(), 50);
    for (n, one) in &appended {
        let (one, pair) = (one.as_ref().unwrap(), appended[&(n ^ 1)].as_ref().unwrap());
        assert_eq!((one.seq, one.leaf), (pair.seq, pair.leaf));
        let again = later[n].as_ref().unwrap();
        assert_eq!(
            (again.seq, again.leaf, again.fresh),
            (one.seq, one.leaf, false)
        );
    }
    assert_eq!(scene.is_sound(&tenant), 51);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_has_not_its_form_is_refused_alone() {
    let scene = Scene::new();
    let (tenant, other) = (scene.tenant().await, scene.tenant().await);
    let mut malformed = plain("malformed");
    malformed.subject = "not a subject".to_owned();
    let mut entries: Vec<_> = (0..40)
        .map(|n| (tenant.clone(), plain(&format!("{n}"))))
        .collect();
    entries.extend((0..40).map(|n| (other.clone(), plain(&format!("{n}")))));
    entries.insert(20, (tenant.clone(), malformed));
    let appended = at_once(&scene, entries).await;
    let refused: Vec<&usize> = appended
        .iter()
        .filter(|(_, one)| one.is_err())
        .map(|(at, _)| at)
        .collect();
    assert_eq!(refused, [&20]);
    assert!(matches!(appended[&20], Err(StoreError::Entry(_))));
    assert_eq!((scene.is_sound(&tenant), scene.is_sound(&other)), (41, 41));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_beside_them_and_what_leads_to_rows_is_kept_too() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let mut entries = Vec::new();
    for n in 0..30 {
        let record::entries::Payload::ExportCreated(payload) = plain("x").payload else {
            unreachable!()
        };
        let words = vec![("comment", json!(format!("words {n}")))];
        entries.push((
            tenant.clone(),
            beside(payload, &format!("beside {n}"), words),
        ));
        let set = record::entries::RequirementsPublished {
            set: format!("{n:064}"),
            catalog: "ca".repeat(32),
            requirements: json!([]),
        };
        entries.push((tenant.clone(), entry(set, &format!("set {n}"))));
    }
    let appended = at_once(&scene, entries).await;
    assert!(appended.values().all(Result::is_ok));
    assert_eq!(scene.is_sound(&tenant), 61);
    let mut sql = scene.sql();
    assert_eq!(number(&mut sql, "SELECT count(*) FROM disclosures"), 30);
    assert_eq!(
        number(&mut sql, "SELECT count(*) FROM requirement_sets"),
        30
    );
    let seq = appended[&0].as_ref().unwrap().seq;
    let read: Result<_, StoreError> = scene
        .store
        .read(move |db| {
            let entry = db.entry(&tenant, seq)?.unwrap().entry;
            db.beside(&tenant, &entry, "comment")
        })
        .await;
    assert_eq!(read.unwrap(), Some(json!("words 0")));
}
