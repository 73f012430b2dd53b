//! The inbox and the outbox: what waits, in whose name, and when it goes.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

mod scene;

use diesel::connection::SimpleConnection;
use record::facts::{Change, TicketChanged, TrackerFact};
use record::ids::{SiteId, TenantId};
use scene::{Scene, number};
use serde_json::{Value, json};
use store::{Delivery, Effect, InboxItem, OutboxItem, StoreError, Tx, now_ms};
use ulid::Ulid;

fn site() -> SiteId {
    SiteId::from_ulid(Ulid::generate())
}

fn delivery(site: &SiteId, key: &str) -> Delivery {
    Delivery {
        site: site.clone(),
        key: key.to_owned(),
        fact: TrackerFact::TicketChanged(TicketChanged {
            id: "10001".parse().unwrap(),
            key: "PAY-1".parse().unwrap(),
            change: Change::Created,
            changelog: None,
            edited: Vec::new(),
            claimed_at_ms: None,
            by: Some("712020:somebody".parse().unwrap()),
        }),
    }
}

fn effect(site: &SiteId, body: Value) -> Effect {
    Effect {
        site: site.clone(),
        issue: "10001".parse().unwrap(),
        name: "property:countersign".to_owned(),
        body,
    }
}

async fn change<T: Send + 'static>(
    scene: &Scene,
    tenant: &TenantId,
    change: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    scene.store.write(tenant, change).await.unwrap()
}

async fn receive(scene: &Scene, tenant: &TenantId, delivery: Delivery) -> bool {
    change(scene, tenant, move |tx| tx.receive(&delivery)).await
}

async fn inbox(scene: &Scene) -> Vec<InboxItem> {
    let due: Result<_, StoreError> = scene.store.read(|db| db.due_inbox(10)).await;
    due.unwrap()
}

async fn outbox(scene: &Scene) -> Vec<OutboxItem> {
    let due: Result<_, StoreError> = scene.store.read(|db| db.due_outbox(10)).await;
    due.unwrap()
}

/// How many wait and how many were laid aside, in the inbox and in the outbox.
async fn depths(scene: &Scene) -> ((i64, i64), (i64, i64)) {
    let depths: Result<_, StoreError> = scene
        .store
        .read(|db| Ok((db.inbox_depth()?, db.outbox_depth()?)))
        .await;
    depths.unwrap()
}

#[tokio::test]
async fn the_same_delivery_waits_once_in_each_name() {
    let scene = Scene::new();
    let (tenant, other) = (scene.tenant().await, scene.tenant().await);
    let (here, there) = (site(), site());
    assert!(receive(&scene, &tenant, delivery(&here, "a")).await);
    assert!(!receive(&scene, &tenant, delivery(&here, "a")).await);
    assert!(receive(&scene, &tenant, delivery(&here, "b")).await);
    assert!(receive(&scene, &tenant, delivery(&there, "a")).await);
    assert!(receive(&scene, &other, delivery(&here, "a")).await);
    let waiting = inbox(&scene).await;
    assert_eq!(waiting.len(), 4);
    for item in waiting {
        assert_eq!(item.fact, delivery(&here, "a").fact);
        assert_eq!(item.attempts, 0);
    }
}

#[tokio::test]
async fn a_notification_goes_when_its_work_is_done_and_not_before() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    receive(&scene, &tenant, delivery(&here, "a")).await;
    let item = inbox(&scene).await.remove(0);
    let whose = item.clone();
    let failed: Result<(), StoreError> = scene
        .store
        .write(&tenant, move |tx| {
            tx.done_with(&whose)?;
            Err(StoreError::NoTenant)
        })
        .await;
    failed.unwrap_err();
    assert_eq!(inbox(&scene).await.len(), 1);
    change(&scene, &tenant, move |tx| tx.done_with(&item)).await;
    assert_eq!(depths(&scene).await.0, (0, 0));
    assert!(receive(&scene, &tenant, delivery(&here, "a")).await);
}

