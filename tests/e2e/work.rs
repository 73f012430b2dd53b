//! What happens to a ticket besides edits and decisions: work is logged on it, it is resolved, it moves to another key.
//! Told of by notifications or found by reading, it is recorded once.

use serde_json::{Value, json};

use crate::api_jira::{SECRET, connected, sync};
use crate::api_trail::{governed, only_event, pushed};
use crate::world::World;

fn facts(world: &World, issue: u64, of: &str) -> Vec<String> {
    let facts = world.facts_about(issue).into_iter();
    facts.filter(|fact| fact.starts_with(of)).collect()
}

fn last(world: &World, issue: u64, kind: &str) -> Value {
    let mut entries = world.about(issue).into_iter();
    let last = entries.rfind(|entry| entry.kind == kind).unwrap();
    Value::Object(last.payload)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_071_work_that_is_logged_changed_and_deleted_is_recorded() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", "").await;
    world.jira().duplicate(2);
    let jira = world.jira().world();
    let text = "Read how the provider takes card numbers";
    let logged = jira.log_work("ben", &ticket.key, 3_600, text).unwrap();
    world.quiet().await;
    let said = last(&world, ticket.id, "WORKLOG_RECORDED");
    assert_eq!(
        (&said["worklog"], &said["seconds"], &said["observed"]),
        (&json!(logged.to_string()), &json!(3_600), &json!("READ"))
    );
    jira.change_worklog("ben", &ticket.key, logged, 7_200)
        .unwrap();
    world.quiet().await;
    assert_eq!(
        last(&world, ticket.id, "WORKLOG_RECORDED")["seconds"],
        7_200
    );
    jira.delete_worklog("ben", &ticket.key, logged).unwrap();
    world.quiet().await;
    assert_eq!(
        facts(&world, ticket.id, "WORKLOG"),
        [
            "WORKLOG_RECORDED CREATED",
            "WORKLOG_RECORDED UPDATED",
            "WORKLOG_RECORDED DELETED"
        ]
    );
    let gone = last(&world, ticket.id, "WORKLOG_RECORDED");
    assert_eq!(
        (&gone["observed"], &gone["seconds"]),
        (&json!("WEBHOOK"), &Value::Null)
    );
    let bytes = serde_json::to_string(&world.about(ticket.id)).unwrap();
    assert!(
        !bytes.contains("provider"),
        "what people write stands beside the ledger"
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_is_found_by_reading_and_only_on_projects_that_are_looked_at() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let jira = world.jira().world();
    let [ours, other] = ["PAY", "OPS"].map(|project| {
        let new = sandbox::NewIssue {
            project: project.to_owned(),
            summary: "Pay by card".to_owned(),
            ..sandbox::NewIssue::default()
        };
        jira.create_issue("ben", new).unwrap()
    });
    for ticket in [&ours, &other] {
        jira.log_work("ben", &ticket.key, 60, "").unwrap();
    }
    let told = json!({ "webhookEvent": "worklog_created", "timestamp": 1,
        "worklog": { "id": "1", "issueId": other.id.to_string() } });
    for _ in 0..2 {
        assert_eq!(sync(&program, &id).await.status, 200);
        let url = format!("{}/v1/integrations/jira/webhook/{id}", world.address());
        let told = world.http.post(url).json(&told);
        let told = told.header("X-Jira-Webhook-Secret", SECRET).send().await;
        assert_eq!(told.unwrap().status(), 202);
        world.quiet().await;
    }
    assert_eq!(
        facts(&world, ours.id, "WORKLOG"),
        ["WORKLOG_RECORDED CREATED"]
    );
    assert_eq!(facts(&world, other.id, ""), Vec::<String>::new());
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_070_a_ticket_is_resolved_by_a_resolution_or_by_a_status_of_finished_work() {
    let world = World::installed().await;
    let jira = world.jira().world();
    for (status, through) in [("Done", "RESOLUTION"), ("Closed", "STATUS")] {
        let ticket = world.ticket("Pay by card", "").await;
        jira.transition("ben", &ticket.key, "In Progress").unwrap();
        world.quiet().await;
        assert_eq!(
            facts(&world, ticket.id, "TICKET_RESOLVED"),
            Vec::<String>::new()
        );
        jira.transition("ben", &ticket.key, status).unwrap();
        world.quiet().await;
        let resolved = last(&world, ticket.id, "TICKET_RESOLVED");
        assert_eq!(resolved["through"], through);
        assert!(
            resolved["by"].as_str().unwrap().starts_with("per_"),
            "{resolved}"
        );
        let other = if status == "Done" { "Closed" } else { "Done" };
        jira.transition("ben", &ticket.key, other).unwrap();
        world.quiet().await;
        let known = facts(&world, ticket.id, "TICKET_RESOLVED");
        assert_eq!(
            known.len(),
            if other == "Done" { 2 } else { 1 },
            "{known:?}"
        );
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_091_links_outlive_that_a_ticket_moves_and_the_move_is_recorded() {
    let world = governed().await;
    let (_, program, sha) = pushed(&world).await;
    let decided = world
        .decide("carla", "AI-GOV-142", "APPROVED", "fine")
        .await;
    assert_eq!(decided.approval(), "APPROVED");
    let jira = world.jira().world();
    jira.move_issue("erin", "AI-GOV-142", "PAY").unwrap();
    world.quiet().await;
    let id = jira.issue("AI-GOV-142").unwrap()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let moved = last(&world, id, "TICKET_MOVED");
    let key = moved["ticket"]["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("PAY-"), "{moved}");
    assert_eq!(moved["from"], "AI-GOV-142");
    let stale = facts(&world, id, "APPROVAL_STALE");
    assert_eq!(
        stale,
        ["APPROVAL_STALE MOVED"],
        "other people approve there"
    );
    let event = only_event(&program, "CONFIG_CHANGE").await;
    assert_eq!(
        (
            &event["links"][0]["externalId"],
            &event["links"][0]["revoked"]
        ),
        (&json!("AI-GOV-142"), &json!(false))
    );
    for start in [format!("ticket={key}"), format!("commit={sha}")] {
        let trail = program.get(&format!("/v1/trail?{start}")).await.json();
        assert_eq!(trail["tickets"][0]["key"], json!(key), "{start}");
        let kinds: Vec<&Value> = trail["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| &event["eventType"])
            .collect();
        assert!(
            kinds.contains(&&json!("CONFIG_CHANGE")),
            "{start}: {kinds:?}"
        );
    }
    let entries = world.entries().len();
    jira.transition("ben", &key, "In Progress").unwrap();
    world.quiet().await;
    assert_eq!(
        world.entries().len(),
        entries,
        "the move is recorded once: {:?}",
        world.facts()
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_062_the_first_reading_goes_back_thirty_days() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let jira = world.jira().world();
    let [within, before] = [29, 31].map(|days| {
        let ticket = world.make("Pay by card", "");
        jira.age_issue(&ticket.key, days).unwrap();
        ticket
    });
    assert_eq!(sync(&program, &id).await.status, 200);
    let found = async |key: &str| program.get(&format!("/v1/trail?ticket={key}")).await.status;
    assert_eq!(found(&within.key).await, 200);
    assert_eq!(found(&before.key).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_062_what_notifications_missed_on_a_site_with_the_app_is_read() {
    let mut world = World::without_server(1).await;
    let often = [
        ("COUNTERSIGN_SYNC_SECONDS", "1"),
        ("COUNTERSIGN_APP_SYNC_SECONDS", "1"),
    ];
    world.start_with(&often).await;
    world.install(0).await;
    let program = world.program().await;
    world.jira().set_flow(sandbox::Flow::Drop);
    let lost = world.make("Pay by card", "");
    world
        .until("the ticket to be read", async || {
            let path = format!("/v1/trail?ticket={}", lost.key);
            program.get(&path).await.status == 200
        })
        .await;
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_whose_worklogs_cannot_be_read_is_read_all_the_same() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let ticket = world.make("Pay by card", "");
    world.jira().fault(sandbox::Fault {
        operation: Some("/rest/api/3/issue/{key}/worklog".to_owned()),
        ..sandbox::Fault::everywhere(sandbox::FaultKind::Status {
            status: 404,
            retry_after: None,
        })
    });
    assert_eq!(sync(&program, &id).await.status, 200);
    let path = format!("/v1/trail?ticket={}", ticket.key);
    assert_eq!(program.get(&path).await.status, 200);
}
