//! The gate on Forge: a field that a workflow rule asks, and that stands as the ticket's approval does.

use sandbox::Edit;

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
