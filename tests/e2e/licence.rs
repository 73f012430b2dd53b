//! Licences, where the app is sold: without one the panel decides nothing, and everything else goes on.

use casework::NoLicence;
use record::entries::ReviewRules;
use serde_json::json;

use crate::panel::Answer;
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";
const SOLD: &[(&str, &str)] = &[("COUNTERSIGN_LICENSING", "on")];

fn assert_read_only(panel: &Answer) {
    assert_eq!(panel.status, 200, "{}", panel.body);
    assert!(panel.body.contains("no active licence"), "{}", panel.body);
    for button in ["<form", "data-action=\"assess\"", "name=\"seen\""] {
        assert!(!panel.body.contains(button), "{button} is there");
    }
}

fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(answer.detail(), NoLicence.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn under_connect_the_page_says_it_and_its_calls_follow() {
    let mut world = World::without_server(1).await;
    world.start_with(SOLD).await;
    world.install(0).await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira();
    // Jira has framed no page yet: nobody is shut out for what it did not say.
    let token = jira.context_token("carla", &ticket.key).unwrap();
    let early = world.panel_call(&token, "fragment", None).await;
    assert!(early.body.contains("<form"), "{}", early.body);
    let seen = early.seen().unwrap();

    jira.set_licence(Some(false));
    assert_read_only(&world.page("carla", &ticket.key).await);
    assert_read_only(&world.panel_call(&token, "fragment", None).await);
    let before = world.imprint();
    let review = json!({ "decision": "APPROVED", "comment": "", "seen": seen });
    for (path, body) in [("review", review.clone()), ("assess", json!({}))] {
        assert_refused(&world.panel_call(&token, path, Some(body)).await);
    }
    assert_eq!(world.imprint(), before);

    // What happens in Jira goes on being recorded, and who approves can be set.
    let other = world
        .ticket("Export health records", "Patient data as CSV.")
        .await;
    assert_eq!(world.facts_about(other.id), ["TICKET_ASSESSED FIRST"]);
    world.check_ledger().await;

    jira.set_licence(Some(true));
    assert!(
        world
            .page("carla", &ticket.key)
            .await
            .body
            .contains("<form")
    );
    let done = world.panel_call(&token, "review", Some(review)).await;
    assert_eq!((done.status, done.approval()), (200, "APPROVED"));
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_forge_every_call_says_it() {
    let mut world = World::without_server(1).await;
    world.start_with(SOLD).await;
    world.install_forge().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let jira = world.jira();
    assert!(
        world
            .forge_panel("carla", &ticket.key)
            .await
            .body
            .contains("<form")
    );
    let seen = world.forge_panel("carla", &ticket.key).await.seen();
    let review = json!({ "decision": "APPROVED", "comment": "", "seen": seen });

    jira.set_licence(Some(false));
    assert_read_only(&world.forge_panel("carla", &ticket.key).await);
    let before = world.imprint();
    for path in ["/forge/panel/review", "/forge/panel/assess"] {
        let claims = jira.forge_panel_claims("carla", &ticket.key).unwrap();
        assert_refused(&world.invoke(claims, "POST", path, Some(&review)).await);
    }
    assert_eq!(world.imprint(), before);
    let other = world
        .ticket("Export health records", "Patient data as CSV.")
        .await;
    assert_eq!(world.facts_about(other.id), ["TICKET_ASSESSED FIRST"]);

    jira.set_licence(Some(true));
    let done = world
        .forge_decide("carla", &ticket.key, "APPROVED", "")
        .await;
    assert_eq!((done.status, done.approval()), (200, "APPROVED"));
    world.check_ledger().await;
}

/// What is not recorded yet has a button of its own, which needs the licence as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_only_looked_at() {
    let mut world = World::without_server(1).await;
    world.start_with(SOLD).await;
    let ticket = world.make("Pay by card", CARD);
    world.install(0).await;
    world.jira().set_licence(Some(true));
    let page = world.page("carla", &ticket.key).await;
    assert!(page.state() == "preview" && page.body.contains("data-action=\"assess\""));
    world.jira().set_licence(Some(false));
    let page = world.page("carla", &ticket.key).await;
    assert_eq!(page.state(), "preview");
    assert_read_only(&page);
}

/// A self-hosted app is not sold: Jira then says that there is no licence, and that means nothing.
#[tokio::test(flavor = "multi_thread")]
async fn unless_it_is_switched_on_a_licence_means_nothing() {
    let world = World::installed().await;
    world.install_forge().await;
    world.jira().set_licence(Some(false));
    let ticket = world.ticket("Pay by card", CARD).await;
    let done = world.decide("carla", &ticket.key, "APPROVED", "").await;
    assert_eq!(done.status, 200, "{}", done.body);
    let done = world
        .forge_decide("carla", &ticket.key, "REJECTED", "No.")
        .await;
    assert_eq!((done.status, done.approval()), (200, "REJECTED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_can_decide_nobody_is_said_to_have_gone_around_the_gate() {
    let mut world = World::without_server(1).await;
    world.start_with(SOLD).await;
    world.install(0).await;
    let rules = ReviewRules {
        gated_statuses: vec!["Done".to_owned()],
        ..ReviewRules::default()
    };
    crate::rules::rule(&world, rules).await;
    for (licence, found) in [(false, 0), (true, 1)] {
        let key = world.ticket("Pay by card", CARD).await.key;
        world.jira().set_licence(Some(licence));
        assert_eq!(world.page("carla", &key).await.status, 200);
        world
            .jira()
            .world()
            .transition("ben", &key, "Done")
            .unwrap();
        world.quiet().await;
        let entries = world.entries().into_iter();
        let bypassed = entries.filter(|entry| entry.kind == "GATE_BYPASSED");
        assert_eq!(bypassed.count(), found, "licence: {licence}");
    }
    world.check_ledger().await;
}
