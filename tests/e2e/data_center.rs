//! A site of Jira Data Center: opened by a personal access token, with no app in it. Its interface is another than
//! Cloud's; what becomes of its issues is the same.

use sandbox::{Deployment, NewIssue, RoleActor, Sandbox};
use serde_json::{Value, json};

use crate::api_jira::{SECRET, approval, sync};
use crate::world::World;

const CARD: &str = "h2. Why\nCustomers pay by credit card; a provider takes the card number.";

/// A server, and a site of Data Center that nobody connected yet.
pub(crate) async fn unconnected() -> World {
    let kind = sandbox::Config {
        deployment: Deployment::DataCenter,
        ..sandbox::Config::default()
    };
    let mut world = World::without_server_of(1, kind).await;
    world.start().await;
    let casework = world.server.as_ref().unwrap().casework();
    casework.create_tenant().await.unwrap();
    world
}

pub(crate) async fn connected() -> (World, String) {
    let world = unconnected().await;
    let connected = world.connect(&body(world.jira())).await;
    assert_eq!(connected["warnings"], json!([]));
    world
        .jira()
        .add_webhook(connected["webhookUrl"].as_str().unwrap(), SECRET);
    let id = connected["id"].as_str().unwrap().to_owned();
    (world, id)
}

pub(crate) fn body(jira: &Sandbox) -> Value {
    json!({
        "jiraBaseUrl": jira.local_url(),
        "personalAccessToken": "sandbox-pat-erin",
        "projects": ["PAY", "CARE"],
        "webhookSecret": SECRET,
    })
}

