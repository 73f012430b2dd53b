//! What of a ticket is kept beside a link: the fields that the site's connection names, custom ones among them.

use record::entries::PushAs;
use reqwest::Method;
use sandbox::NewIssue;
use serde_json::{Value, json};

use crate::api_jira::connected;
use crate::api_trail::only_event;
use crate::panel::Answer;
use crate::world::World;

/// A ticket that was done, and its only link's data once a commit named it.
async fn linked(world: &World) -> Value {
    let custom = [
        ("customfield_10016", json!(5)),
        ("customfield_10200", json!({ "value": "HIGH" })),
        ("customfield_10201", json!("Checked against last year")),
    ];
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Pay by card".to_owned(),
        custom: custom
            .map(|(field, value)| (field.to_owned(), value))
            .into(),
        ..NewIssue::default()
    };
    let made = world.jira().world().create_issue("ben", new).unwrap();
    let done = world.jira().world().transition("ben", &made.key, "Done");
    done.unwrap();
    let github = world.github(PushAs::Commits).await;
    github
        .push(0xa1, &format!("{}: tokens", made.key), "main")
        .await;
    world.quiet().await;
    let program = world.program().await;
    let event = only_event(&program, "CONFIG_CHANGE").await;
    event["links"][0].clone()
}

async fn change(world: &World, site: &str, body: &Value) -> Value {
    let path = format!("/v1/integrations/jira/{site}");
    let program = world.program().await;
    let answer = Answer::to(program.request(Method::PATCH, &path).json(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_057_custom_fields_that_are_named_are_kept_with_the_ticket() {
    let (world, site) = connected().await;
    let fields = ["summary", "resolution", "customfield_10016", "story"];
    let changed = change(&world, &site, &json!({ "captureFields": fields })).await;
    let warnings = changed["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{changed}");
    assert!(warnings[0].as_str().unwrap().contains("no field story;"));
    let link = linked(&world).await;
    let data = link["data"].as_object().unwrap();
    for (name, value) in [
        ("summary", json!("Pay by card")),
        ("customFields", json!({ "customfield_10016": "5" })),
        ("changeRisk", json!("HIGH")),
        ("riskAssessment", json!("Checked against last year")),
    ] {
        assert_eq!(data[name], value, "{name}");
    }
    for (name, time) in [
        ("created", &data["created"]),
        ("resolved", &data["resolved"]),
        ("fetchedAt", &link["fetchedAt"]),
    ] {
        let time = casework::in_utc(time.as_str().unwrap_or_default());
        assert!(time.is_some(), "{name}: {link}");
    }
    assert!(data["resolution"].is_string());
    for absent in ["status", "priority", "assignee", "reporter"] {
        assert!(data.get(absent).is_none_or(Value::is_null), "{absent}");
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_192_which_field_says_how_risky_a_change_is_can_be_named() {
    let (world, site) = connected().await;
    let named = json!({ "changeRiskField": "customfield_10016", "captureFields": [] });
    let changed = change(&world, &site, &named).await;
    assert_eq!(changed["warnings"], json!([]));
    let link = linked(&world).await;
    assert_eq!(link["data"]["changeRisk"], "5");
    let gone = json!({ "riskAssessmentField": "customfield_99999" });
    let changed = change(&world, &site, &gone).await;
    let warning = changed["warnings"][0].as_str().unwrap().to_owned();
    assert!(warning.starts_with("riskAssessmentField: this site has no field customfield_99999;"));
}
