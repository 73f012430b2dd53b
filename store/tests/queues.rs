//! The inbox and the outbox: what waits, in whose name, and when it goes.

#![allow(
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use diesel::connection::SimpleConnection;
use record::facts::{Change, Fact, TicketChanged};
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
        fact: Fact::TicketChanged(TicketChanged {
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
    scene.store.receive(tenant, delivery).await.unwrap()
}

async fn inbox(scene: &Scene, tenant: &TenantId) -> Vec<InboxItem> {
    let claimed = scene.store.queue(tenant, |tx| tx.claim_inbox(10)).await;
    claimed.unwrap()
}

async fn outbox(scene: &Scene, tenant: &TenantId) -> Vec<OutboxItem> {
    let claimed = scene.store.queue(tenant, |tx| tx.claim_outbox(10)).await;
    claimed.unwrap()
}

/// Lets every claim run out, as if whoever made it had died long ago.
fn let_claims_run_out(scene: &Scene) {
    let long_ago = "UPDATE inbox SET claimed_until_ms = 1 WHERE claimed_until_ms > 0; \
                    UPDATE outbox SET claimed_until_ms = 1 WHERE claimed_until_ms > 0";
    scene.sql().batch_execute(long_ago).unwrap();
}

/// How many wait and how many were laid aside, in the inbox and in the outbox.
async fn depths(scene: &Scene) -> ((i64, i64), (i64, i64)) {
    let depths: Result<_, StoreError> = scene
        .store
        .read(|db| Ok((db.inbox_depth()?, db.outbox_depth()?)))
        .await;
    depths.unwrap()
}

/// A notification of a ticket's own.
fn of_ticket(site: &SiteId, key: &str, ticket: &str) -> Delivery {
    let mut delivery = delivery(site, key);
    if let Fact::TicketChanged(changed) = &mut delivery.fact {
        changed.id = ticket.parse().unwrap();
    }
    delivery
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
    assert_eq!(depths(&scene).await.0, (4, 0));
    let working: Result<_, StoreError> = scene.store.read(|db| db.tenants_with_work()).await;
    let mut both = vec![tenant, other];
    both.sort_unstable();
    assert_eq!(working.unwrap(), both);
}

#[tokio::test]
async fn what_is_told_of_one_ticket_is_one_piece_of_work() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    for key in ["a", "b", "c"] {
        receive(&scene, &tenant, delivery(&here, key)).await;
    }
    receive(&scene, &tenant, of_ticket(&here, "d", "10002")).await;
    let claimed = inbox(&scene, &tenant).await;
    let counts: Vec<usize> = claimed.iter().map(|item| item.notifications).collect();
    assert_eq!(counts, [3, 1]);
    receive(&scene, &tenant, delivery(&here, "e")).await;
    let first = claimed.into_iter().next().unwrap();
    change(&scene, &tenant, move |tx| tx.done_with(&first)).await;
    assert_eq!(
        depths(&scene).await.0,
        (2, 0),
        "what came after the claim stays"
    );
}

#[tokio::test]
async fn what_is_claimed_is_nobody_elses_until_the_claim_runs_out() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    receive(&scene, &tenant, delivery(&site(), "a")).await;
    let dead = inbox(&scene, &tenant).await.remove(0);
    assert!(inbox(&scene, &tenant).await.is_empty());
    let working: Result<_, StoreError> = scene.store.read(|db| db.tenants_with_work()).await;
    assert!(working.unwrap().is_empty());
    let_claims_run_out(&scene);
    let alive = inbox(&scene, &tenant).await.remove(0);
    let late: Result<(), StoreError> = scene
        .store
        .write(&tenant, move |tx| {
            tx.append(scene::plain("by one who is late"))?;
            tx.done_with(&dead)
        })
        .await;
    assert!(matches!(late, Err(StoreError::ClaimLost)));
    assert_eq!(scene.size(&tenant).await, 1, "nothing of it was kept");
    change(&scene, &tenant, move |tx| tx.done_with(&alive)).await;
    assert_eq!(depths(&scene).await.0, (0, 0));
}

#[tokio::test]
async fn a_row_that_is_not_what_was_written_holds_up_no_other() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    receive(&scene, &tenant, of_ticket(&here, "a", "10001")).await;
    receive(&scene, &tenant, of_ticket(&here, "b", "10002")).await;
    let broken = "UPDATE inbox SET fact = '{}' WHERE delivery = 'a'";
    scene.sql().batch_execute(broken).unwrap();
    let claimed = inbox(&scene, &tenant).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].fact, of_ticket(&here, "b", "10002").fact);
    assert_eq!(depths(&scene).await.0, (1, 1));
}

