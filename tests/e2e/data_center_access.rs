//! What opens a site of Jira Data Center, what does not and is explained, and what may be changed of one that is
//! connected.

use serde_json::{Value, json};

use crate::api::Program;
use crate::api_jira::{approval, body as of_cloud, sync};
use crate::data_center::{body, connected, make, unconnected};
use crate::panel::Answer;
use crate::terminal::said;
use crate::world::World;

async fn patched(program: &Program<'_>, id: &str, change: &Value) -> Answer {
    let path = format!("/v1/integrations/jira/{id}");
    Answer::to(program.request(reqwest::Method::PATCH, &path).json(change)).await
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
    let cloud = world.connect(&of_cloud(world.jira())).await;
    let id = cloud["id"].as_str().unwrap().to_owned();
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
async fn the_account_of_a_new_token_is_ours_and_that_of_the_old_one_is_a_persons() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let key = make(&world);
    for (account, stands) in [("carla", "NONE"), ("erin", "APPROVED")] {
        let token = json!({ "personalAccessToken": format!("sandbox-pat-{account}") });
        assert_eq!(patched(&program, &id, &token).await.status, 200);
        let jira = world.jira().world();
        jira.add_comment("carla", &key, "/approve").unwrap();
        world.quiet().await;
        assert_eq!(
            approval(&program, &key).await,
            stands,
            "opened by {account}"
        );
    }
}

/// Replaces the token by that of this account while what is read of its comment is under way, 1 s late each.
async fn replaced_while(operation: &str, account: &str) -> (World, String) {
    let (world, id) = connected().await;
    let program = world.program().await;
    let key = make(&world);
    world.quiet().await;
    let jira = world.jira();
    jira.forget_requests();
    jira.fault(sandbox::Fault {
        operation: Some(operation.to_owned()),
        ..sandbox::Fault::everywhere(sandbox::FaultKind::Delay { ms: 1000 })
    });
    jira.world().add_comment(account, &key, "/approve").unwrap();
    world
        .until("the comment to be looked at", async || {
            world.ready().await["inbox"]["waiting"] != 0 || !jira.requests().is_empty()
        })
        .await;
    // The comment itself is read, or about to be.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let token = json!({ "personalAccessToken": format!("sandbox-pat-{account}") });
    assert_eq!(patched(&program, &id, &token).await.status, 200);
    jira.clear_faults();
    world.quiet().await;
    drop(program);
    (world, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_weighed_while_the_token_is_replaced_is_weighed_again() {
    let issue = "/rest/api/2/issue/{key}";
    let (world, key) = replaced_while(issue, "carla").await;
    let program = world.program().await;
    assert_eq!(approval(&program, &key).await, "NONE");
    let (world, _) = replaced_while(issue, "alice").await;
    let entries = world.entries();
    assert!(
        entries
            .iter()
            .all(|entry| entry.kind != "REVIEW_NOT_COUNTED")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_is_being_read_while_the_token_is_replaced_is_the_new_account_s_own() {
    let comment = "/rest/api/2/issue/{key}/comment/{id}";
    let (world, _) = replaced_while(comment, "carla").await;
    let entries = world.entries();
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert!(
        !kinds.iter().any(|kind| kind.contains("COMMENT")),
        "{kinds:?}"
    );
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
async fn a_site_that_is_connected_again_goes_on_where_it_was() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let key = make(&world);
    world
        .jira()
        .world()
        .add_comment("carla", &key, "/approve")
        .unwrap();
    world.quiet().await;
    let path = format!("/v1/integrations/jira/{id}");
    assert_eq!(program.delete(&path).await.status, 204);
    let again = program
        .post("/v1/integrations/jira", &body(world.jira()))
        .await;
    assert_eq!(again.status, 201, "{}", again.body);
    assert_eq!(
        (&again.json()["id"], &again.json()["account"]),
        (&json!(id), &json!("Erin Shah"))
    );
    let twice = program
        .post("/v1/integrations/jira", &body(world.jira()))
        .await;
    assert_eq!(twice.status, 422, "{}", twice.body);
    assert!(
        twice.detail().contains("connected already"),
        "{}",
        twice.body
    );
    sync(&program, &id).await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    let (gate, reasons) = program.gate(&[&key], &[]).await;
    assert_eq!((gate.as_str(), reasons.len()), ("OPEN", 0), "{reasons:?}");
    let reviews = world.entries().into_iter();
    assert_eq!(
        reviews.filter(|entry| entry.kind == "HUMAN_REVIEW").count(),
        1
    );
    world.check_ledger().await;
}

fn with_health() -> sandbox::Edit {
    sandbox::Edit {
        description: Some("Show the patient's diagnosis to the nurse.".to_owned()),
        ..sandbox::Edit::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_comment_of_the_old_account_is_kept_up_by_the_new_one() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let key = make(&world);
    world.quiet().await;
    let token = json!({ "personalAccessToken": "sandbox-pat-carla" });
    assert_eq!(patched(&program, &id, &token).await.status, 200);
    let jira = world.jira().world();
    jira.edit_issue("ben", &key, with_health()).unwrap();
    world.quiet().await;
    let comments = jira.comments(&key).unwrap();
    let [old, new] = comments.as_slice() else {
        panic!("one comment for each account: {comments:?}");
    };
    assert_eq!(old["author"]["name"], "erin");
    assert_eq!(new["author"]["name"], "carla");
    let said = new["body"].as_str().unwrap();
    assert!(said.contains("health"), "{said}");
    let edit = sandbox::Edit {
        description: Some("The provider takes the card number.".to_owned()),
        ..sandbox::Edit::default()
    };
    jira.edit_issue("ben", &key, edit).unwrap();
    world.quiet().await;
    let comments = jira.comments(&key).unwrap();
    assert_eq!(comments.len(), 2, "the new account's own is changed");
    assert_ne!(comments[1]["body"].as_str().unwrap(), said);
    // Its own comment that it may not change for now is followed by no other.
    world.jira().fault(sandbox::Fault {
        method: Some("PUT".to_owned()),
        operation: Some("/rest/api/2/issue/{key}/comment/{id}".to_owned()),
        times: Some(1),
        ..sandbox::Fault::everywhere(sandbox::FaultKind::Status {
            status: 403,
            retry_after: None,
        })
    });
    jira.edit_issue("ben", &key, with_health()).unwrap();
    world.quiet().await;
    let comments = jira.comments(&key).unwrap();
    assert_eq!(comments.len(), 2);
    assert!(comments[1]["body"].as_str().unwrap().contains("health"));
}
