//! Who is said to have written a gate by hand: never the app, by whichever door, and nobody where it cannot be told.

use sandbox::{Flow, IssueRef, ReleaseOrder};
use serde_json::{Value, json};

use crate::api_jira;
use crate::emergency::put_on_call;
use crate::gate::refuse_writes;
use crate::gate_tampered::{TAMPERED, gate, said, tampered, write};
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

/// What Jira may say at the least.
fn unattributed(issue: &IssueRef, at: i64) -> Value {
    json!({ "webhookEvent": "issue_property_set", "timestamp": at, "issue": { "id": issue.id.to_string() } })
}

/// What Jira says beside the event and the issue is documented nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn where_jira_does_not_say_who_it_was_only_what_cannot_be_ours_is_recorded() {
    let world = World::installed().await;
    let made = world.ticket("Pay by card", CARD).await;
    let told = |at: i64| {
        let mut told = unattributed(&made, at);
        told["user"] = json!({ "accountId": "not-said-of-which" });
        told
    };
    world.replay("property-set", &told(1)).await;
    assert_eq!(tampered(&world), [], "it is as it should be");
    world.jira().set_flow(Flow::Drop);
    write(&world, "ben", &made.key, &json!({ "gate": "OPEN" })).await;
    world.jira().set_flow(Flow::Deliver);
    world.replay("property-set", &told(2)).await;
    assert_eq!(gate(&world, &made.key).as_deref(), Some("CLOSED"));
    assert_eq!(tampered(&world), [said("HIGH", Some("OPEN"), "CLOSED")]);
    let entry = world
        .entries()
        .into_iter()
        .find(|it| it.kind == TAMPERED)
        .unwrap();
    assert_eq!(
        entry.payload.get("by"),
        None,
        "it may have been another property"
    );
}