#[tokio::test]
async fn a_lease_is_one_holders_until_it_runs_out() {
    let scene = Scene::new();
    let lease = async |holder, ms| scene.store.lease("sign", holder, ms).await.unwrap();
    assert!(lease("a", 60_000).await);
    assert!(!lease("b", 60_000).await);
    assert!(lease("a", -1).await, "its holder renews it");
    assert!(lease("b", 60_000).await, "it ran out");
    assert!(!lease("a", 60_000).await);
}

#[tokio::test]
async fn a_notification_goes_when_its_work_is_done_and_not_before() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    receive(&scene, &tenant, delivery(&here, "a")).await;
    let item = inbox(&scene, &tenant).await.remove(0);
    let whose = item.clone();
    let failed: Result<(), StoreError> = scene
        .store
        .write(&tenant, move |tx| {
            tx.done_with(&whose)?;
            Err(StoreError::NoTenant)
        })
        .await;
    failed.unwrap_err();
    assert_eq!(depths(&scene).await.0, (1, 0));
    change(&scene, &tenant, move |tx| tx.done_with(&item)).await;
    assert_eq!(depths(&scene).await.0, (0, 0));
    assert!(receive(&scene, &tenant, delivery(&here, "a")).await);
}

#[tokio::test]
async fn a_postponed_notification_waits_for_its_time_and_a_dead_one_for_ever() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    receive(&scene, &tenant, delivery(&site(), "a")).await;
    let later = inbox(&scene, &tenant).await.remove(0);
    change(&scene, &tenant, move |tx| {
        tx.postpone(&later, Some(now_ms() + 3_600_000), "away")
    })
    .await;
    assert!(inbox(&scene, &tenant).await.is_empty());
    assert_eq!(depths(&scene).await.0, (1, 0));
    scene
        .sql()
        .batch_execute("UPDATE inbox SET next_attempt_ms = next_attempt_ms - 3600001")
        .unwrap();
    let again = inbox(&scene, &tenant).await.remove(0);
    assert_eq!(again.attempts, 1);
    change(&scene, &tenant, move |tx| {
        tx.postpone(&again, None, "never")
    })
    .await;
    let_claims_run_out(&scene);
    assert!(inbox(&scene, &tenant).await.is_empty());
    assert_eq!(depths(&scene).await.0, (0, 1));
}

#[tokio::test]
async fn the_longest_waiting_comes_first_and_no_more_than_asked_for() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    for (key, ticket) in [("a", "10001"), ("b", "10002"), ("c", "10003")] {
        receive(&scene, &tenant, of_ticket(&here, key, ticket)).await;
    }
    let order = "UPDATE inbox SET next_attempt_ms = CASE delivery WHEN 'a' THEN 3 WHEN 'b' THEN 2 ELSE 1 END";
    scene.sql().batch_execute(order).unwrap();
    let claimed = scene.store.queue(&tenant, |tx| tx.claim_inbox(2)).await;
    let tickets: Vec<String> = claimed
        .unwrap()
        .iter()
        .map(|item| item.fact.ticket().unwrap().0.to_string())
        .collect();
    assert_eq!(tickets, ["10003", "10002"]);
}

#[tokio::test]
async fn a_later_state_takes_the_place_of_an_unsent_one() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    for n in [1, 2] {
        let state = effect(&here, json!({"n": n}));
        change(&scene, &tenant, move |tx| tx.send(&state)).await;
    }
    let claimed = outbox(&scene, &tenant).await;
    assert_eq!((claimed.len(), claimed[0].attempts), (1, 0));
    assert_eq!(claimed[0].effect.body, json!({"n": 2}));
    let failed = claimed.into_iter().next().unwrap();
    change(&scene, &tenant, move |tx| {
        tx.not_sent(&failed, None, "refused")
    })
    .await;
    assert_eq!(depths(&scene).await.1, (0, 1));
    let third = effect(&here, json!({"n": 3}));
    change(&scene, &tenant, move |tx| tx.send(&third)).await;
    assert_eq!(depths(&scene).await.1, (1, 0));
    let third = outbox(&scene, &tenant).await.remove(0);
    change(&scene, &tenant, move |tx| tx.sent(&third)).await;
    assert_eq!(depths(&scene).await.1, (0, 0));
}

