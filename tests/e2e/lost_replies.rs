//! Jira does what it is asked, and the answer is lost: it is asked again, and nothing stands on the ticket twice.

use record::entries::PushAs;
use sandbox::{Fault, FaultKind};
use serde_json::json;

use crate::api_jira::{connected, sync};
use crate::api_trail::{MESSAGE, governed};
use crate::world::World;

/// The next calls of this operation are carried out and not answered.
fn lose_replies(world: &World, method: &str, operation: &str, times: u32) {
    world.jira().fault(Fault {
        method: Some(method.to_owned()),
        operation: Some(format!("/rest/api/3/issue/{{key}}/{operation}")),
        times: Some(times),
        ..Fault::everywhere(FaultKind::LoseReply)
    });
}

fn lost(world: &World, method: &str, operation: &str) -> usize {
    let requests = world.jira().requests();
    let lost = requests.iter().filter(|request| {
        request.method == method && request.path.contains(operation) && request.status.is_none()
    });
    lost.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_096_a_remote_link_and_a_property_are_written_again_in_place() {
    let world = governed().await;
    lose_replies(&world, "POST", "remotelink", 2);
    lose_replies(&world, "PUT", "properties/{name}", 1);
    let github = world.github(PushAs::Commits).await;
    github.push(0xa1, MESSAGE, "main").await;
    world
        .decide("carla", "AI-GOV-142", "APPROVED", "fine")
        .await;
    world.quiet().await;
    assert_eq!(lost(&world, "POST", "/remotelink"), 2);
    assert_eq!(lost(&world, "PUT", "/properties/"), 1);
    let jira = world.jira().world();
    assert_eq!(jira.remote_links("AI-GOV-142").unwrap().len(), 1);
    let property = &jira.properties("AI-GOV-142").unwrap()["countersign"];
    assert_eq!(property["approval"], "APPROVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_comment_on_a_site_without_the_app_is_begun_once() {
    let (world, site) = connected().await;
    let program = world.program().await;
    lose_replies(&world, "POST", "comment", 1);
    let made = world.make("Pay by card", "Customers pay by credit card.");
    assert_eq!(sync(&program, &site).await.status, 200);
    world.quiet().await;
    assert_eq!(lost(&world, "POST", "/comment"), 1);
    let comments = world.jira().world().comments(&made.key).unwrap();
    assert_eq!(comments.len(), 1, "{}", json!(comments));
    world.check_ledger().await;
}