pub(crate) fn make(world: &World) -> String {
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Pay by card".to_owned(),
        description: CARD.to_owned(),
        ..NewIssue::default()
    };
    world.jira().world().create_issue("ben", new).unwrap().key
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_heard_and_decided_as_on_cloud() {
    let (world, _) = connected().await;
    let program = world.program().await;
    let jira = world.jira().world();
    let key = make(&world);
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "NONE");
    let comments = jira.comments(&key).unwrap();
    assert_eq!(comments.len(), 1, "one comment of ours: {comments:?}");
    let ours = comments[0]["body"].as_str().unwrap().to_owned();
    assert!(ours.starts_with("*Countersign: HIGH"), "{ours}");
    assert!(ours.contains("*Masked card numbers:* Show"), "{ours}");
    for (who, text) in [
        ("dan", "/approve"),
        ("ben", "/approve"),
        ("alice", "/approve"),
        ("carla", "{quote}\n/approve\n{quote}\nWhy?"),
        ("carla", "{code}\n/approve\n{code}"),
        ("carla", "bq. /approve"),
        ("erin", "/approve"),
    ] {
        let _ = jira.add_comment(who, &key, text);
        world.quiet().await;
        assert_eq!(approval(&program, &key).await, "NONE", "{who}: {text}");
    }
    let decided = jira
        .add_comment("carla", &key, "/approve tokens only")
        .unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    let comments = jira.comments(&key).unwrap();
    assert_ne!(comments[0]["body"], ours, "ours is edited in place");
    let again = |text: &str| jira.add_comment("carla", &key, text).unwrap();
    jira.edit_comment("carla", &key, decided, "never mind")
        .unwrap();
    world.quiet().await;
    assert_ne!(approval(&program, &key).await, "APPROVED");
    let deleted = again("/approve once more");
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    jira.delete_comment("carla", &key, deleted).unwrap();
    world.quiet().await;
    assert_ne!(approval(&program, &key).await, "APPROVED");
    jira.transition("carla", &key, "Approved").unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    let bytes = serde_json::to_string(&world.entries()).unwrap();
    for secret in ["sandbox-pat", "carla", sandbox::CARLA] {
        assert!(!bytes.contains(secret), "{secret}");
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_webhook_told_of_is_read() {
    let (world, id) = connected().await;
    let program = world.program().await;
    world.jira().set_flow(sandbox::Flow::Drop);
    let key = make(&world);
    let jira = world.jira().world();
    jira.add_comment("carla", &key, "/approve").unwrap();
    assert_eq!(sync(&program, &id).await.status, 200);
    sync(&program, &id).await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    let status = program
        .get(&format!("/v1/integrations/jira/{id}"))
        .await
        .json();
    assert!(
        status["lastSync"].is_string() && status["lastError"].is_null(),
        "{status}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_in_the_role_lends_it_and_a_name_alone_does_not() {
    let (world, _) = connected().await;
    let program = world.program().await;
    let jira = world.jira().world();
    let leads = || RoleActor::Group("leads".to_owned());
    jira.set_group_member("leads", "alice", true).unwrap();
    let key = make(&world);
    jira.add_comment("alice", &key, "/approve").unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "NONE");
    jira.add_to_role("PAY", sandbox::APPROVERS_ROLE, leads())
        .unwrap();
    jira.add_comment("alice", &key, "/approve now").unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_linked_and_the_issue_shows_it() {
    let (world, _) = connected().await;
    let program = world.program().await;
    let key = make(&world);
    let github = world.github(record::entries::PushAs::Commits).await;
    github
        .push(0xa1, &format!("{key} tokens only"), "main")
        .await;
    world.quiet().await;
    let events = program
        .get("/v1/audit?eventType=CONFIG_CHANGE")
        .await
        .json();
    let link = &events["events"][0]["links"][0];
    assert_eq!(link["externalId"], json!(key));
    let page = format!("{}/browse/{key}", world.jira().local_url());
    assert_eq!(link["url"], json!(page));
    assert_eq!(link["data"]["summary"], "Pay by card");
    assert_eq!(link["data"]["reporter"], "Ben Okafor");
    let links = world.jira().world().remote_links(&key).unwrap();
    assert_eq!(links.len(), 1, "{links:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_removed_keeps_nobody_from_being_heard() {
    let (world, _) = connected().await;
    let program = world.program().await;
    let jira = world.jira().world();
    let key = make(&world);
    world.quiet().await;
    world.jira().set_flow(sandbox::Flow::Hold);
    jira.add_comment("alice", &key, "/approve").unwrap();
    jira.remove_user("alice").unwrap();
    jira.add_comment("carla", &key, "/approve").unwrap();
    world.jira().set_flow(sandbox::Flow::Deliver);
    world.jira().release(sandbox::ReleaseOrder::Happened);
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    let not_counted = world.entries().into_iter();
    let mut not_counted = not_counted.filter(|entry| entry.kind == "REVIEW_NOT_COUNTED");
    assert_eq!(not_counted.next().unwrap().payload["reason"], "INACTIVE");
}

/// Of one decision it cannot be told whether it counts, for once. Had the others waited for it, it would have been judged
/// first.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_cannot_be_weighed_keeps_no_other_from_being_heard() {
    let (world, _) = connected().await;
    let program = world.program().await;
    let jira = world.jira().world();
    let alice = RoleActor::User(jira.account_id("alice").unwrap());
    jira.add_to_role("PAY", sandbox::APPROVERS_ROLE, alice)
        .unwrap();
    let key = make(&world);
    world.quiet().await;
    world.jira().set_flow(sandbox::Flow::Drop);
    jira.add_comment("alice", &key, "/approve").unwrap();
    // The other is later by Jira's clock.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    jira.add_comment("carla", &key, "/approve").unwrap();
    world.jira().fault(sandbox::Fault {
        path_prefix: "/rest/api/2/user/permission/search".to_owned(),
        times: Some(1),
        ..sandbox::Fault::everywhere(sandbox::FaultKind::Nonsense)
    });
    world.jira().set_flow(sandbox::Flow::Deliver);
    jira.transition("ben", &key, "In Progress").unwrap();
    world
        .until("both decisions to be judged", async || {
            let entries = world.entries();
            entries
                .iter()
                .any(|entry| entry.kind == "REVIEW_NOT_COUNTED")
        })
        .await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    let entries = world.entries().into_iter();
    let mut not_counted = entries.filter(|entry| entry.kind == "REVIEW_NOT_COUNTED");
    assert_eq!(not_counted.next().unwrap().payload["reason"], "OVERTAKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_in_one_go_is_decided_once() {
    let (world, id) = connected().await;
    let program = world.program().await;
    world.jira().set_flow(sandbox::Flow::Drop);
    let jira = world.jira().world();
    for _ in 0..12 {
        let key = make(&world);
        jira.add_comment("carla", &key, "/approve").unwrap();
        jira.add_comment("carla", &key, "/withdraw").unwrap();
    }
    world.jira().fault(sandbox::Fault {
        operation: Some("/rest/api/2/issue/{key}".to_owned()),
        ..sandbox::Fault::everywhere(sandbox::FaultKind::Delay { ms: 40 })
    });
    sync(&program, &id).await;
    let of = |kind: &str| {
        world
            .entries()
            .iter()
            .filter(|entry| entry.kind == kind)
            .count()
    };
    assert_eq!((of("HUMAN_REVIEW"), of("REVIEW_NOT_COUNTED")), (24, 0));
}
