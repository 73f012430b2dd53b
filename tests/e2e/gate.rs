//! The gate on Forge: a field that a workflow rule asks, and that stands as the ticket's approval does.

use record::entries::{Enforcement, ReviewRules};
use sandbox::{Edit, Fault, FaultKind};

use crate::world::World;

/// What the gate's field says on a ticket.
fn gate(world: &World, key: &str) -> Option<String> {
    let issue = world.jira().world().issue(key).unwrap();
    let value = &issue["fields"]["customfield_10300"];
    value.as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_is_open_while_an_approval_counts() {
    let world = World::installed_by_forge().await;
    let made = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    let stands = |world: &World| gate(world, &made.key);
    assert_eq!(stands(&world).as_deref(), Some("CLOSED"));
    world
        .forge_decide("carla", &made.key, "REJECTED", "not like this")
        .await;
    world.quiet().await;
    assert_eq!(stands(&world).as_deref(), Some("CLOSED"));
    world
        .forge_decide("carla", &made.key, "APPROVED", "fine")
        .await;
    world.quiet().await;
    assert_eq!(stands(&world).as_deref(), Some("OPEN"));
    let edit = Edit {
        description: Some("The card number and the security code are kept.".to_owned()),
        ..Edit::default()
    };
    world
        .jira()
        .world()
        .edit_issue("ben", &made.key, edit)
        .unwrap();
    world.quiet().await;
    assert_eq!(stands(&world).as_deref(), Some("CLOSED"));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_from_before_open_their_gates_when_the_field_comes() {
    let world = World::installed().await;
    let approved = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    let other = world.ticket("Add a log", "Every access is logged.").await;
    world
        .decide("carla", &approved.key, "APPROVED", "fine")
        .await;
    world.quiet().await;
    assert_eq!(gate(&world, &approved.key), None);
    world.install_forge().await;
    world.quiet().await;
    assert_eq!(gate(&world, &approved.key).as_deref(), Some("OPEN"));
    assert_eq!(gate(&world, &other.key), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_its_project_keeps_open_is_set_when_the_field_comes_and_when_that_ends() {
    let world = World::installed().await;
    let ticket = world.ticket("Add a log", "Every access is logged.").await;
    let observing = ReviewRules {
        enforcement: Enforcement::Observe,
        ..ReviewRules::default()
    };
    crate::rules::rule(&world, observing).await;
    world.install_forge().await;
    world.quiet().await;
    assert_eq!(gate(&world, &ticket.key).as_deref(), Some("OPEN"));
    crate::rules::rule(&world, ReviewRules::default()).await;
    world.quiet().await;
    assert_eq!(gate(&world, &ticket.key).as_deref(), Some("CLOSED"));
}

/// The text of the ticket is another one.
fn edited(world: &World, key: &str) {
    let edit = Edit {
        description: Some("The card number and the security code are kept.".to_owned()),
        ..Edit::default()
    };
    world.jira().world().edit_issue("ben", key, edit).unwrap();
}

/// Within 30 days Jira brings the field back with what it said before.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_became_stale_while_forge_was_away_opens_nothing() {
    let world = World::installed().await;
    world.install_forge().await;
    let made = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    world.decide("carla", &made.key, "APPROVED", "fine").await;
    world.quiet().await;
    assert_eq!(gate(&world, &made.key).as_deref(), Some("OPEN"));
    assert_eq!(world.jira().forge_uninstall().await.unwrap(), 204);
    edited(&world, &made.key);
    world.quiet().await;
    world.install_forge().await;
    world.quiet().await;
    assert_eq!(gate(&world, &made.key).as_deref(), Some("CLOSED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_edited_while_the_app_was_away_is_read_before_its_gate_stays_open() {
    let world = World::installed_by_forge().await;
    let made = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    world
        .forge_decide("carla", &made.key, "APPROVED", "fine")
        .await;
    world.quiet().await;
    assert_eq!(gate(&world, &made.key).as_deref(), Some("OPEN"));
    assert_eq!(world.jira().forge_uninstall().await.unwrap(), 204);
    edited(&world, &made.key);
    world.install_forge().await;
    world.quiet().await;
    assert_eq!(gate(&world, &made.key).as_deref(), Some("CLOSED"));
    world.check_ledger().await;
}

/// A gate's row is never laid aside: an open gate would stay open.
#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_cannot_be_set_is_tried_for_ever() {
    let world = World::installed_by_forge().await;
    let made = world
        .ticket("Pay by credit card", "The card number is kept.")
        .await;
    refuse_writes(&world, 500);
    world
        .forge_decide("carla", &made.key, "APPROVED", "fine")
        .await;
    assert!(!is_given_up(&world, "field:countersign-gate-field").await);
}

/// Jira answers whatever it is to write with this status.
pub(crate) fn refuse_writes(world: &World, status: u16) {
    let refusing = FaultKind::Status {
        status,
        retry_after: None,
    };
    world.jira().fault(Fault {
        method: Some("PUT".to_owned()),
        ..Fault::everywhere(refusing)
    });
}

/// Whether an effect that was tried forty times, and once more, is laid aside.
pub(crate) async fn is_given_up(world: &World, effect: &str) -> bool {
    let tried = |times: &str| {
        format!(
            "SELECT '' || dead AS line FROM outbox WHERE effect = '{effect}' AND attempts {times}"
        )
    };
    let (once, more) = (tried(">= 1"), tried("= 41"));
    // What is under way goes by the number of attempts that it began with.
    world
        .until("an attempt", async || !world.lines(&once).is_empty())
        .await;
    world.overwrite(&format!(
        "UPDATE outbox SET attempts = 40, next_attempt_ms = 0 WHERE effect = '{effect}'"
    ));
    world
        .until("one more attempt", async || !world.lines(&more).is_empty())
        .await;
    ["1", "true"].contains(&world.lines(&more)[0].as_str())
}
