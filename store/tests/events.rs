//! Events of one delivery: all or none of them, each queued to be linked once on every site in use; and what shares a
//! commit with an event that is there already is none the worse for it.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use std::time::Duration;

use diesel::connection::SimpleConnection;
use record::entries::{EventType, IntegrationState, JiraIntegrationChanged, Reported, Reporter};
use record::facts::Tracker;
use record::ids::{ApiKeyId, SiteId, TenantId};
use scene::{Scene, entry, number, plain};
use serde_json::json;
use store::{NewEvent, StoreError};
use ulid::Ulid;

/// A push that says so.
fn pushed(once: &str) -> NewEvent {
    let reported = Reported {
        by: Reporter::ApiKey(ApiKeyId::from_ulid(Ulid(1))),
        action: None,
        repository: None,
        commit: None,
        base: None,
        model_id: None,
        claimed_at: None,
    };
    let words = vec![("payload", json!({ "message": "PAY-1: change" }))];
    NewEvent {
        entry: scene::beside(EventType::ConfigChange.payload(reported), once, words),
        leads_to_tickets: true,
    }
}

fn waiting_to_be_linked(scene: &Scene) -> i64 {
    number(
        &mut scene.sql(),
        "SELECT count(*) FROM inbox WHERE subject LIKE 'event/%'",
    )
}

/// A site that an API token opens.
async fn connected(scene: &Scene, tenant: &TenantId, state: IntegrationState) {
    let site = SiteId::from_ulid(Ulid::generate());
    let connected: Result<(), StoreError> = scene
        .store
        .write(tenant, move |tx| {
            let secret_digest = tx.hold_jira_secrets(&site, b"what opens the site")?;
            let once = format!("jira:{site}");
            let connected = JiraIntegrationChanged {
                base_url: format!("https://{site}.atlassian.net"),
                api_url: "https://acme.atlassian.net".to_owned(),
                site,
                tracker: Tracker::Jira,
                state,
                projects: vec!["PAY".parse().unwrap()],
                secret_digest,
            };
            tx.append(entry(connected, &once)).map(drop)
        })
        .await;
    connected.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fresh_event_is_to_be_linked_once_on_every_site_in_use() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    for state in [
        IntegrationState::Enabled,
        IntegrationState::Enabled,
        IntegrationState::Removed,
    ] {
        connected(&scene, &tenant, state).await;
    }
    let delivery = || vec![pushed("1"), pushed("2"), pushed("1")];
    let first = scene.store.append_events(&tenant, &delivery()).await;
    let fresh: Vec<bool> = first.unwrap().iter().map(|one| one.fresh).collect();
    assert_eq!(
        (fresh, waiting_to_be_linked(&scene)),
        (vec![true, true, false], 4)
    );
    let again = scene.store.append_events(&tenant, &delivery()).await;
    assert!(again.unwrap().iter().all(|one| !one.fresh));
    assert_eq!(
        (waiting_to_be_linked(&scene), scene.is_sound(&tenant)),
        (4, 6)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_delivery_all_is_kept_or_nothing() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    connected(&scene, &tenant, IntegrationState::Enabled).await;
    let mut malformed = pushed("malformed");
    malformed.entry.subject = "not a subject".to_owned();
    let store = scene.store.clone();
    let refused = [pushed("1"), malformed, pushed("2")];
    let kept = [pushed("3"), pushed("4")];
    let (refused, kept) = tokio::join!(
        store.append_events(&tenant, &refused),
        store.append_events(&tenant, &kept),
    );
    assert!(matches!(refused, Err(StoreError::Entry(_))), "{refused:?}");
    assert_eq!(kept.unwrap().len(), 2);
    assert_eq!(
        (waiting_to_be_linked(&scene), scene.is_sound(&tenant)),
        (2, 4)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_whose_head_was_edited_keeps_no_other_from_its_events() {
    let scene = Scene::new();
    let (edited, other) = (scene.tenant().await, scene.tenant().await);
    let zeros = scene.literal(&[0; 32]);
    let edit = format!("UPDATE heads SET last_leaf = {zeros} WHERE tenant = '{edited}'");
    scene.sql().batch_execute(&edit).unwrap();
    let store = scene.store.clone();
    // Holds the writer up, so that both share the next commit, and each one after it.
    let held_up = store.write(&other, |_| -> Result<(), StoreError> {
        std::thread::sleep(Duration::from_millis(300));
        Ok(())
    });
    let one = [pushed("1")];
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        tokio::join!(
            store.append_events(&edited, &one),
            store.append_events(&other, &one),
        )
    };
    let (held_up, (refused, kept)) = tokio::join!(held_up, meanwhile);
    held_up.unwrap();
    assert!(matches!(refused, Err(StoreError::HeadMoved)), "{refused:?}");
    assert!(kept.unwrap()[0].fresh);
    assert_eq!(scene.is_sound(&other), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_kept_beside_an_event_that_is_there_already() {
    let scene = Scene::new();
    let tenant = scene.tenant().await;
    let store = scene.store.clone();
    let one = [pushed("1")];
    store.append_events(&tenant, &one).await.unwrap();
    let other = TenantId::from_ulid(Ulid::generate());
    // Holds the writer up, so that what comes meanwhile shares the next commit.
    let held_up = store.write(&tenant, |_| -> Result<(), StoreError> {
        std::thread::sleep(Duration::from_millis(300));
        Ok(())
    });
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let changed = store.write(&other, |tx| -> Result<(), StoreError> {
            tx.found_tenant()?;
            tx.append(plain("beside")).map(drop)
        });
        tokio::join!(changed, store.append_events(&tenant, &one))
    };
    let (held_up, (changed, again)) = tokio::join!(held_up, meanwhile);
    held_up.unwrap();
    changed.unwrap();
    assert!(!again.unwrap()[0].fresh);
    assert_eq!((scene.is_sound(&tenant), scene.is_sound(&other)), (2, 2));
}
