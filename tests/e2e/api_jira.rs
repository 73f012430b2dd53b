//! Jira sites without the app: connected by an API token, heard by a webhook, read on a schedule, and told by a comment.

use sandbox::{NewIssue, Sandbox};
use serde_json::{Value, json};

use crate::api::{Program, signature};
use crate::panel::Answer;
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";
pub(crate) const SECRET: &str = "a-webhook-secret-of-the-site";

/// A server, a site without the app, and a tenant's program.
pub(crate) async fn connected() -> (World, String) {
    let world = World::with_sites(1).await;
    let casework = world.server.as_ref().unwrap().casework();
    casework.create_tenant().await.unwrap();
    let connected = world.connect(&body(world.jira())).await;
    (world, connected["id"].as_str().unwrap().to_owned())
}

pub(crate) fn body(jira: &Sandbox) -> Value {
    json!({
        "jiraBaseUrl": jira.local_url(),
        "userEmail": "erin@example.com",
        "apiToken": "sandbox-token-erin",
        "projects": ["PAY", "CARE"],
        "captureFields": ["summary", "status", "priority", "assignee", "resolution", "customfield_10200"],
        "webhookSecret": SECRET,
    })
}

pub(crate) async fn sync(program: &Program<'_>, id: &str) -> Answer {
    let answer = program
        .post(&format!("/v1/integrations/jira/{id}/sync"), &json!({}))
        .await;
    program.world.quiet().await;
    answer
}

pub(crate) fn make(world: &World, project: &str) -> sandbox::IssueRef {
    let new = NewIssue {
        project: project.to_owned(),
        summary: "Pay by card".to_owned(),
        description: CARD.to_owned(),
        ..NewIssue::default()
    };
    world.jira().world().create_issue("ben", new).unwrap()
}

