//! The pages a person sees, and the control interface that scripts use.

use std::time::Duration;

use sandbox::{Action, Config, Sandbox};
use serde_json::{Value, json};

use crate::tiny_app::{installed, quick};

async fn get(sandbox: &Sandbox, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", sandbox.local_url()))
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

#[actix_web::test]
async fn the_issue_page_embeds_the_panel_as_jira_does() {
    let (sandbox, app) = installed().await;
    let page = get(&sandbox, "/browse/CARE-1?as=carla").await;
    assert!(page.contains("You are Carla Ruiz"));
    assert!(page.contains("Tiny panel"));
    assert!(page.contains(&format!("data-origin=\"{}\"", app.base_url)));
    assert!(page.contains("allow-scripts allow-same-origin"));
    assert!(
        page.contains("allow=\"clipboard-write 'none'\""),
        "the clipboard is not granted"
    );
    for file in [
        "/connect/all.js",
        "/host/host.js",
        "/host/host.css",
        "/host/avatar.svg",
    ] {
        assert!(!get(&sandbox, file).await.is_empty());
    }
}

#[actix_web::test]
async fn a_viewer_sees_only_what_they_may_and_text_is_escaped() {
    let sandbox = quick().await;
    let hostile = sandbox::NewIssue {
        project: "OPS".into(),
        summary: "<script>alert(1)</script>".into(),
        ..sandbox::NewIssue::default()
    };
    sandbox.world().create_issue("ben", hostile).unwrap();
    let page = get(&sandbox, "/?as=dan").await;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert"));
    assert!(!page.contains("CARE-4"), "restricted");
    assert!(get(&sandbox, "/?as=carla").await.contains("CARE-4"));
    assert!(
        get(&sandbox, "/browse/CARE-4?as=dan")
            .await
            .contains("may not be seen")
    );
}

#[actix_web::test]
async fn forms_act_in_the_viewers_name_and_show_a_refusal() {
    let sandbox = quick().await;
    let client = reqwest::Client::new();
    let say = async |who: &str, text: &str| {
        let url = format!("{}/browse/PAY-1/comments?as={who}", sandbox.local_url());
        let form = format!("text={text}");
        let request = client
            .post(url)
            .header("Content-Type", "application/x-www-form-urlencoded");
        request
            .body(form)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    say("alice", "Fine").await;
    assert_eq!(sandbox.world().comments("PAY-1").unwrap().len(), 1);
    assert!(
        say("dan", "Hm")
            .await
            .contains("Not done: the account lacks ADD_COMMENTS")
    );
    assert_eq!(sandbox.world().comments("PAY-1").unwrap().len(), 1);
}

#[actix_web::test]
async fn extra_actions_are_buttons() {
    let action = Action::parse("Verify now=POST http://127.0.0.1:9/verify").unwrap();
    let config = Config {
        actions: vec![action],
        ..Config::default()
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let page = get(&sandbox, "/").await;
    assert!(
        page.contains("Verify now</button>")
            && page.contains("data-post=\"http://127.0.0.1:9/verify\"")
    );
    sandbox.stop().await;
}

#[actix_web::test]
async fn a_script_can_play_a_story_over_http() {
    let (sandbox, app) = installed().await;
    let client = reqwest::Client::new();
    let api = |path: &str| format!("{}/sandbox/api{path}", sandbox.local_url());
    let json = async |request: reqwest::RequestBuilder| -> Value {
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
    };
    let new = json!({ "project": "PAY", "summary": "Pay by invoice", "issueType": "Story" });
    let made = json(client.post(api("/issues?as=ben")).json(&new)).await;
    let key = made["key"].as_str().unwrap();
    let issue = |rest: &str| api(&format!("/issues/{key}{rest}"));
    json(
        client
            .patch(issue("?as=alice"))
            .json(&json!({ "priority": "High" })),
    )
    .await;
    json(
        client
            .post(issue("/transition?as=alice"))
            .json(&json!({ "to": "In Progress" })),
    )
    .await;
    let comment = json(
        client
            .post(issue("/comments?as=carla"))
            .json(&json!({ "text": "ok" })),
    )
    .await;
    let own = issue(&format!("/comments/{}?as=carla", comment["id"]));
    json(client.put(&own).json(&json!({ "text": "approved" }))).await;
    json(client.delete(&own)).await;
    sandbox.wait_idle(Duration::from_secs(5)).await.unwrap();
    let events: Vec<Value> = app
        .seen("/hook")
        .iter()
        .map(|seen| seen.body["webhookEvent"].clone())
        .collect();
    assert_eq!(
        events,
        [
            "jira:issue_created",
            "jira:issue_updated",
            "jira:issue_updated",
            "comment_created",
            "comment_updated",
            "comment_deleted"
        ]
    );
    let token = json(client.get(issue("/context-token?as=carla"))).await;
    assert!(token["token"].is_string());
    let state = json(client.get(api("/state"))).await;
    assert_eq!(
        (&state["app"]["enabled"], &state["pendingDeliveries"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(
        json(client.get(api("/deliveries")))
            .await
            .as_array()
            .unwrap()
            .len(),
        6
    );
    json(
        client
            .post(api("/webhooks/release"))
            .json(&json!({ "order": { "shuffled": 3 } })),
    )
    .await;
    let typo = json!({ "project": "PAY", "summry": "x" });
    assert_eq!(
        client
            .post(api("/issues?as=ben"))
            .json(&typo)
            .send()
            .await
            .unwrap()
            .status(),
        400
    );
}

#[actix_web::test]
async fn who_administers_the_site_makes_its_webhooks_and_nobody_else_does() {
    let (sandbox, app) = installed().await;
    let hook = format!("{}/own-hook", app.base_url);
    let make = async |who: &str, url: &str| {
        let to = format!("{}/admin/webhooks?as={who}", sandbox.local_url());
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let request = client.build().unwrap().post(to);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        let request = request.body(format!("url={url}&secret=a+secret"));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(make("alice", &hook).await, 403);
    assert_eq!(make("erin", "javascript:alert(1)").await, 400);
    assert_eq!(make("erin", &hook).await, 303);
    let page = get(&sandbox, "/admin/webhooks?as=erin").await;
    assert!(page.contains(&hook) && !page.contains("a secret"));
    assert!(
        !get(&sandbox, "/admin/webhooks?as=alice")
            .await
            .contains(&hook)
    );
    sandbox.world().add_comment("ben", "PAY-1", "Fine").unwrap();
    sandbox.wait_idle(Duration::from_secs(10)).await.unwrap();
    let heard = app.seen("/own-hook");
    assert_eq!(heard[0].body["webhookEvent"], "comment_created");
}
