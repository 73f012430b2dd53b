//! A decision is taken back: by whoever made it, by a comment or in the panel, and by nobody else.

use sandbox::{APPROVERS_ROLE, RoleActor};

use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

async fn says(world: &World, who: &str, key: &str, text: &str) -> String {
    world.jira().world().add_comment(who, key, text).unwrap();
    world.quiet().await;
    let page = world.sit("ben", key).await.look().await;
    page.approval().to_owned()
}

fn not_counted(world: &World, issue: u64) -> Vec<String> {
    let about = world.about(issue).into_iter();
    let refused = about.filter(|entry| entry.kind == "REVIEW_NOT_COUNTED");
    refused
        .map(|entry| entry.payload["reason"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_072_whoever_decided_takes_it_back_and_may_decide_anew() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let key = ticket.key.as_str();
    assert_eq!(says(&world, "carla", key, "/approve").await, "APPROVED");
    let nobody_s = says(&world, "alice", key, "/withdraw").await;
    assert_eq!(nobody_s, "APPROVED", "it is not hers");
    let mine = says(&world, "carla", key, "/withdraw: the wrong issue").await;
    assert_eq!(mine, "NONE");
    assert_eq!(says(&world, "carla", key, "/withdraw").await, "NONE");
    assert_eq!(
        not_counted(&world, ticket.id),
        ["NOTHING_TO_WITHDRAW", "NOTHING_TO_WITHDRAW"]
    );
    let program = world.program().await;
    assert_eq!(
        program.gate(&[key], &[]).await,
        ("CLOSED".into(), vec!["NOT_APPROVED".into()])
    );
    assert_eq!(says(&world, "carla", key, "/approve").await, "APPROVED");
    let taken_back = world
        .about(ticket.id)
        .into_iter()
        .find(|entry| entry.kind == "HUMAN_REVIEW" && entry.payload["decision"] == "WITHDRAWN");
    let taken_back = taken_back.unwrap();
    assert_eq!(taken_back.payload["reviewer"]["role"], "Approvers");
    assert!(taken_back.payload["via"]["comment"].is_string());
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_approve_any_more_may_still_take_an_approval_back() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let decided = world.decide("carla", &ticket.key, "APPROVED", "fine").await;
    assert_eq!(decided.approval(), "APPROVED");
    let other = world.decide("alice", &ticket.key, "WITHDRAWN", "").await;
    assert_eq!(other.status, 409, "{}", other.body);
    assert!(other.body.contains("no decision on this issue"));
    let jira = world.jira().world();
    let carla = RoleActor::User(jira.account_id("carla").unwrap());
    jira.remove_from_role("PAY", APPROVERS_ROLE, &carla)
        .unwrap();
    let approved = world.decide("carla", &ticket.key, "APPROVED", "").await;
    assert_eq!(approved.status, 403, "{}", approved.body);
    let withdrawn = world.decide("carla", &ticket.key, "WITHDRAWN", "").await;
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.body);
    assert_eq!(withdrawn.approval(), "NONE");
    world.check_ledger().await;
}
