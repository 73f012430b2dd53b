//! A site of Jira Data Center: opened by a personal access token, with no app in it. Its interface is another than
//! Cloud's; what becomes of its issues is the same.

use sandbox::{Deployment, NewIssue, RoleActor, Sandbox};
use serde_json::{Value, json};

use crate::api::Program;
use crate::api_jira::{SECRET, approval, body as of_cloud, sync};
use crate::panel::Answer;
use crate::terminal::said;
use crate::world::World;

const CARD: &str = "h2. Why\nCustomers pay by credit card; a provider takes the card number.";

/// A server, and a site of Data Center that nobody connected yet.
async fn unconnected() -> World {
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

async fn connected() -> (World, String) {
    let world = unconnected().await;
    let program = world.program().await;
    let answer = program
        .post("/v1/integrations/jira", &body(world.jira()))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let connected = answer.json();
    assert_eq!(connected["warnings"], json!([]));
    world
        .jira()
        .add_webhook(connected["webhookUrl"].as_str().unwrap(), SECRET);
    let id = connected["id"].as_str().unwrap().to_owned();
    (world, id)
}

fn body(jira: &Sandbox) -> Value {
    json!({
        "jiraBaseUrl": jira.local_url(),
        "personalAccessToken": "sandbox-pat-erin",
        "projects": ["PAY", "CARE"],
        "webhookSecret": SECRET,
    })
}

fn make(world: &World) -> String {
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Pay by card".to_owned(),
        description: CARD.to_owned(),
        ..NewIssue::default()
    };
    world.jira().world().create_issue("ben", new).unwrap().key
}

async fn patched(program: &Program<'_>, id: &str, change: &Value) -> Answer {
    let path = format!("/v1/integrations/jira/{id}");
    Answer::to(program.request(reqwest::Method::PATCH, &path).json(change)).await
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
    assert_eq!(link["data"]["summary"], "Pay by card");
    assert_eq!(link["data"]["reporter"], "Ben Okafor");
    let links = world.jira().world().remote_links(&key).unwrap();
    assert_eq!(links.len(), 1, "{links:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_open_the_site_is_explained_and_nothing_is_kept() {
    let world = unconnected().await;
    let program = world.program().await;
    let before = world.imprint();
    let mut with_email = body(world.jira());
    with_email["userEmail"] = json!("erin@example.com");
    let mut with_cloud = body(world.jira());
    with_cloud["cloudId"] = json!("abc");
    let mut wrong = body(world.jira());
    wrong["personalAccessToken"] = json!("sandbox-pat-nobody");
    let mut empty = body(world.jira());
    empty["personalAccessToken"] = json!(" ");
    for (body, told) in [
        (
            &with_email,
            "personalAccessToken: it opens a site of Jira Data Center alone",
        ),
        (
            &with_cloud,
            "personalAccessToken: it opens a site of Jira Data Center alone",
        ),
        (&wrong, "does not accept this personal access token"),
        (&empty, "personalAccessToken: it is needed"),
        (
            &of_cloud(world.jira()),
            "Data Center is opened by a personalAccessToken",
        ),
    ] {
        let answer = program.post("/v1/integrations/jira", body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert!(answer.detail().contains(told), "{body}: {}", answer.body);
        assert!(!answer.body.contains("sandbox-"), "{}", answer.body);
    }
    assert_eq!(world.imprint(), before);
    let mut without_rights = body(world.jira());
    without_rights["personalAccessToken"] = json!("sandbox-pat-alice");
    let answer = program.post("/v1/integrations/jira", &without_rights).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.body.contains("Administer Jira"), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_token_opens_no_site_of_cloud() {
    let world = World::with_sites(1).await;
    let casework = world.server.as_ref().unwrap().casework();
    casework.create_tenant().await.unwrap();
    let program = world.program().await;
    let answer = program
        .post("/v1/integrations/jira", &body(world.jira()))
        .await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(
        answer.detail().contains("Jira Cloud has no such tokens"),
        "{}",
        answer.body
    );
    let cloud = program
        .post("/v1/integrations/jira", &of_cloud(world.jira()))
        .await;
    assert_eq!(cloud.status, 201, "{}", cloud.body);
    let id = cloud.json()["id"].as_str().unwrap().to_owned();
    let changed = patched(
        &program,
        &id,
        &json!({ "personalAccessToken": "sandbox-pat-erin" }),
    )
    .await;
    assert_eq!(changed.status, 422, "{}", changed.body);
    assert!(
        changed.detail().contains("this is a site of Jira Cloud"),
        "{}",
        changed.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_replaced_and_its_kind_stays() {
    let (world, id) = connected().await;
    let program = world.program().await;
    for (change, status) in [
        (json!({ "projects": ["PAY"] }), 200),
        (json!({ "personalAccessToken": "sandbox-pat-carla" }), 200),
        (json!({ "personalAccessToken": "sandbox-pat-erin" }), 200),
        (json!({ "apiToken": "x" }), 422),
        (
            json!({ "userEmail": "erin@example.com", "apiToken": "sandbox-token-erin" }),
            422,
        ),
    ] {
        let answer = patched(&program, &id, &change).await;
        assert_eq!(answer.status, status, "{change}: {}", answer.body);
    }
    let other = format!("{}/jira", world.jira().local_url());
    let moved = patched(&program, &id, &json!({ "jiraBaseUrl": other })).await;
    assert_eq!(moved.status, 422, "{}", moved.body);
    assert!(
        moved.detail().contains("may be another site"),
        "{}",
        moved.body
    );
    let key = make(&world);
    patched(
        &program,
        &id,
        &json!({ "personalAccessToken": "sandbox-pat-carla" }),
    )
    .await;
    world
        .jira()
        .world()
        .add_comment("carla", &key, "/approve")
        .unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "NONE", "ours now");
    patched(
        &program,
        &id,
        &json!({ "personalAccessToken": "sandbox-pat-erin" }),
    )
    .await;
    world
        .jira()
        .world()
        .add_comment("carla", &key, "/approve")
        .unwrap();
    world.quiet().await;
    assert_eq!(
        approval(&program, &key).await,
        "APPROVED",
        "a person's again"
    );
    world.jira().world().set_active("erin", false).unwrap();
    let path = format!("/v1/integrations/jira/{id}");
    assert_eq!(
        program
            .post(&format!("{path}/sync"), &json!({}))
            .await
            .status,
        503
    );
    let status = program.get(&path).await.json();
    assert!(status["lastError"].is_string(), "{status}");
    let tested = program.post(&format!("{path}/test"), &json!({})).await;
    assert_eq!(tested.status, 422, "{}", tested.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_133_a_site_is_connected_from_the_terminal_without_an_email_address() {
    let world = unconnected().await;
    let program = world.program().await;
    let words = [
        "connect",
        "jira",
        "--jira-url",
        world.jira().local_url(),
        "--data-center",
        "--project",
        "PAY",
    ];
    let refused = program.runs_fed(&words, "sandbox-pat-nobody\n");
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(
        said(&refused).contains("personal access token"),
        "{}",
        said(&refused)
    );
    let connected = program.runs_fed(&words, "sandbox-pat-erin\n");
    assert_eq!(connected.status.code(), Some(0), "{}", said(&connected));
    assert!(
        said(&connected).contains("Connected, as site_")
            && !said(&connected).contains("sandbox-pat")
    );
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