#[tokio::test]
async fn a_postponed_notification_waits_for_its_time_and_a_dead_one_for_ever() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    receive(&scene, &tenant, delivery(&site(), "a")).await;
    let item = inbox(&scene).await.remove(0);
    let (later, again) = (item.clone(), item.clone());
    change(&scene, &tenant, move |tx| {
        tx.postpone(&later, Some(now_ms() + 3_600_000), "away")
    })
    .await;
    assert!(inbox(&scene).await.is_empty());
    assert_eq!(depths(&scene).await.0, (1, 0));
    scene
        .sql()
        .batch_execute("UPDATE inbox SET next_attempt_ms = next_attempt_ms - 3600001")
        .unwrap();
    assert_eq!(inbox(&scene).await[0].attempts, 1);
    change(&scene, &tenant, move |tx| {
        tx.postpone(&again, None, "never")
    })
    .await;
    assert!(inbox(&scene).await.is_empty());
    assert_eq!(depths(&scene).await.0, (0, 1));
}

#[tokio::test]
async fn the_longest_waiting_comes_first_and_no_more_than_asked_for() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    for key in ["a", "b", "c"] {
        receive(&scene, &tenant, delivery(&here, key)).await;
    }
    scene
        .sql()
        .batch_execute("UPDATE inbox SET next_attempt_ms = 9 - unicode(delivery) % 8")
        .unwrap();
    let due: Result<_, StoreError> = scene.store.read(|db| db.due_inbox(2)).await;
    let due: Vec<String> = due.unwrap().into_iter().map(|item| item.id).collect();
    let mut sql = scene.sql();
    let expected = "SELECT id AS t FROM inbox WHERE delivery IN ('b', 'c') ORDER BY delivery DESC";
    assert_eq!(due, scene::texts(&mut sql, expected));
}

#[tokio::test]
async fn a_later_state_takes_the_place_of_an_unsent_one() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    let (first, second) = (
        effect(&here, json!({"n": 1})),
        effect(&here, json!({"n": 2})),
    );
    change(&scene, &tenant, move |tx| tx.send(&first)).await;
    let older = outbox(&scene).await.remove(0);
    let failed = older.clone();
    change(&scene, &tenant, move |tx| {
        tx.not_sent(&failed, None, "refused")
    })
    .await;
    assert_eq!(depths(&scene).await.1, (0, 1));
    change(&scene, &tenant, move |tx| tx.send(&second)).await;
    let newer = outbox(&scene).await;
    assert_eq!((newer.len(), newer[0].attempts), (1, 0));
    assert_eq!(newer[0].effect.body, json!({"n": 2}));
    assert_ne!(newer[0].id, older.id);
    let (sent, late) = (older.clone(), older);
    change(&scene, &tenant, move |tx| tx.sent(&sent)).await;
    change(&scene, &tenant, move |tx| tx.not_sent(&late, None, "late")).await;
    assert_eq!(depths(&scene).await.1, (1, 0));
    let newer = newer.into_iter().next().unwrap();
    change(&scene, &tenant, move |tx| tx.sent(&newer)).await;
    assert_eq!(depths(&scene).await.1, (0, 0));
}

#[tokio::test]
async fn an_effect_that_could_not_be_sent_waits_for_its_time() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    let mut another = effect(&here, json!(1));
    another.issue = "10002".parse().unwrap();
    change(&scene, &tenant, move |tx| tx.send(&another)).await;
    change(&scene, &tenant, move |tx| tx.send(&effect(&here, json!(2)))).await;
    let both = outbox(&scene).await;
    assert_eq!(both.len(), 2);
    let item = both[0].clone();
    change(&scene, &tenant, move |tx| {
        tx.not_sent(&item, Some(now_ms() + 3_600_000), "away")
    })
    .await;
    let left = outbox(&scene).await;
    assert_eq!((left.len(), &left[0].id), (1, &both[1].id));
    assert_eq!(depths(&scene).await.1, (2, 0));
}

#[tokio::test]
async fn nobody_ends_the_work_of_another_tenant() {
    let scene = Scene::new();
    let (tenant, other) = (scene.tenant().await, scene.tenant().await);
    let here = site();
    receive(&scene, &tenant, delivery(&here, "a")).await;
    change(&scene, &tenant, move |tx| tx.send(&effect(&here, json!(1)))).await;
    let (notification, waiting) = (
        inbox(&scene).await.remove(0),
        outbox(&scene).await.remove(0),
    );
    change(&scene, &other, move |tx| {
        tx.postpone(&notification, None, "never")?;
        tx.done_with(&notification)?;
        tx.not_sent(&waiting, None, "never")?;
        tx.sent(&waiting)
    })
    .await;
    assert_eq!(depths(&scene).await, ((1, 0), (1, 0)));
    let untouched = "SELECT count(*) FROM inbox WHERE attempts = 0";
    assert_eq!(number(&mut scene.sql(), untouched), 1);
}