/// How a ticket's approval stands, by the trail.
pub(crate) async fn approval(program: &Program<'_>, key: &str) -> Value {
    let trail = program.get(&format!("/v1/trail?ticket={key}")).await;
    assert_eq!(trail.status, 200, "{}", trail.body);
    trail.json()["tickets"][0]["approval"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_048_a_site_is_connected_tried_listed_changed_and_let_go() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let path = format!("/v1/integrations/jira/{id}");
    let shown = program.get(&path).await;
    assert_eq!(shown.json()["projects"], json!(["PAY", "CARE"]));
    assert_eq!(
        program
            .post(&format!("{path}/test"), &json!({}))
            .await
            .json()["warnings"],
        json!([])
    );
    let again = program
        .post("/v1/integrations/jira", &body(world.jira()))
        .await;
    assert_eq!(again.status, 422, "{}", again.body);
    assert!(again.body.contains(&id));
    let patch = program
        .request(reqwest::Method::PATCH, &path)
        .json(&json!({ "projects": ["PAY"] }));
    let changed = Answer::to(patch).await;
    assert_eq!(
        (changed.status, &changed.json()["webhookSecret"]),
        (200, &Value::Null)
    );
    assert_eq!(program.get(&path).await.json()["projects"], json!(["PAY"]));
    for answer in [&shown, &program.get("/v1/integrations/jira").await] {
        assert!(
            !answer.body.contains("sandbox-token")
                && !answer.body.contains(SECRET)
                && !answer.body.contains("erin")
        );
    }
    let bytes = serde_json::to_string(&world.entries()).unwrap();
    assert!(
        !bytes.contains("sandbox-token") && !bytes.contains("erin@") && !bytes.contains(SECRET)
    );
    assert_eq!(program.delete(&path).await.status, 204);
    assert_eq!(program.get(&path).await.json()["state"], "REMOVED");
    assert_eq!(sync(&program, &id).await.status, 404);
    let all = world.entries().into_iter();
    let changes = all.filter(|it| it.kind == "JIRA_INTEGRATION_CHANGED");
    let by: Vec<_> = changes.map(|it| it.actor.kind).collect();
    assert_eq!(by, [ledger::ActorKind::ApiKey; 3]);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_open_the_site_is_explained_and_nothing_is_kept() {
    let world = World::with_sites(1).await;
    world
        .server
        .as_ref()
        .unwrap()
        .casework()
        .create_tenant()
        .await
        .unwrap();
    let program = world.program().await;
    let before = world.imprint();
    for (change, told) in [
        (
            json!({ "apiToken": "another" }),
            "does not accept this e-mail address and API token",
        ),
        (json!({ "apiToken": null }), "apiToken: it is needed"),
        (json!({ "userEmail": "" }), "userEmail: it is needed"),
        (json!({ "userEmail": "a\nb" }), "control characters"),
        (json!({ "projects": ["PAY", "NONE"] }), "no project NONE"),
        (json!({ "projects": [] }), "one to 200 project keys"),
        (
            json!({ "jiraBaseUrl": "http://jira.example.com" }),
            "an https address",
        ),
        (
            json!({ "jiraBaseUrl": "https://169.254.169.254" }),
            "calls no such host",
        ),
        (json!({ "cloudId": "../../x" }), "a cloud id is"),
        (
            json!({ "linkPattern": "AI-[0-9]+" }),
            "it does not fit PAY-142",
        ),
        (json!({ "linkPattern": "(" }), "no regular expression"),
        (json!({ "webhookSecret": "short" }), "16 to 256"),
    ] {
        let mut body = body(world.jira());
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = program.post("/v1/integrations/jira", &body).await;
        assert_eq!(answer.status, 422, "{change}: {}", answer.body);
        assert!(answer.detail().contains(told), "{change}: {}", answer.body);
        assert!(!answer.body.contains("sandbox-token"), "{change}");
    }
    assert_eq!(world.imprint(), before);
    let mut odd = body(world.jira());
    odd["captureFields"] = json!(["summary", "customfield_99999"]);
    let answer = program.post("/v1/integrations/jira", &odd).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(
        answer.json()["warnings"][0]
            .as_str()
            .unwrap()
            .contains("customfield_99999")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_062_what_changed_is_read_and_decisions_are_heard() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let (ticket, other) = (make(&world, "PAY"), make(&world, "OPS"));
    assert_eq!(sync(&program, &id).await.status, 200);
    assert_eq!(approval(&program, &ticket.key).await, "NONE");
    assert_eq!(
        program
            .get(&format!("/v1/trail?ticket={}", other.key))
            .await
            .status,
        404
    );
    let jira = world.jira().world();
    let comments = jira.comments(&ticket.key).unwrap();
    assert_eq!(comments.len(), 1, "one comment of ours: {comments:?}");
    jira.add_comment("carla", &ticket.key, "/approve tokens only")
        .unwrap();
    sync(&program, &id).await;
    assert_eq!(approval(&program, &ticket.key).await, "APPROVED");
    let before = world.entries().len();
    for _ in 0..3 {
        sync(&program, &id).await;
    }
    assert_eq!(world.entries().len(), before, "{:?}", world.facts());
    let comments = jira.comments(&ticket.key).unwrap();
    assert_eq!(comments.len(), 2, "ours is edited in place");
    assert!(
        comments[0].to_string().contains("approved as it is"),
        "{}",
        comments[0]
    );
    jira.transition("carla", &ticket.key, "Rejected").unwrap();
    sync(&program, &id).await;
    assert_eq!(approval(&program, &ticket.key).await, "REJECTED");
    let status = program
        .get(&format!("/v1/integrations/jira/{id}"))
        .await
        .json();
    assert!(
        status["lastSync"].is_string() && status["lastError"].is_null(),
        "{status}"
    );
    world.check_ledger().await;
}

pub(crate) async fn webhook(at: &World, id: &str, told: &Value, by: &[(&str, String)]) -> u16 {
    let url = format!("{}/v1/integrations/jira/webhook/{id}", at.address());
    let mut request = at.http.post(url).body(told.to_string());
    for (name, value) in by {
        request = request.header(*name, value);
    }
    Answer::to(request).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_075_a_webhook_is_proven_by_its_signature_or_its_secret() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let ticket = make(&world, "PAY");
    let issue = json!({ "id": ticket.id.to_string(), "key": ticket.key });
    let created = json!({ "webhookEvent": "jira:issue_created", "timestamp": 1, "issue": issue });
    let bytes = created.to_string();
    let before = world.imprint();
    let secret = |value: &str| ("X-Jira-Webhook-Secret", value.to_owned());
    let signed = |value: String| ("X-Hub-Signature", value);
    for headers in [
        vec![],
        vec![secret("")],
        vec![secret("another-secret-of-the-site")],
        vec![secret(&SECRET[1..])],
        vec![secret(SECRET), secret(SECRET)],
        vec![signed(signature(
            "another-secret-of-the-site",
            bytes.as_bytes(),
        ))],
        vec![signed(signature(SECRET, b"another body"))],
        vec![signed(String::new()), secret(SECRET)],
    ] {
        assert_eq!(
            webhook(&world, &id, &created, &headers).await,
            401,
            "{headers:?}"
        );
    }
    assert_eq!(
        webhook(
            &world,
            "site_01K9ABCDEFGHJKMNPQRSTVWX00",
            &created,
            &[secret(SECRET)]
        )
        .await,
        401
    );
    assert_eq!(world.imprint(), before);
    assert_eq!(
        webhook(
            &world,
            &id,
            &created,
            &[signed(signature(SECRET, bytes.as_bytes()))]
        )
        .await,
        202
    );
    assert_eq!(webhook(&world, &id, &created, &[secret(SECRET)]).await, 202);
    world.quiet().await;
    assert_eq!(approval(&program, &ticket.key).await, "NONE");
    let foreign =
        json!({ "webhookEvent": "jira:issue_created", "issue": { "id": "1", "key": "OPS-1" } });
    assert_eq!(webhook(&world, &id, &foreign, &[secret(SECRET)]).await, 204);
    let unused = json!({ "webhookEvent": "sprint_started" });
    assert_eq!(webhook(&world, &id, &unused, &[secret(SECRET)]).await, 204);
    assert_eq!(
        webhook(&world, &id, &json!([]), &[secret(SECRET)]).await,
        400
    );
    let status = program
        .get(&format!("/v1/integrations/jira/{id}"))
        .await
        .json();
    assert!(status["lastWebhook"].is_string(), "{status}");
    let path = format!("/v1/integrations/jira/{id}");
    assert_eq!(program.delete(&path).await.status, 204);
    assert_eq!(
        webhook(&world, &id, &created, &[secret(SECRET)]).await,
        401,
        "it was let go"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_claims_an_approval_is_none() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let ticket = make(&world, "PAY");
    let comment = world
        .jira()
        .world()
        .add_comment("ben", &ticket.key, "looks good")
        .unwrap();
    let issue = json!({ "id": ticket.id.to_string(), "key": ticket.key });
    let carla = world.jira().world().account_id("carla").unwrap();
    let carla = json!({ "accountId": carla.as_str() });
    let forged = [
        json!({ "webhookEvent": "comment_created", "issue": issue, "comment": { "id": comment.to_string(),
            "author": carla, "body": "/approve", "updated": "2026-11-21T10:00:00.000+0000" } }),
        json!({ "webhookEvent": "comment_created", "issue": issue, "comment": { "id": "99999999", "author": carla,
            "body": "/approve", "updated": "2026-11-21T10:00:00.000+0000" } }),
        json!({ "webhookEvent": "jira:issue_updated", "issue": issue, "user": carla, "timestamp": 2,
            "changelog": { "id": "777", "items": [{ "field": "status", "fieldId": "status", "toString": "Approved" }] },
            "historyMetadata": { "type": "approval", "actor": carla } }),
    ];
    for payload in &forged {
        let secret = [("X-Jira-Webhook-Secret", SECRET.to_owned())];
        assert_eq!(webhook(&world, &id, payload, &secret).await, 202);
    }
    world.quiet().await;
    assert_eq!(approval(&program, &ticket.key).await, "NONE");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_is_said_and_nothing_is_lost() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let ticket = make(&world, "PAY");
    world.jira().world().set_active("erin", false).unwrap();
    assert_eq!(sync_now(&program, &id).await, 503);
    let status = program
        .get(&format!("/v1/integrations/jira/{id}"))
        .await
        .json();
    assert!(
        status["lastError"].is_string() && status["lastSync"].is_null(),
        "{status}"
    );
    world.jira().world().set_active("erin", true).unwrap();
    assert_eq!(sync(&program, &id).await.status, 200);
    assert_eq!(approval(&program, &ticket.key).await, "NONE");
}

async fn sync_now(program: &Program<'_>, id: &str) -> u16 {
    program
        .post(&format!("/v1/integrations/jira/{id}/sync"), &json!({}))
        .await
        .status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_019_a_pattern_narrows_what_is_linked_and_the_fields_what_is_kept() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let path = format!("/v1/integrations/jira/{id}");
    let narrower = json!({ "linkPattern": "(PAY|CARE)-[0-9]{1,3}", "captureFields": ["summary"] });
    let changed = Answer::to(
        program
            .request(reqwest::Method::PATCH, &path)
            .json(&narrower),
    )
    .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let ticket = make(&world, "PAY");
    let message = format!("{} PAY-1234 OPS-1", ticket.key);
    world
        .github(record::entries::PushAs::Commits)
        .await
        .push(0xa1, &message, "main")
        .await;
    world.quiet().await;
    let event = program
        .get("/v1/audit?eventType=CONFIG_CHANGE")
        .await
        .json();
    let links = event["events"][0]["links"].as_array().unwrap().clone();
    let keys: Vec<&Value> = links.iter().map(|link| &link["externalId"]).collect();
    assert_eq!(
        keys,
        [&json!(ticket.key)],
        "neither what the pattern nor what the projects leave out"
    );
    let data = &links[0]["data"];
    assert_eq!(data["summary"], "Pay by card");
    assert!(
        data["status"].is_null() && data["reporter"].is_null() && data["created"].is_string(),
        "{data}"
    );
}
