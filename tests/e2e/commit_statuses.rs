//! Commits on GitHub say how the gate stands for them: with a token, and by a GitHub App. GitHub is a look-alike.

use record::entries::{Enforcement, ReviewRules};
use sandbox::NewIssue;
use serde_json::{Value, json};

use crate::api::{Program, push, signature};
use crate::github_look_alike::{APP, LookAlike, OF_INSTALLATION, TOKEN, keys};
use crate::panel::Answer;
use crate::world::World;

const MESSAGE: &str = "feat: update decision threshold to 0.72 [AI-GOV-142]";

/// A site with the issue AI-GOV-142, on a server that may call the look-alike.
async fn governed_beside(address: &str) -> World {
    let mut world = World::without_server(1).await;
    world.allow_host(address.trim_start_matches("http://"));
    world.start().await;
    world.install(0).await;
    let jira = world.jira().world();
    jira.create_project("AI-GOV", "AI governance", 141).unwrap();
    let new = NewIssue {
        project: "AI-GOV".to_owned(),
        summary: "Change: Update credit score threshold".to_owned(),
        ..NewIssue::default()
    };
    jira.create_issue("ben", new).unwrap();
    world.quiet().await;
    world
}

async fn deliver(world: &World, registered: &Value, payload: &Value) -> u16 {
    let status = deliver_without_waiting(world, registered, payload).await;
    world.quiet().await;
    status
}

async fn deliver_without_waiting(world: &World, registered: &Value, payload: &Value) -> u16 {
    let body = payload.to_string();
    let secret = registered["secret"].as_str().unwrap();
    let request = world
        .http
        .post(registered["webhookUrl"].as_str().unwrap())
        .header("X-GitHub-Event", "push")
        .header("X-Hub-Signature-256", signature(secret, body.as_bytes()))
        .header("Content-Type", "application/json")
        .body(body);
    Answer::to(request).await.status
}

async fn register(program: &Program<'_>, address: &str, body: &Value) -> Answer {
    let mut whole = body.clone();
    whole["baseUrl"] = json!(address);
    let path = match body.get("installationId") {
        Some(_) => "/v1/integrations/github/install",
        None => "/v1/integrations/github",
    };
    program.post(path, &whole).await
}

