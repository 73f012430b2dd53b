//! The gate on Connect: a property that a workflow rule asks. Whoever may edit an issue can write it, and does not get
//! past it unseen.

use record::entries::{Enforcement, ReviewRules};
use sandbox::{Edit, Flow};
use serde_json::{Value, json};

use crate::gate::{is_given_up, refuse_writes};
use crate::rules::rule;
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";
pub(crate) const TAMPERED: &str = "GATE_TAMPERED";

/// What the rule asks of a ticket's property.
pub(crate) fn gate(world: &World, key: &str) -> Option<String> {
    let properties = world.jira().world().properties(key).unwrap();
    let said = properties.get("countersign")?.get("gate")?;
    said.as_str().map(str::to_owned)
}

/// Somebody writes the property of a ticket, and all that follows is waited for.
pub(crate) async fn write(world: &World, who: &str, key: &str, value: &Value) {
    let jira = world.jira().world();
    jira.set_property(who, key, "countersign", value).unwrap();
    world.quiet().await;
}

/// Severity and what is said of each time that somebody wrote a property.
pub(crate) fn tampered(world: &World) -> Vec<(String, Option<String>, String)> {
    let of = world.entries().into_iter().filter(|it| it.kind == TAMPERED);
    of.map(|entry| {
        let said = |member: &str| Some(entry.payload.get(member)?.as_str()?.to_owned());
        (
            entry.severity.clone(),
            said("found"),
            said("stands").unwrap(),
        )
    })
    .collect()
}