#[tokio::test]
async fn a_later_state_waits_while_an_earlier_one_is_on_its_way() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let here = site();
    for outcome in ["sent", "not sent"] {
        let first = effect(&here, json!({"n": 1}));
        change(&scene, &tenant, move |tx| tx.send(&first)).await;
        let on_its_way = outbox(&scene, &tenant).await.remove(0);
        let second = effect(&here, json!({"n": 2}));
        change(&scene, &tenant, move |tx| tx.send(&second)).await;
        assert!(
            outbox(&scene, &tenant).await.is_empty(),
            "two senders at once"
        );
        change(&scene, &tenant, move |tx| match outcome {
            "sent" => tx.sent(&on_its_way),
            _ => tx.not_sent(&on_its_way, None, "refused"),
        })
        .await;
        let later = outbox(&scene, &tenant).await.remove(0);
        assert_eq!(later.effect.body, json!({"n": 2}), "{outcome}");
        change(&scene, &tenant, move |tx| tx.sent(&later)).await;
        assert_eq!(depths(&scene).await.1, (0, 0));
    }
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
    let both = outbox(&scene, &tenant).await;
    assert_eq!(both.len(), 2);
    let item = both[0].clone();
    change(&scene, &tenant, move |tx| {
        tx.not_sent(&item, Some(now_ms() + 3_600_000), "away")
    })
    .await;
    let_claims_run_out(&scene);
    let left = outbox(&scene, &tenant).await;
    assert_eq!((left.len(), &left[0].id), (1, &both[1].id));
    assert_eq!(depths(&scene).await.1, (2, 0));
}

#[tokio::test]
async fn what_cannot_begin_here_counts_no_attempt_and_is_due_when_its_reason_goes() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let (here, elsewhere) = (site(), site());
    for site in [&here, &elsewhere] {
        receive(&scene, &tenant, delivery(site, "a")).await;
        let effect = effect(site, json!(1));
        change(&scene, &tenant, move |tx| tx.send(&effect)).await;
    }
    for item in inbox(&scene, &tenant).await {
        change(&scene, &tenant, move |tx| {
            tx.put_off(&item, now_ms() + 3_600_000, "no token")
        })
        .await;
    }
    for item in outbox(&scene, &tenant).await {
        change(&scene, &tenant, move |tx| {
            tx.not_sent_yet(&item, now_ms() + 3_600_000, "no token")
        })
        .await;
    }
    assert!(inbox(&scene, &tenant).await.is_empty());
    assert!(outbox(&scene, &tenant).await.is_empty());
    let (at, waits) = (here.clone(), here.clone());
    change(&scene, &tenant, move |tx| tx.due_again(&at, "another")).await;
    assert!(inbox(&scene, &tenant).await.is_empty());
    change(&scene, &tenant, move |tx| tx.due_again(&waits, "no token")).await;
    let (told, sent) = (inbox(&scene, &tenant).await, outbox(&scene, &tenant).await);
    assert_eq!((told.len(), sent.len()), (1, 1));
    assert_eq!((&told[0].site, told[0].attempts), (&here, 0));
    assert_eq!((&sent[0].effect.site, sent[0].attempts), (&here, 0));
}

#[tokio::test]
async fn nobody_ends_the_work_of_another_tenant() {
    let scene = Scene::new();
    let (tenant, other) = (scene.tenant().await, scene.tenant().await);
    let here = site();
    receive(&scene, &tenant, delivery(&here, "a")).await;
    change(&scene, &tenant, move |tx| tx.send(&effect(&here, json!(1)))).await;
    let notification = inbox(&scene, &tenant).await.remove(0);
    let waiting = outbox(&scene, &tenant).await.remove(0);
    change(&scene, &other, move |tx| {
        let refused = [
            tx.postpone(&notification, None, "never"),
            tx.done_with(&notification),
            tx.not_sent(&waiting, None, "never"),
            tx.sent(&waiting),
        ];
        assert!(
            refused
                .iter()
                .all(|ended| matches!(ended, Err(StoreError::ClaimLost)))
        );
        Ok(())
    })
    .await;
    assert_eq!(depths(&scene).await, ((1, 0), (1, 0)));
    let untouched = "SELECT count(*) FROM inbox WHERE attempts = 0";
    assert_eq!(number(&mut scene.sql(), untouched), 1);
}
