//! The account that opens a site without the app: what it must be allowed to do, and who approves there.

use record::entries::SettingsChanged;
use record::ids::TenantId;
use sandbox::{APPROVERS_GROUP, NewIssue};
use serde_json::{Value, json};

use crate::api_jira::{body, connected, sync};
use crate::panel::Answer;
use crate::world::World;

async fn tenant(world: &World) -> TenantId {
    let casework = world.server.as_ref().unwrap().casework();
    casework.tenants().await.unwrap().pop().unwrap()
}

fn warned(answer: &Answer) -> bool {
    let warnings = answer.json()["warnings"].clone();
    let warnings = warnings.as_array().unwrap();
    warnings.len() == 1
        && warnings[0]
            .as_str()
            .unwrap()
            .contains("cannot ask what other people may do")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_ask_what_others_may_do_is_warned_of() {
    let world = World::with_sites(1).await;
    let casework = world.server.as_ref().unwrap().casework();
    casework.create_tenant().await.unwrap();
    let program = world.program().await;
    let mut theirs = body(world.jira());
    theirs["userEmail"] = json!("ben@example.com");
    theirs["apiToken"] = json!("sandbox-token-ben");
    let made = program.post("/v1/integrations/jira", &theirs).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(warned(&made), "{}", made.body);
    let path = format!(
        "/v1/integrations/jira/{}",
        made.json()["id"].as_str().unwrap()
    );
    let test = format!("{path}/test");
    assert!(warned(&program.post(&test, &json!({})).await));
    let better = program
        .request(reqwest::Method::PATCH, &path)
        .json(&json!({ "userEmail": "erin@example.com", "apiToken": "sandbox-token-erin" }));
    let better = Answer::to(better).await;
    assert_eq!(
        (better.status, &better.json()["warnings"]),
        (200, &json!([]))
    );
    let tried = program.post(&test, &json!({})).await;
    assert_eq!(tried.json()["warnings"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_says_who_approves_there() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Pay by card".to_owned(),
        description: "Customers pay by credit card.".to_owned(),
        ..NewIssue::default()
    };
    let jira = world.jira().world();
    let ticket = jira.create_issue("ben", new).unwrap();
    jira.add_comment("alice", &ticket.key, "/approve").unwrap();
    let synced = program.told(&["sync"]);
    assert!(synced.starts_with(&format!("{id}: ")), "{synced}");
    world.quiet().await;
    let path = format!("/v1/trail?ticket={}", ticket.key);
    let trail = program.get(&path).await;
    assert_eq!(trail.json()["tickets"][0]["approval"], "NONE");
    let refused = program.get("/v1/audit?eventType=REVIEW_NOT_COUNTED").await;
    assert!(refused.body.contains("NOT_IN_ROLE"), "{}", refused.body);
    let told = |what: &str| {
        let comments = jira.comments(&ticket.key).unwrap();
        comments
            .iter()
            .any(|comment| comment.to_string().contains(what))
    };
    let refused = "does not count: that person is no approver";
    assert!(told(refused) && told("Nobody has decided"));
    let gate = program.told(&["gate", &ticket.key]);
    assert!(gate.contains(refused), "{gate}");
    let shown = program.told(&["show", &ticket.key]);
    assert!(shown.contains("no approver, by Alice"), "{shown}");
    let settings = SettingsChanged {
        site: id.parse().unwrap(),
        project: None,
        approver_role: None,
        approver_group: Some(APPROVERS_GROUP.to_owned()),
        own_ticket: false,
        rules: record::entries::ReviewRules::default(),
    };
    let casework = world.server.as_ref().unwrap().casework();
    let tenant = tenant(&world).await;
    casework.change_settings(&tenant, settings).await.unwrap();
    jira.set_group_member(APPROVERS_GROUP, "alice", true)
        .unwrap();
    jira.add_comment("alice", &ticket.key, "/approve").unwrap();
    sync(&program, &id).await;
    let trail = program
        .get(&format!("/v1/trail?ticket={}", ticket.key))
        .await;
    let approval: Value = trail.json()["tickets"][0]["approval"].clone();
    assert_eq!(approval, "APPROVED", "{:?}", world.facts());
    assert!(told("approved as it is") && !told(refused));
    assert_eq!(program.told(&["gate", &ticket.key]), "open\n");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_159_an_address_is_told_where_the_profile_shows_it() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let jira = world.jira().world();
    let ticket = world.make("Pay by card", "");
    let role = sandbox::RoleActor::User(jira.account_id("alice").unwrap());
    jira.add_to_role("PAY", sandbox::APPROVERS_ROLE, role)
        .unwrap();
    for (who, address) in [
        ("carla", json!("carla@example.com")),
        ("alice", Value::Null),
    ] {
        jira.add_comment(who, &ticket.key, "/approve").unwrap();
        sync(&program, &id).await;
        let page = program
            .get("/v1/audit?eventType=HUMAN_REVIEW&limit=1")
            .await;
        let reviewer = page.json()["events"][0]["payload"]["reviewer"].clone();
        assert_eq!(reviewer["email"], address, "{reviewer}");
        assert!(reviewer["displayName"].is_string(), "{reviewer}");
    }
    let bytes = serde_json::to_string(&world.entries()).unwrap();
    assert!(!bytes.contains("carla@example.com"));
    world.check_ledger().await;
}
