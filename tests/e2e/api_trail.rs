//! From a commit to the tickets it names, to who approved them, to what was deployed, and back. The payloads are of the
//! form that GitHub sends; the examples of the product's source are named after its lines.

use record::entries::PushAs;
use sandbox::NewIssue;
use serde_json::{Value, json};

use crate::api::{GitHub, Program, deployment};
use crate::world::World;

/// A site with the project AI-GOV, whose next issue is AI-GOV-142.
pub(crate) async fn governed() -> World {
    let world = World::installed().await;
    let jira = world.jira().world();
    jira.create_project("AI-GOV", "AI governance", 141).unwrap();
    let new = NewIssue {
        project: "AI-GOV".to_owned(),
        summary: "Change: Update credit score threshold from 0.68 to 0.72".to_owned(),
        description: "Customers pay by credit card.".to_owned(),
        assignee: Some("alice".to_owned()),
        custom: [("customfield_10200".to_owned(), json!({ "value": "HIGH" }))].into(),
        ..NewIssue::default()
    };
    let made = jira.create_issue("ben", new).unwrap();
    assert_eq!(made.key, "AI-GOV-142");
    world.quiet().await;
    world
}

pub(crate) const MESSAGE: &str = "feat: update decision threshold to 0.72 [AI-GOV-142]";

pub(crate) async fn only_event(program: &Program<'_>, kind: &str) -> Value {
    let page = program
        .get(&format!("/v1/audit?eventType={kind}"))
        .await
        .json();
    let events = page["events"].as_array().unwrap().clone();
    assert_eq!(events.len(), 1, "{page}");
    events[0].clone()
}