/// One of those.
pub(crate) fn said(
    severity: &str,
    found: Option<&str>,
    stands: &str,
) -> (String, Option<String>, String) {
    (
        severity.to_owned(),
        found.map(str::to_owned),
        stands.to_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_property_is_open_while_an_approval_counts() {
    let world = World::installed().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    let stands = || gate(&world, &key);
    assert_eq!(stands().as_deref(), Some("CLOSED"));
    world.decide("carla", &key, "APPROVED", "fine").await;
    world.quiet().await;
    assert_eq!(stands().as_deref(), Some("OPEN"));
    let edit = Edit {
        description: Some("The card number and the security code are kept.".to_owned()),
        ..Edit::default()
    };
    world.jira().world().edit_issue("ben", &key, edit).unwrap();
    world.quiet().await;
    assert_eq!(stands().as_deref(), Some("CLOSED"));
    let observing = ReviewRules {
        enforcement: Enforcement::Observe,
        ..ReviewRules::default()
    };
    rule(&world, observing).await;
    world.quiet().await;
    assert_eq!(stands().as_deref(), Some("OPEN"));
    rule(&world, ReviewRules::default()).await;
    world.quiet().await;
    assert_eq!(stands().as_deref(), Some("CLOSED"));
    assert_eq!(tampered(&world), [], "all of that was our own doing");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_opens_a_gate_by_hand_is_recorded_and_it_is_shut() {
    let world = World::installed().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    world.jira().duplicate(2);
    write(&world, "ben", &key, &json!({ "gate": "OPEN" })).await;
    assert_eq!(gate(&world, &key).as_deref(), Some("CLOSED"));
    let program = world.program().await;
    let found = program
        .get(&format!("/v1/audit?eventType={TAMPERED}"))
        .await
        .json();
    let events = found["events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "it is told three times: {found}");
    let said = (
        &events[0]["severity"],
        &events[0]["payload"]["found"],
        &events[0]["payload"]["stands"],
    );
    assert_eq!(said, (&json!("HIGH"), &json!("OPEN"), &json!("CLOSED")));
    let page = world.page("carla", &key).await.body;
    assert!(
        page.contains("Gate opened by hand by <bdi>Ben Okafor"),
        "{page}"
    );
    let told = json!(world.jira().world().comments(&key).unwrap()).to_string();
    assert!(
        told.contains("somebody wrote this issue's gate by hand"),
        "{told}"
    );
    let trail = program.get(&format!("/v1/trail?ticket={key}")).await.json();
    let ticket = &trail["tickets"][0];
    assert_eq!(
        (&ticket["approval"], &ticket["findings"][0]["who"]),
        (&json!("NONE"), &json!("Ben Okafor"))
    );
    let bytes = serde_json::to_string(&world.entries()).unwrap();
    assert!(
        !bytes.contains("Okafor") && !bytes.contains("somebody wrote"),
        "{bytes}"
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_written_or_removed_is_set_back_to_what_stands() {
    let world = World::installed().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    world.decide("carla", &key, "APPROVED", "fine").await;
    world.quiet().await;
    let right = world.jira().world().properties(&key).unwrap()["countersign"].clone();
    for value in [
        json!({ "gate": "CLOSED" }),
        json!("x"),
        json!({ "gate": "AJAR" }),
        right.clone(),
    ] {
        write(&world, "ben", &key, &value).await;
        let stands = &world.jira().world().properties(&key).unwrap()["countersign"];
        assert_eq!(stands, &right, "after {value}");
    }
    world
        .jira()
        .world()
        .delete_property("ben", &key, "countersign")
        .unwrap();
    world.quiet().await;
    assert_eq!(gate(&world, &key).as_deref(), Some("OPEN"));
    let nothing = || said("MEDIUM", None, "OPEN");
    let said = [
        said("MEDIUM", Some("CLOSED"), "OPEN"),
        nothing(),
        nothing(),
        said("MEDIUM", Some("OPEN"), "OPEN"),
        nothing(),
    ];
    assert_eq!(tampered(&world), said);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_was_never_recorded_has_a_gate_once_somebody_writes_it() {
    let world = World::installed().await;
    world.jira().set_flow(Flow::Drop);
    let key = world.make("Pay by card", CARD).key;
    world.jira().set_flow(Flow::Deliver);
    assert_eq!(gate(&world, &key), None);
    write(&world, "ben", &key, &json!({ "gate": "OPEN" })).await;
    assert_eq!(gate(&world, &key).as_deref(), Some("CLOSED"));
    assert_eq!(tampered(&world).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_of_others_are_none_of_ours() {
    let world = World::installed().await;
    let key = world.ticket("Pay by card", CARD).await.key;
    let jira = world.jira().world();
    jira.set_property("ben", &key, "somebody.elses", &json!({ "gate": "OPEN" }))
        .unwrap();
    jira.delete_property("ben", &key, "somebody.elses").unwrap();
    world.quiet().await;
    assert_eq!(
        (tampered(&world), gate(&world, &key).as_deref()),
        (vec![], Some("CLOSED"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_was_opened_while_the_app_was_off_is_set_back_once_it_is_on() {
    let world = World::installed().await;
    let rejected = world.ticket("Pay by card", CARD).await.key;
    world
        .decide("carla", &rejected, "REJECTED", "not like this")
        .await;
    let undecided = world.ticket("Pay by card again", CARD).await.key;
    world.quiet().await;
    world.jira().set_enabled(false).await.unwrap();
    for key in [&rejected, &undecided] {
        write(&world, "ben", key, &json!({ "gate": "OPEN" })).await;
        assert_eq!(gate(&world, key).as_deref(), Some("OPEN"));
    }
    world.jira().set_enabled(true).await.unwrap();
    world.quiet().await;
    for key in [&rejected, &undecided] {
        assert_eq!(gate(&world, key).as_deref(), Some("CLOSED"));
    }
}

/// A gate's row is never laid aside: an open gate would stay open. Who is shown no issue cannot move it either.
#[tokio::test(flavor = "multi_thread")]
async fn a_property_that_cannot_be_written_is_tried_for_ever_unless_there_is_no_issue() {
    for (status, given_up) in [(403, false), (404, true)] {
        let world = World::installed().await;
        let key = world.ticket("Pay by card", CARD).await.key;
        refuse_writes(&world, status);
        world.decide("carla", &key, "APPROVED", "fine").await;
        let outcome = is_given_up(&world, "property:countersign").await;
        assert_eq!(outcome, given_up, "{status}");
    }
}