/// The push of a commit, as the look-alike's own.
fn pushed(address: &str, sha: &str, message: &str) -> Value {
    let payload = push(sha, message, "main").to_string();
    serde_json::from_str(&payload.replace("https://github.com", address)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_says_on_github_how_the_gate_stands_for_it() {
    let keys = keys();
    let (github, address) = LookAlike::listening(keys.public);
    let world = governed_beside(&address).await;
    let program = world.program().await;
    let app = json!({ "appId": APP, "privateKey": keys.private_pem, "installationId": 77,
        "repositories": ["acme/scoring"] });
    let token = json!({ "accessToken": TOKEN, "repositories": ["acme/scoring"] });
    for (number, way) in [(0xa1, &app), (0xa2, &token)] {
        let registered = register(&program, &address, way).await;
        assert_eq!(registered.status, 201, "{}", registered.body);
        let registered = registered.json();
        let sha = format!("{number:02x}").repeat(20);
        let push = pushed(&address, &sha, MESSAGE);
        assert_eq!(deliver(&world, &registered, &push).await, 202);
        let says = |state: &str, description: &str| {
            assert_eq!(
                github.status(&sha),
                Some((state.to_owned(), description.to_owned()))
            );
        };
        says("failure", "Nobody has approved AI-GOV-142.");
        let decided = world.decide("carla", "AI-GOV-142", "APPROVED", "fine");
        assert_eq!(decided.await.status, 200);
        world.quiet().await;
        says("success", "Nothing keeps it back.");
        let jira = world.jira().world();
        let edit = sandbox::Edit {
            summary: Some(format!("Change: Update the threshold, {number}")),
            ..sandbox::Edit::default()
        };
        jira.edit_issue("ben", "AI-GOV-142", edit).unwrap();
        world.quiet().await;
        says("failure", "AI-GOV-142 changed after it was approved.");
        let decided = world.decide("carla", "AI-GOV-142", "REJECTED", "not so");
        assert_eq!(decided.await.status, 200);
        world.quiet().await;
        says("failure", "AI-GOV-142 was rejected.");
        let decided = world.decide("carla", "AI-GOV-142", "WITHDRAWN", "");
        assert_eq!(decided.await.status, 200);
        let known = program.get("/v1/integrations/github").await.json();
        let known = known["integrations"].as_array().unwrap().clone();
        let id = registered["id"].as_str().unwrap();
        let shown = known.iter().find(|known| known["id"] == id).unwrap();
        assert_eq!(
            shown["access"],
            if number == 0xa1 { "APP" } else { "TOKEN" }
        );
        for secret in [TOKEN, "PRIVATE KEY", OF_INSTALLATION] {
            assert!(!shown.to_string().contains(secret));
        }
        let path = format!("/v1/integrations/github/{id}");
        assert_eq!(program.delete(&path).await.status, 204);
    }
    let bytes = serde_json::to_string(&world.entries()).unwrap();
    for kept_out in [TOKEN, "acme/scoring", OF_INSTALLATION] {
        assert!(!bytes.contains(kept_out), "{kept_out}");
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_link_shows_in_the_status_and_a_revoked_token_where_github_is_listed() {
    let (github, address) = LookAlike::listening(keys().public);
    let world = governed_beside(&address).await;
    let program = world.program().await;
    let token = json!({ "accessToken": TOKEN, "repositories": ["acme/scoring"] });
    let registered = register(&program, &address, &token).await.json();
    let sha = "a1".repeat(20);
    let push = pushed(&address, &sha, MESSAGE);
    assert_eq!(deliver(&world, &registered, &push).await, 202);
    let decided = world.decide("carla", "AI-GOV-142", "APPROVED", "fine");
    assert_eq!(decided.await.status, 200);
    world.quiet().await;
    assert_eq!(github.status(&sha).unwrap().0, "success");
    let event = program
        .get("/v1/audit?eventType=CONFIG_CHANGE")
        .await
        .json();
    let event = &event["events"][0];
    let (id, link) = (
        event["id"].as_str().unwrap(),
        event["links"][0]["id"].as_str().unwrap(),
    );
    let path = format!("/v1/audit/{id}/links/{link}");
    assert!(program.delete(&path).await.status < 300);
    world.quiet().await;
    let (state, why) = github.status(&sha).unwrap();
    assert_eq!(state, "failure");
    assert!(
        why.ends_with("belongs to no issue that Jira shows."),
        "{why}"
    );
    let observing = ReviewRules {
        enforcement: Enforcement::Observe,
        ..ReviewRules::default()
    };
    let push = pushed(&address, &"b2".repeat(20), MESSAGE);
    assert_eq!(deliver(&world, &registered, &push).await, 202);
    let decided = world.decide("carla", "AI-GOV-142", "REJECTED", "not so");
    assert_eq!(decided.await.status, 200);
    world.quiet().await;
    assert_eq!(github.status(&"b2".repeat(20)).unwrap().0, "failure");
    crate::rules::rule(&world, observing).await;
    world.quiet().await;
    let (state, why) = github.status(&"b2".repeat(20)).unwrap();
    assert_eq!(
        (state.as_str(), why.as_str()),
        ("success", "Open all the same: AI-GOV-142 was rejected.")
    );
    github.opens.lock().unwrap().clear();
    let decided = world.decide("carla", "AI-GOV-142", "REJECTED", "not so");
    assert_eq!(decided.await.status, 200);
    world
        .until("the refusal to be shown", async || {
            let known = program.get("/v1/integrations/github").await.json();
            let why = known["integrations"][0]["lastError"].as_str();
            why.is_some_and(|why| why.starts_with("GitHub does not accept the token"))
        })
        .await;
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opens_nothing_is_explained_and_what_is_not_looked_at_is_passed_over() {
    let keys = keys();
    let (_, address) = LookAlike::listening(keys.public);
    let world = governed_beside(&address).await;
    let program = world.program().await;
    let app = json!({ "appId": APP, "privateKey": keys.private_pem, "installationId": 77,
        "repositories": ["acme/scoring"] });
    let with = |name: &str, value: Value| {
        let mut changed = app.clone();
        changed[name] = value;
        changed
    };
    for (body, word) in [
        (
            json!({ "accessToken": "another", "repositories": ["acme/scoring"] }),
            "does not accept",
        ),
        (
            json!({ "accessToken": TOKEN, "repositories": ["acme/other"] }),
            "acme/other: GitHub shows nothing",
        ),
        (json!({ "accessToken": TOKEN }), "Name the repositories"),
        (json!({ "accessToken": "a token" }), "accessToken: "),
        (with("appId", json!("654321")), "does not accept"),
        (with("installationId", json!(78)), "shows nothing"),
        (with("privateKey", json!("-----BEGIN")), "privateKey: "),
    ] {
        let answer = register(&program, &address, &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert!(answer.body.contains(word), "{}", answer.body);
        assert!(
            answer.body.contains("Nothing was registered."),
            "{}",
            answer.body
        );
        assert!(!answer.body.contains(TOKEN));
    }
    let elsewhere = json!({ "accessToken": TOKEN, "repositories": ["acme/scoring"] });
    let answer = register(&program, "http://127.0.0.1:9", &elsewhere).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(
        answer.body.contains("COUNTERSIGN_ALLOWED_HOSTS"),
        "{}",
        answer.body
    );
    assert_eq!(
        register(&program, &address, &json!({ "repositories": ["acme"] }))
            .await
            .status,
        400
    );
    let narrowed = register(
        &program,
        &address,
        &json!({ "repositories": ["acme/other"] }),
    )
    .await;
    assert_eq!(narrowed.status, 201, "{}", narrowed.body);
    let before = world.entries().len();
    let push = pushed(&address, &"a1".repeat(20), MESSAGE);
    assert_eq!(deliver(&world, &narrowed.json(), &push).await, 204);
    assert_eq!(world.entries().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_is_not_taken_is_shown_unless_the_commit_is_gone_and_stops_no_other() {
    let (github, address) = LookAlike::listening(keys().public);
    let world = governed_beside(&address).await;
    let program = world.program().await;
    let token = json!({ "accessToken": TOKEN, "repositories": ["acme/scoring"] });
    let registered = register(&program, &address, &token).await.json();
    let [gone, full, taken] = ["a1", "b2", "c3"].map(|digits| digits.repeat(20));
    github.full.lock().unwrap().push((gone.clone(), false));
    let push = pushed(&address, &gone, MESSAGE);
    assert_eq!(deliver(&world, &registered, &push).await, 202);
    let last_error = async || {
        let known = program.get("/v1/integrations/github").await.json();
        known["integrations"][0]["lastError"].clone()
    };
    assert_eq!(last_error().await, Value::Null, "it was pushed away");
    github.full.lock().unwrap().push((full.clone(), true));
    for sha in [&full, &taken] {
        let push = pushed(&address, sha, MESSAGE);
        deliver_without_waiting(&world, &registered, &push).await;
    }
    world
        .until(
            "the others to be written and the refusal to be shown",
            async || {
                github.status(&taken).is_some() && last_error().await == "GitHub refused with 422"
            },
        )
        .await;
    assert_eq!(github.status(&full), None);
}
