//! Webhooks as the app receives them: signature, headers, shapes, retries, and the knobs.

use std::collections::BTreeSet;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use sandbox::{DeliveryState, Edit, Flow, NewIssue, ReleaseOrder, Sandbox};
use serde_json::{Value, json};

use crate::tiny_app::{call, installed};

async fn idle(sandbox: &Sandbox) {
    sandbox.wait_idle(Duration::from_secs(10)).await.unwrap();
}

fn edit(summary: &str) -> Edit {
    Edit {
        summary: Some(summary.to_owned()),
        ..Edit::default()
    }
}

#[actix_web::test]
async fn an_edit_reaches_the_app_signed_and_with_its_changelog() {
    let (sandbox, app) = installed().await;
    let change = sandbox
        .world()
        .edit_issue("ben", "PAY-1", edit("Add card payment"))
        .unwrap();
    idle(&sandbox).await;
    let seen = app.seen("/hook").remove(0);
    let secret = sandbox.shared_secret().unwrap();
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[sandbox.client_key().unwrap()]);
    let key = DecodingKey::from_secret(secret.as_bytes());
    let token = decode::<Value>(&seen.token, &key, &rules).unwrap();
    assert_eq!(
        token.claims["qsh"],
        sandbox.call_claims("POST", "/hook").unwrap()["qsh"]
    );
    assert_eq!((seen.retry.as_str(), seen.flow.as_str()), ("0", "Primary"));
    assert_eq!(seen.body["webhookEvent"], "jira:issue_updated");
    assert_eq!(seen.body["issue_event_type_name"], "issue_updated");
    assert_eq!(seen.body["changelog"]["id"], change.unwrap().to_string());
    let item = &seen.body["changelog"]["items"][0];
    assert_eq!(item["fieldId"], "summary");
    assert_eq!(
        item["fromString"],
        "Add credit card payment to checkout flow"
    );
    assert_eq!(item["toString"], "Add card payment");
    assert!(seen.body["issue"]["fields"]["description"].is_string());
}

#[actix_web::test]
async fn bodies_have_what_captured_ones_have() {
    let dir = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/vectors/jira-webhooks"
    );
    if !std::path::Path::new(dir).exists() {
        println!("SKIPPED: jira-webhooks");
        assert!(
            std::env::var_os("CI").is_none(),
            "the vectors are required here"
        );
        return;
    }
    let (sandbox, app) = installed().await;
    let world = sandbox.world();
    let new = NewIssue {
        project: "OPS".into(),
        summary: "New".into(),
        ..NewIssue::default()
    };
    let made = world.create_issue("ben", new).unwrap().key;
    let comment = world.add_comment("alice", &made, "Looks good").unwrap();
    world.transition("alice", &made, "Done").unwrap();
    world.delete_comment("alice", &made, comment).unwrap();
    let logged = world.log_work("ben", &made, 3_600, "Read it").unwrap();
    world.change_worklog("ben", &made, logged, 7_200).unwrap();
    world.delete_worklog("ben", &made, logged).unwrap();
    world.delete_issue("erin", &made).unwrap();
    idle(&sandbox).await;
    let seen = app.seen("/hook");
    let pairs = [
        "cloud-issue-created",
        "cloud-comment-created",
        "cloud-transition-resolved",
        "cloud-comment-deleted",
        "cloud-worklog-created",
        "cloud-worklog-updated",
        "cloud-worklog-deleted",
        "cloud-issue-deleted",
    ];
    for (sent, name) in seen.iter().zip(pairs) {
        let text = std::fs::read_to_string(format!("{dir}/{name}.json")).unwrap();
        let captured: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            sent.body["webhookEvent"], captured["webhookEvent"],
            "{name}"
        );
        assert_same_kinds(&captured, &sent.body, name);
    }
    println!("{} captured webhook bodies compared", pairs.len());
    assert_eq!(seen.len(), pairs.len());
    assert!(seen[1].body["comment"]["body"] == "Looks good");
    assert!(seen[1].body.get("user").is_none() && seen[1].body.get("changelog").is_none());
}