/// What ours is to replace may be what is found: nobody is held to that, and it is written all the same.
#[tokio::test(flavor = "multi_thread")]
async fn while_our_own_word_is_on_its_way_nobody_unknown_is_accused() {
    let world = World::installed().await;
    let made = world.ticket("Pay by card", CARD).await;
    world.decide("carla", &made.key, "APPROVED", "fine").await;
    world.quiet().await;
    refuse_writes(&world, 503);
    world
        .decide("carla", &made.key, "REJECTED", "not like this")
        .await;
    let told = unattributed(&made, 1);
    assert_eq!(
        world.notify("property-set", told.to_string()).await.status,
        202
    );
    let waiting = "SELECT id AS line FROM inbox";
    world
        .until("the notification to be dealt with", async || {
            world.lines(waiting).is_empty()
        })
        .await;
    assert_eq!(
        (tampered(&world), gate(&world, &made.key).as_deref()),
        (vec![], Some("OPEN"))
    );
    world.jira().clear_faults();
    world.overwrite("UPDATE outbox SET next_attempt_ms = 0");
    world.quiet().await;
    assert_eq!(
        (tampered(&world), gate(&world, &made.key).as_deref()),
        (vec![], Some("CLOSED"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_writes_by_its_other_door_is_ours_too() {
    let world = World::installed().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    world.jira().set_flow(Flow::Hold);
    world.decide("carla", &key, "APPROVED", "fine").await;
    world.quiet().await;
    world.install_forge().await;
    world.quiet().await;
    world.jira().set_flow(Flow::Deliver);
    let mut told = world.jira().deliveries();
    told.retain(|it| it.event.is_of_a_property() && it.attempts.is_empty());
    assert_eq!(told.len(), 2, "one by each door");
    assert!(world.jira().release(ReleaseOrder::Happened) >= 2);
    world.quiet().await;
    assert_eq!(
        (tampered(&world), gate(&world, &key).as_deref()),
        (vec![], Some("OPEN"))
    );
    write(&world, "ben", &key, &json!({ "gate": "CLOSED" })).await;
    assert_eq!(tampered(&world), [said("MEDIUM", Some("CLOSED"), "OPEN")]);
    assert_eq!(gate(&world, &key).as_deref(), Some("OPEN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_wrote_by_a_door_that_is_closed_now_was_ours() {
    let world = World::installed().await;
    world.install_forge().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    world.jira().set_flow(Flow::Hold);
    world.decide("carla", &key, "APPROVED", "fine").await;
    world.quiet().await;
    assert_eq!(gate(&world, &key).as_deref(), Some("OPEN"));
    assert_eq!(world.jira().forge_uninstall().await.unwrap(), 204);
    world.jira().set_flow(Flow::Deliver);
    assert!(world.jira().release(ReleaseOrder::Happened) >= 1);
    world.quiet().await;
    assert_eq!(tampered(&world), []);
}

/// The property as an earlier release wrote it says nothing of a gate.
#[tokio::test(flavor = "multi_thread")]
async fn a_property_from_before_there_was_a_gate_is_written_anew_and_nobody_is_accused() {
    let world = World::installed().await;
    let made = world.ticket("Pay by card", CARD).await;
    world.jira().set_flow(Flow::Drop);
    write(&world, "ben", &made.key, &json!({ "version": 1 })).await;
    world.jira().set_flow(Flow::Deliver);
    world.replay("property-set", &unattributed(&made, 1)).await;
    assert_eq!(
        (tampered(&world), gate(&world, &made.key).as_deref()),
        (vec![], Some("CLOSED"))
    );
}

/// A gate that a release opened is shut a while after its time.
#[tokio::test(flavor = "multi_thread")]
async fn a_release_whose_time_is_over_is_held_against_nobody() {
    let world = World::installed().await;
    let made = world.ticket("Pay by card", CARD).await;
    put_on_call(&world, "ben").await;
    let released = world.release("ben", &made.key, "Nobody can pay.").await;
    assert_eq!(released.status, 200, "{}", released.body);
    assert_eq!(gate(&world, &made.key).as_deref(), Some("OPEN"));
    world.overwrite("UPDATE tickets SET released_until = '2026-01-01T00:00:00.000Z' WHERE released_until IS NOT NULL");
    world.replay("property-set", &unattributed(&made, 1)).await;
    assert_eq!(
        (tampered(&world), gate(&world, &made.key).as_deref()),
        (vec![], Some("CLOSED"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_our_own_word_is_not_said_to_have_been_found() {
    let world = World::installed().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    refuse_writes(&world, 503);
    world.decide("carla", &key, "APPROVED", "fine").await;
    let jira = world.jira().world();
    jira.set_property("ben", &key, "countersign", &json!({ "gate": "CLOSED" }))
        .unwrap();
    world
        .until("it to be recorded", async || !tampered(&world).is_empty())
        .await;
    assert_eq!(tampered(&world), [said("MEDIUM", None, "OPEN")]);
}

/// Which account is the app's by its other door cannot be asked before a token comes. The gate does not wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_of_the_other_door_the_gate_is_shut_all_the_same() {
    let mut world = World::installed().await;
    world.install_forge().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    world.stop().await;
    world.start().await;
    let jira = world.jira().world();
    jira.set_property("ben", &key, "countersign", &json!({ "gate": "OPEN" }))
        .unwrap();
    world
        .until("the gate to be shut", async || {
            gate(&world, &key).as_deref() == Some("CLOSED")
        })
        .await;
    assert_eq!(tampered(&world), [said("HIGH", Some("OPEN"), "CLOSED")]);
    let entries = world.entries();
    let entry = entries.iter().find(|it| it.kind == TAMPERED).unwrap();
    assert_eq!(entry.payload.get("by"), None, "it may have been the app");
}

/// No rule asks the property there.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_connect_app_a_property_is_anybodys() {
    let (world, id) = api_jira::connected().await;
    let made = api_jira::make(&world, "PAY");
    api_jira::sync(&world.program().await, &id).await;
    let jira = world.jira().world();
    let opened = json!({ "gate": "OPEN" });
    jira.set_property("ben", &made.key, "countersign", &opened)
        .unwrap();
    let mut told = unattributed(&made, 1);
    told["property"] = json!({ "key": "countersign" });
    told["user"] = json!({ "accountId": jira.account_id("ben").unwrap() });
    let secret = [("X-Jira-Webhook-Secret", api_jira::SECRET.to_owned())];
    let status = api_jira::webhook(&world, &id, &told, &secret).await;
    assert_eq!(status, 202);
    world.quiet().await;
    assert_eq!(
        (tampered(&world), gate(&world, &made.key).as_deref()),
        (vec![], Some("OPEN"))
    );
}
