//! What opens a site without the app: on no disk and in no log as it is, replaced by what is given later, and used on a
//! schedule.

use record::entries::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api_jira::{SECRET, body, connected, sync};
use crate::panel::Answer;
use crate::world::World;

const TOKEN: &str = "sandbox-token-erin";

fn in_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_014_a_token_is_sealed_and_a_new_one_takes_its_place() {
    let (world, site) = connected().await;
    let program = world.program().await;
    let path = format!("/v1/integrations/jira/{site}");
    let query = format!(
        "SELECT {} AS line FROM jira_integrations",
        world.in_hex("secrets")
    );
    let sealed = || world.lines(&query).remove(0);
    let first = sealed();
    world.jira().world().set_active("erin", false).unwrap();
    assert_eq!(sync(&program, &site).await.status, 503);
    let change = |account: &str| {
        let new = json!({ "userEmail": format!("{account}@example.com"),
            "apiToken": format!("sandbox-token-{account}") });
        Answer::to(program.request(Method::PATCH, &path).json(&new))
    };
    assert_eq!(change("erin").await.status, 422);
    assert_eq!(sealed(), first, "what was refused changes nothing");
    let changed = change("carla").await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(sync(&program, &site).await.status, 200);
    let second = sealed();
    assert_ne!(first, second);
    for secret in [TOKEN, "sandbox-token-carla", SECRET, "@example.com"] {
        for sealed in [&first, &second] {
            assert!(!sealed.contains(&in_hex(secret)), "{secret} is not sealed");
        }
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_014_no_token_is_in_the_log() {
    let mut world = World::with_sites(1).await;
    let casework = world.server.as_ref().unwrap().casework();
    let tenant = casework.create_tenant().await.unwrap();
    let key = world.program_of(tenant, Scope::ALL).await.key;
    world.stop().await;
    let server = world.spawn(&[("COUNTERSIGN_LOG", "debug")]).await;
    let url = format!("{}/v1/integrations/jira", world.address());
    let connect = |token: &str| {
        let mut body = body(world.jira());
        body["apiToken"] = json!(token);
        Answer::to(world.http.post(&url).bearer_auth(&key).json(&body))
    };
    assert_eq!(connect("sandbox-token-nobody").await.status, 422);
    let answer = connect(TOKEN).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let hook = answer.json()["webhookUrl"].as_str().unwrap().to_owned();
    for (secret, status) in [(SECRET, 202), ("another-secret-of-ours", 401)] {
        let created = json!({ "webhookEvent": "jira:issue_created", "timestamp": 1,
            "issue": { "id": "10000", "key": "PAY-9999" } });
        let told = world.http.post(&hook).body(created.to_string());
        let told = Answer::to(told.header("X-Jira-Webhook-Secret", secret)).await;
        assert_eq!(told.status, status, "{}", told.body);
    }
    world.quiet().await;
    server.kill();
    let log = world.log();
    assert!(log.contains("/v1/integrations/jira"), "{log}");
    let basic = "Basic ";
    for told in [
        "sandbox-token",
        SECRET,
        "another-secret",
        "erin@",
        &key,
        basic,
    ] {
        let line = log.lines().find(|line| line.contains(told));
        assert_eq!(line, None, "the log holds {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_062_a_site_is_read_on_a_schedule() {
    let mut world = World::without_server(1).await;
    world.start_with(&[("COUNTERSIGN_SYNC_SECONDS", "1")]).await;
    let casework = world.server.as_ref().unwrap().casework();
    casework.create_tenant().await.unwrap();
    let program = world.program().await;
    let connected = world.connect(&body(world.jira())).await;
    for summary in ["Pay by card", "Pay by invoice"] {
        let made = world.make(summary, "");
        let trail = format!("/v1/trail?ticket={}", made.key);
        world
            .until("the schedule to find the ticket", async || {
                program.get(&trail).await.status == 200
            })
            .await;
    }
    let path = format!(
        "/v1/integrations/jira/{}",
        connected["id"].as_str().unwrap()
    );
    let status = program.get(&path).await.json();
    assert!(
        status["lastSync"].is_string() && status["lastError"] == Value::Null,
        "{status}"
    );
}