/// Every member of a captured body is there and of the same kind, but for what the sandbox does not model.
fn assert_same_kinds(captured: &Value, sent: &Value, at: &str) {
    const NOT_MODELLED: [&str; 14] = [
        "name",
        "key",
        "emailAddress",
        "avatarId",
        "aggregatetimespent",
        "aggregatetimeestimate",
        "aggregatetimeoriginalestimate",
        "aggregateprogress",
        "timeoriginalestimate",
        "timetracking",
        "worklog",
        "comment",
        "iconUrl",
        "description",
    ];
    match (captured, sent) {
        (Value::Object(captured), Value::Object(sent)) => {
            for (name, value) in captured {
                let skip = NOT_MODELLED.contains(&name.as_str()) && !sent.contains_key(name);
                if skip || name.starts_with("customfield_") {
                    continue;
                }
                let member = sent
                    .get(name)
                    .unwrap_or_else(|| panic!("{at}.{name} is missing"));
                assert_same_kinds(value, member, &format!("{at}.{name}"));
            }
        }
        (Value::Array(captured), Value::Array(sent)) => {
            if let (Some(captured), Some(sent)) = (captured.first(), sent.first()) {
                assert_same_kinds(captured, sent, &format!("{at}[0]"));
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        _ => assert_eq!(
            std::mem::discriminant(captured),
            std::mem::discriminant(sent),
            "{at} is of another kind"
        ),
    }
}

#[actix_web::test]
async fn server_faults_are_tried_again_with_the_same_identifier() {
    let (sandbox, app) = installed().await;
    app.answer(&[503, 429]);
    sandbox
        .world()
        .add_comment("alice", "PAY-1", "Hello")
        .unwrap();
    idle(&sandbox).await;
    let seen = app.seen("/hook");
    let retries: Vec<&str> = seen.iter().map(|seen| seen.retry.as_str()).collect();
    assert_eq!(retries, ["0", "1", "2"]);
    let identifiers: BTreeSet<&String> = seen.iter().map(|seen| &seen.identifier).collect();
    assert_eq!(identifiers.len(), 1);
    let delivery = sandbox.deliveries().remove(0);
    assert_eq!(delivery.attempts, [Some(503), Some(429), Some(204)]);
    assert_eq!(delivery.state, DeliveryState::Delivered);
}

#[actix_web::test]
async fn an_event_is_given_up_after_five_retries_and_lost_at_once_on_a_refusal() {
    let (sandbox, app) = installed().await;
    app.answer(&[500; 6]);
    sandbox
        .world()
        .add_comment("alice", "PAY-1", "One")
        .unwrap();
    idle(&sandbox).await;
    app.answer(&[401]);
    sandbox
        .world()
        .add_comment("alice", "PAY-1", "Two")
        .unwrap();
    idle(&sandbox).await;
    let log = sandbox.deliveries();
    assert_eq!(
        (log[0].state, log[0].attempts.len()),
        (DeliveryState::GivenUp, 6)
    );
    assert_eq!(
        (log[1].state, log[1].attempts.len()),
        (DeliveryState::Refused, 1)
    );
}

#[actix_web::test]
async fn deliveries_can_be_held_reversed_duplicated_and_dropped() {
    let (sandbox, app) = installed().await;
    sandbox.set_flow(Flow::Hold);
    for text in ["1", "2", "3"] {
        sandbox.world().add_comment("alice", "PAY-1", text).unwrap();
    }
    idle(&sandbox).await;
    assert!(app.seen("/hook").is_empty());
    assert_eq!(sandbox.release(ReleaseOrder::Reversed), 3);
    idle(&sandbox).await;
    let texts: Vec<Value> = app
        .seen("/hook")
        .iter()
        .map(|seen| seen.body["comment"]["body"].clone())
        .collect();
    assert_eq!(texts, ["3", "2", "1"]);

    sandbox.set_flow(Flow::Drop);
    sandbox
        .world()
        .add_comment("alice", "PAY-1", "lost")
        .unwrap();
    sandbox.set_flow(Flow::Deliver);
    sandbox.duplicate(2);
    sandbox
        .world()
        .add_comment("alice", "PAY-1", "thrice")
        .unwrap();
    idle(&sandbox).await;
    let seen = app.seen("/hook");
    assert_eq!(seen.len(), 6);
    assert!(
        seen[3..]
            .iter()
            .all(|copy| copy.identifier == seen[3].identifier)
    );
}

#[actix_web::test]
async fn a_webhook_with_a_filter_hears_only_of_matching_issues() {
    let (sandbox, app) = installed().await;
    app.describe(|descriptor| {
        descriptor["modules"]["webhooks"] = json!([
            { "event": "jira:issue_updated", "url": "/hook", "filter": "project = CARE" }
        ]);
    });
    sandbox.rotate_secret().await.unwrap();
    sandbox
        .world()
        .edit_issue("ben", "PAY-1", edit("a"))
        .unwrap();
    sandbox
        .world()
        .edit_issue("ben", "CARE-1", edit("b"))
        .unwrap();
    idle(&sandbox).await;
    let keys: Vec<Value> = app
        .seen("/hook")
        .iter()
        .map(|seen| seen.body["issue"]["key"].clone())
        .collect();
    assert_eq!(keys, ["CARE-1"]);
}

#[actix_web::test]
async fn what_the_app_writes_is_announced_too_and_a_disabled_app_hears_nothing() {
    let (sandbox, app) = installed().await;
    let body = json!({ "body": { "type": "doc", "version": 1, "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": "By the app" }] }] } });
    let path = "/rest/api/3/issue/PAY-1/comment";
    assert_eq!(call(&sandbox, "POST", path, Some(body)).await.0, 201);
    idle(&sandbox).await;
    let author = &app.seen("/hook")[0].body["comment"]["author"];
    assert_eq!(author["accountType"], "app");
    assert_eq!(author["accountId"], sandbox.app_account().unwrap().as_str());
    sandbox.set_enabled(false).await.unwrap();
    sandbox
        .world()
        .add_comment("alice", "PAY-1", "Unheard")
        .unwrap();
    idle(&sandbox).await;
    assert_eq!(app.seen("/hook").len(), 1);
}