pub(crate) async fn pushed(world: &World) -> (GitHub<'_>, Program<'_>, String) {
    let (github, program) = (world.github(PushAs::Commits).await, world.program().await);
    let sha = github.push(0xa1, MESSAGE, "main").await;
    world.quiet().await;
    (github, program, sha)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_known_by_how_its_hash_begins_if_no_other_does() {
    let world = governed().await;
    let (_, program, sha) = pushed(&world).await;
    let shown = async |digits: &str| {
        let trail = program.get(&format!("/v1/trail?commit={digits}")).await;
        trail.json()["events"].as_array().unwrap().len()
    };
    for digits in [7, 12, 39, 40] {
        assert_eq!(shown(&sha[..digits]).await, 1, "{digits}");
    }
    assert_eq!(shown("a1a1a1b").await, 0);
    let like = format!("{}{}", &sha[..20], "0".repeat(20));
    let reported = json!({ "eventType": "DEPLOYMENT", "payload": { "commit": { "sha": like } } });
    assert_eq!(program.post("/v1/audit", &reported).await.status, 201);
    assert_eq!(shown(&sha[..20]).await, 0, "two begin so");
    assert_eq!(shown(&sha[..21]).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_118_a_commit_carries_the_ticket_that_it_names() {
    let world = governed().await;
    let (_, program, sha) = pushed(&world).await;
    let event = only_event(&program, "CONFIG_CHANGE").await;
    assert_eq!(event["source"], "GITHUB");
    assert_eq!(event["timestamp"], "2026-03-02T14:22:11.000Z");
    assert_eq!(event["payload"]["commit"]["sha"], json!(sha));
    assert_eq!(event["payload"]["commit"]["message"], MESSAGE);
    let link = &event["links"][0];
    for (name, value) in [
        ("type", json!("JIRA_TICKET")),
        ("externalId", json!("AI-GOV-142")),
        (
            "url",
            json!(format!("{}/browse/AI-GOV-142", world.jira().base_url())),
        ),
        ("foundIn", json!("COMMIT_MESSAGE")),
        ("state", json!("RESOLVED")),
        ("revoked", json!(false)),
    ] {
        assert_eq!(link[name], value, "{name}");
    }
    let data = &link["data"];
    assert_eq!(
        data["summary"],
        "Change: Update credit score threshold from 0.68 to 0.72"
    );
    assert_eq!(
        (&data["assignee"], &data["reporter"]),
        (&json!("Alice Ng"), &json!("Ben Okafor"))
    );
    assert_eq!(data["changeRisk"], "HIGH");
    assert!(
        data["status"].is_string() && data["priority"].is_string() && data["created"].is_string()
    );
    assert_eq!(data["approvals"], json!([]));
    assert!(
        event["severity"] == "HIGH" || event["severity"] == "CRITICAL",
        "{}",
        event["severity"]
    );
    world.check_ledger().await;
    assert_eq!(
        only_event(&program, "CONFIG_CHANGE").await["verified"],
        true
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_096_the_ticket_is_told_of_the_commit_once() {
    let world = governed().await;
    let (github, program, sha) = pushed(&world).await;
    for branch in ["main", "release"] {
        github.push(0xa1, MESSAGE, branch).await;
    }
    world.quiet().await;
    let links = world.jira().world().remote_links("AI-GOV-142").unwrap();
    assert_eq!(links.len(), 1, "{links:?}");
    assert_eq!(
        links[0]["object"]["url"],
        format!("https://github.com/acme/scoring/commit/{sha}")
    );
    assert_eq!(
        links[0]["object"]["title"],
        "Commit a1a1a1a1a1a1 in acme/scoring"
    );
    let event = only_event(&program, "CONFIG_CHANGE").await;
    assert_eq!(event["links"].as_array().unwrap().len(), 1);
    let facts = world.facts();
    assert_eq!(
        facts.iter().filter(|fact| *fact == "LINK_ADDED").count(),
        1,
        "{facts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_104_a_ticket_is_linked_by_hand_and_what_is_said_of_it_approves_nothing() {
    let world = governed().await;
    let program = world.program().await;
    let event = program.report(&json!({ "eventType": "CONFIG_CHANGE", "payload": { "commit": { "sha": "a1b2c3d4" } } })).await;
    let path = format!("/v1/audit/{}/links", event["id"].as_str().unwrap());
    let body = json!({
        "type": "JIRA_TICKET",
        "externalId": "AI-GOV-142",
        "url": "https://your-org.atlassian.net/browse/AI-GOV-142",
        "summary": "Change: Update credit score threshold from 0.68 to 0.72",
        "status": "Done",
        "approver": "compliance-officer@example.com"
    });
    let answer = program.post(&path, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let link = answer.json();
    let mut said = body.clone();
    for not_said in ["type", "externalId"] {
        said.as_object_mut().unwrap().remove(not_said);
    }
    assert_eq!(link["asserted"], said);
    assert_eq!(link["data"]["approvals"], json!([]));
    assert_ne!(link["data"]["status"], "Done", "Jira says another");
    assert_eq!(program.post(&path, &body).await.status, 200);
    assert_eq!(
        program.gate(&["AI-GOV-142"], &[]).await,
        ("CLOSED".into(), vec!["NOT_APPROVED".into()])
    );
    let unknown = json!({ "type": "JIRA_TICKET", "externalId": "AI-GOV-9999" });
    let unresolved = program.post(&path, &unknown).await.json();
    assert_eq!(
        (&unresolved["state"], &unresolved["url"]),
        (&json!("UNRESOLVED"), &Value::Null)
    );
    for wrong in [
        json!({ "type": "LINEAR", "externalId": "AI-1" }),
        json!({ "type": "JIRA_TICKET", "externalId": "ai-1" }),
        json!({ "type": "JIRA_TICKET" }),
        json!({ "externalId": "AI-1" }),
    ] {
        assert_eq!(program.post(&path, &wrong).await.status, 400, "{wrong}");
    }
    let mut much = body.clone();
    much["summary"] = json!("x".repeat(5_000));
    assert_eq!(program.post(&path, &much).await.status, 422);
    let revoke = format!("{path}/{}", link["id"].as_str().unwrap());
    let why = json!({ "reason": "wrong ticket" });
    let revoked = program.request(reqwest::Method::DELETE, &revoke).json(&why);
    let revoked = crate::panel::Answer::to(revoked).await;
    assert_eq!(
        (revoked.status, &revoked.json()["revoked"]),
        (200, &json!(true))
    );
    assert_eq!(
        program.delete(&revoke).await.status,
        404,
        "it was revoked before"
    );
    let links = program.get(&path).await.json();
    assert_eq!(links["links"].as_array().unwrap().len(), 2);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_159_an_approval_reads_as_a_human_review_and_names_what_it_is_linked_with() {
    let world = governed().await;
    let (_, program, _) = pushed(&world).await;
    let words = "Change is within approved governance boundary.";
    assert_eq!(
        world
            .decide("carla", "AI-GOV-142", "APPROVED", words)
            .await
            .status,
        200
    );
    let review = only_event(&program, "HUMAN_REVIEW").await;
    assert_eq!(
        (&review["eventType"], &review["source"]),
        (&json!("HUMAN_REVIEW"), &json!("JIRA"))
    );
    let payload = &review["payload"];
    for (name, value) in [
        ("ticketKey", json!("AI-GOV-142")),
        ("reviewType", json!("CHANGE_APPROVAL")),
        ("decision", json!("APPROVED")),
        ("comment", json!(words)),
    ] {
        assert_eq!(payload[name], value, "{name}");
    }
    assert_eq!(payload["reviewer"]["displayName"], "Carla Ruiz");
    assert_eq!(payload["reviewer"]["role"], "Approvers");
    let commit = only_event(&program, "CONFIG_CHANGE").await;
    let linked = payload["linkedAuditEvents"].as_array().unwrap();
    assert!(linked.contains(&commit["id"]), "{payload}");
    let approvals = &commit["links"][0]["data"]["approvals"];
    assert_eq!(approvals[0]["approver"], "Carla Ruiz");
    assert_eq!(approvals[0]["approvedAt"], payload["reviewedAt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_081_an_approval_that_came_before_the_commit_names_it_later() {
    let world = governed().await;
    let decided = world.decide("carla", "AI-GOV-142", "APPROVED", "fine");
    assert_eq!(decided.await.status, 200);
    let program = world.program().await;
    let before = only_event(&program, "HUMAN_REVIEW").await;
    let linked = |review: &Value| {
        review["payload"]["linkedAuditEvents"]
            .as_array()
            .unwrap()
            .clone()
    };
    let (_, program, _) = pushed(&world).await;
    let after = only_event(&program, "HUMAN_REVIEW").await;
    let commit = only_event(&program, "CONFIG_CHANGE").await;
    assert!(!linked(&before).contains(&commit["id"]));
    assert_eq!(linked(&after).len(), linked(&before).len() + 1);
    assert!(linked(&after).contains(&commit["id"]), "{after}");
    assert_eq!(after["blockHash"], before["blockHash"], "it is not edited");
    assert_eq!(
        commit["links"][0]["data"]["approvals"][0]["approver"],
        "Carla Ruiz"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_005_the_trail_is_walked_both_ways_in_one_call() {
    let world = governed().await;
    let (github, program, sha) = pushed(&world).await;
    world
        .decide("carla", "AI-GOV-142", "APPROVED", "fine")
        .await;
    assert_eq!(
        github
            .deliver("deployment", &deployment(145_988_746, &sha))
            .await
            .status,
        202
    );
    let model = json!({ "eventType": "DEPLOYMENT", "modelId": "credit-scoring-v3.2",
        "payload": { "environment": "production", "commit": { "sha": sha } } });
    program.report(&model).await;
    github
        .push(0xb2, "chore: nothing to do with it", "main")
        .await;
    world.quiet().await;
    let deployed = program
        .get("/v1/audit?eventType=DEPLOYMENT&source=GITHUB")
        .await
        .json();
    let deployed = deployed["events"][0]["id"].as_str().unwrap().to_owned();
    for start in [
        format!("event={deployed}"),
        format!("commit={sha}"),
        "modelId=credit-scoring-v3.2".to_owned(),
        "ticket=AI-GOV-142".to_owned(),
    ] {
        let trail = program.get(&format!("/v1/trail?{start}")).await;
        assert_eq!(trail.status, 200, "{start}: {}", trail.body);
        let trail = trail.json();
        let kinds: Vec<&str> = trail["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["eventType"].as_str().unwrap())
            .collect();
        assert_eq!(
            kinds,
            ["CONFIG_CHANGE", "HUMAN_REVIEW", "DEPLOYMENT", "DEPLOYMENT"],
            "{start}"
        );
        let ticket = &trail["tickets"][0];
        assert_eq!(
            (&ticket["key"], &ticket["approval"]),
            (&json!("AI-GOV-142"), &json!("APPROVED")),
            "{start}"
        );
        let decision = &ticket["decisions"][0];
        assert_eq!(decision["reviewer"], "Carla Ruiz", "{start}");
        assert_eq!(
            (&decision["role"], &decision["roleSource"]),
            (&json!("Approvers"), &json!("PROJECT_ROLE"))
        );
    }
    for query in [
        "",
        "?event=x",
        "?ticket=AI-GOV-142&commit=a1b2c3d4",
        "?other=1",
    ] {
        assert_eq!(
            program.get(&format!("/v1/trail{query}")).await.status,
            400,
            "{query}"
        );
    }
    assert_eq!(program.get("/v1/trail?ticket=AI-GOV-9").await.status, 404);
    world.check_ledger().await;
}
