//! What is linked and what is not, what a link tells, and the gate that asks for it.

use record::entries::PushAs;
use sandbox::NewIssue;
use serde_json::{Value, json};

use crate::api_trail::{governed, only_event, pushed};

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_opens_for_commits_whose_tickets_are_approved() {
    let world = governed().await;
    let (github, program, sha) = pushed(&world).await;
    let closed = |codes: &[&str]| {
        (
            "CLOSED".to_owned(),
            codes
                .iter()
                .map(|code| (*code).to_owned())
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(program.gate(&[], &[&sha]).await, closed(&["NOT_APPROVED"]));
    world
        .decide("carla", "AI-GOV-142", "APPROVED", "fine")
        .await;
    assert_eq!(
        program.gate(&[], &[&sha]).await,
        ("OPEN".to_owned(), vec![])
    );
    assert_eq!(program.gate(&["AI-GOV-142"], &[]).await.0, "OPEN");
    let stray = github.push(0xb2, "chore: no ticket", "main").await;
    world.quiet().await;
    assert_eq!(
        program.gate(&[], &[&sha, &stray]).await,
        closed(&["COMMIT_WITHOUT_TICKET"])
    );
    assert_eq!(
        program.gate(&[], &["cc".repeat(20).as_str()]).await,
        closed(&["COMMIT_UNKNOWN"])
    );
    assert_eq!(
        program.gate(&["AI-GOV-7"], &[]).await,
        closed(&["TICKET_UNKNOWN"])
    );
    assert_eq!(program.gate(&[], &[]).await, closed(&["NOTHING_ASKED"]));
    let edit = sandbox::Edit {
        summary: Some("Another threshold".to_owned()),
        ..sandbox::Edit::default()
    };
    world
        .jira()
        .world()
        .edit_issue("ben", "AI-GOV-142", edit)
        .unwrap();
    world.quiet().await;
    assert_eq!(
        program.gate(&[], &[&sha]).await,
        closed(&["APPROVAL_STALE"])
    );
    world
        .jira()
        .world()
        .delete_issue("erin", "AI-GOV-142")
        .unwrap();
    world.quiet().await;
    assert_eq!(
        program.gate(&[], &[&sha]).await,
        closed(&["TICKET_DELETED"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_ticket_that_a_security_level_hides_nothing_is_told() {
    let world = governed().await;
    let new = NewIssue {
        project: "AI-GOV".to_owned(),
        summary: "An acquisition that nobody may know of".to_owned(),
        restricted: true,
        assignee: Some("alice".to_owned()),
        ..NewIssue::default()
    };
    let hidden = world.jira().world().create_issue("erin", new).unwrap();
    world.quiet().await;
    let words = "/approve SECRETAPPROVAL because of Foo Corp";
    world
        .jira()
        .world()
        .add_comment("carla", &hidden.key, words)
        .unwrap();
    let (github, program) = (world.github(PushAs::Commits).await, world.program().await);
    github
        .push(0xc3, &format!("{}: prepare", hidden.key), "main")
        .await;
    world.quiet().await;
    let event = program.get("/v1/audit?eventType=CONFIG_CHANGE").await;
    let link = &event.json()["events"][0]["links"][0];
    assert_eq!(
        (&link["externalId"], &link["state"]),
        (&json!(hidden.key), &json!("RESOLVED"))
    );
    let all = program.get("/v1/audit?limit=100").await;
    let trail = program
        .get(&format!("/v1/trail?ticket={}", hidden.key))
        .await;
    for answer in [&event, &all, &trail] {
        assert_eq!(answer.status, 200);
        assert!(
            ["acquisition", "Alice Ng", "SECRETAPPROVAL"]
                .iter()
                .all(|told| !answer.body.contains(told)),
            "{}",
            answer.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_other_projects_and_parts_of_keys_are_not_linked() {
    let world = governed().await;
    let (github, program) = (world.github(PushAs::Commits).await, world.program().await);
    github
        .push(
            0xd4,
            "UTF-8, XAI-GOV-142, GOV-142 and AI-GOV-9999",
            "ops-1-build",
        )
        .await;
    world.quiet().await;
    let event = only_event(&program, "CONFIG_CHANGE").await;
    let links = event["links"].as_array().unwrap();
    let told: Vec<(&str, &str, &str)> = links
        .iter()
        .map(|link| {
            let text = |name: &str| link[name].as_str().unwrap();
            (text("externalId"), text("state"), text("foundIn"))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("AI-GOV-9999", "UNRESOLVED", "COMMIT_MESSAGE"),
            ("OPS-1", "RESOLVED", "BRANCH")
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_jira_does_not_let_us_write_stops_nothing() {
    let world = governed().await;
    let app = world.jira().app_account().unwrap();
    let edit = sandbox::Permission::EditIssues;
    world
        .jira()
        .world()
        .set_permission(app.as_str(), "AI-GOV", edit, false)
        .unwrap();
    let link = sandbox::Permission::ALL;
    for permission in link {
        if permission != sandbox::Permission::BrowseProjects {
            world
                .jira()
                .world()
                .set_permission(app.as_str(), "AI-GOV", permission, false)
                .unwrap();
        }
    }
    let (_, program, _) = pushed(&world).await;
    let event = only_event(&program, "CONFIG_CHANGE").await;
    assert_eq!(event["links"][0]["state"], "RESOLVED");
    let why = event["links"][0]["notOnTicket"].as_str().unwrap();
    assert!(why.starts_with("Not written on the issue: "), "{why}");
    assert_eq!(
        world.jira().world().remote_links("AI-GOV-142").unwrap(),
        Vec::<Value>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_is_gone_beside_links_and_what_stands_beside_an_event_can_go_too() {
    let world = governed().await;
    let (_, program, _) = pushed(&world).await;
    let casework = world.server.as_ref().unwrap().casework();
    let link = world
        .entries()
        .into_iter()
        .find(|entry| entry.kind == "LINK_ADDED")
        .unwrap();
    let assignee = link.payload["assignee"].as_str().unwrap().parse().unwrap();
    let reason = record::entries::ErasedReason::Request;
    casework
        .erase_person(&program.tenant, assignee, reason)
        .await
        .unwrap();
    let event = only_event(&program, "CONFIG_CHANGE").await;
    let data = &event["links"][0]["data"];
    assert_eq!(
        (&data["assignee"], &data["reporter"]),
        (&Value::Null, &json!("Ben Okafor"))
    );
    assert!(data["summary"].is_string());
    let id = event["id"].as_str().unwrap().parse().unwrap();
    let gone = casework
        .erase_beside(&program.tenant, id, reason)
        .await
        .unwrap();
    assert!(gone.unwrap() >= 1);
    let event = only_event(&program, "CONFIG_CHANGE").await;
    assert_eq!(
        (&event["payload"], &event["actor"]["asserted"]),
        (&Value::Null, &Value::Null)
    );
    let all = program.get("/v1/audit?limit=100").await;
    assert!(
        !all.body.contains("jane.smith") && !all.body.contains("Alice Ng"),
        "{}",
        all.body
    );
    let nobody = "evt_01K9ABCDEFGHJKMNPQRSTVWX02".parse().unwrap();
    assert_eq!(
        casework
            .erase_beside(&program.tenant, nobody, reason)
            .await
            .unwrap(),
        None
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_023_the_change_risk_that_a_site_states_raises_the_event() {
    let world = governed().await;
    let (github, program) = (world.github(PushAs::Commits).await, world.program().await);
    let mut seen = Vec::new();
    for (number, risk) in [(1, "LOW"), (2, "MEDIUM"), (3, "HIGH")] {
        let new = NewIssue {
            project: "AI-GOV".to_owned(),
            summary: "Water the plants on the second floor".to_owned(),
            custom: [("customfield_10200".to_owned(), json!({ "value": risk }))].into(),
            ..NewIssue::default()
        };
        let made = world.jira().world().create_issue("ben", new).unwrap();
        world.quiet().await;
        github
            .push(number, &format!("{}: rename", made.key), "main")
            .await;
        world.quiet().await;
        let page = program
            .get("/v1/audit?eventType=CONFIG_CHANGE&limit=1")
            .await
            .json();
        seen.push(page["events"][0]["severity"].clone());
    }
    assert_eq!(seen, ["LOW", "MEDIUM", "HIGH"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_081_a_pull_request_is_linked_by_its_title_its_description_and_its_branch() {
    let world = governed().await;
    let program = world.program().await;
    let registered = program.post("/v1/integrations/github", &json!({})).await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let registered = registered.json();
    assert_eq!(registered["warnings"], json!([]));
    let again = program.post("/v1/integrations/github", &json!({})).await;
    let warned = again.json()["warnings"][0].to_string();
    assert!(
        warned.contains(registered["id"].as_str().unwrap()),
        "{warned}"
    );
    let by = world
        .entries()
        .into_iter()
        .rfind(|it| it.kind == "CODE_HOST_CHANGED");
    assert_eq!(by.unwrap().actor.kind, ledger::ActorKind::ApiKey);
    let github = crate::api::GitHub {
        world: &world,
        host: registered["id"].as_str().unwrap().parse().unwrap(),
        secret: registered["secret"].as_str().unwrap().to_owned(),
    };
    let sha = "a1".repeat(20);
    let pull = json!({ "id": 279_147_437, "number": 7, "title": "AI-GOV-142: raise the threshold",
        "body": "Needs PAY-1 first", "state": "open", "draft": false, "merged": false, "merge_commit_sha": null,
        "html_url": "https://github.com/acme/scoring/pull/7", "user": { "login": "jsmith", "id": 1 },
        "created_at": "2026-03-02T14:00:00Z", "updated_at": "2026-03-02T14:00:00Z",
        "head": { "ref": "ops-1-threshold", "sha": sha }, "base": { "ref": "main", "sha": "b2".repeat(20) } });
    let opened = json!({ "action": "opened", "number": 7, "pull_request": pull,
        "repository": crate::api::repository(), "sender": { "login": "jsmith", "id": 1 } });
    let answer = github.deliver("pull_request", &opened).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    world.quiet().await;
    let event = only_event(&program, "PULL_REQUEST_CHANGED").await;
    let links = event["links"].as_array().unwrap();
    let mut found: Vec<(&str, &str)> = links
        .iter()
        .map(|link| {
            (
                link["externalId"].as_str().unwrap(),
                link["foundIn"].as_str().unwrap(),
            )
        })
        .collect();
    found.sort_unstable();
    let expected = [
        ("AI-GOV-142", "PULL_REQUEST_TITLE"),
        ("OPS-1", "BRANCH"),
        ("PAY-1", "PULL_REQUEST_DESCRIPTION"),
    ];
    assert_eq!(found, expected);
    let told = world.jira().world().remote_links("AI-GOV-142").unwrap();
    assert_eq!(
        told[0]["object"]["title"],
        "Pull request #7 in acme/scoring"
    );
}

/// What is not known to the end keeps the gate shut.
#[tokio::test(flavor = "multi_thread")]
async fn the_gate_stays_shut_where_something_is_not_known() {
    let world = governed().await;
    let (github, program) = (world.github(PushAs::Commits).await, world.program().await);
    world
        .decide("carla", "AI-GOV-142", "APPROVED", "fine")
        .await;
    let closed = async |sha: &str, code: &str| {
        let (state, codes) = program.gate(&[], &[sha]).await;
        assert!(
            state == "CLOSED" && codes.contains(&code.to_owned()),
            "{code}: {state} {codes:?}"
        );
    };
    let named = github.push(1, "AI-GOV-142 and AI-GOV-9999", "main").await;
    let many: String = (1_000..1_050).map(|n| format!("PAY-{n} ")).collect();
    let flooded = github.push(2, &format!("AI-GOV-142 {many}"), "main").await;
    world.quiet().await;
    closed(&named, "TICKET_UNRESOLVED").await;
    closed(&flooded, "TICKET_UNRESOLVED").await;
    let never_pushed = "cd".repeat(20);
    let reported = json!({ "eventType": "CONFIG_CHANGE",
        "payload": { "commit": { "sha": never_pushed, "message": "AI-GOV-142" } } });
    program.report(&reported).await;
    world.quiet().await;
    closed(&never_pushed, "COMMIT_UNKNOWN").await;
    let short = program
        .post("/v1/gate", &json!({ "commits": ["cdcdcdcd"] }))
        .await;
    assert_eq!(short.status, 422, "{}", short.body);
    world.jira().set_flow(sandbox::Flow::Hold);
    let good = github.push(3, "AI-GOV-142: only this", "main").await;
    world.jira().set_flow(sandbox::Flow::default());
    world.quiet().await;
    assert_eq!(program.gate(&[], &[&good]).await.0, "OPEN");
    world.jira().uninstall().await.unwrap();
    closed(&good, "SITE_GONE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_revoked_can_be_made_again_by_hand() {
    let world = governed().await;
    let (github, program, _) = pushed(&world).await;
    let event = only_event(&program, "CONFIG_CHANGE").await;
    let path = format!("/v1/audit/{}/links", event["id"].as_str().unwrap());
    let body = json!({ "type": "JIRA_TICKET", "externalId": "AI-GOV-142" });
    for _ in 0..2 {
        let links = program.get(&path).await.json();
        let holding = links["links"]
            .as_array()
            .unwrap()
            .iter()
            .find(|link| link["revoked"] == false);
        let id = holding.unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(program.delete(&format!("{path}/{id}")).await.status, 200);
        github.push(0xa1, "again [AI-GOV-142]", "main").await;
        world.quiet().await;
        let made = program.post(&path, &body).await;
        assert_eq!(
            (made.status, &made.json()["revoked"]),
            (201, &json!(false)),
            "{}",
            made.body
        );
        assert_eq!(program.post(&path, &body).await.status, 200);
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_leads_nowhere_but_to_a_code_host_that_is_registered() {
    let world = governed().await;
    world.github(PushAs::Commits).await;
    let program = world.program().await;
    let phishing = json!({ "eventType": "CONFIG_CHANGE", "payload": { "url": "https://evil.example/login",
        "commit": { "sha": "\u{202e}gnp.exe<b>", "message": "AI-GOV-142", "url": "https://evil.example/login" },
        "repository": { "fullName": "acme/app - SESSION EXPIRED, sign in again" } } });
    program.report(&phishing).await;
    world.quiet().await;
    assert_eq!(
        world.jira().world().remote_links("AI-GOV-142").unwrap(),
        Vec::<Value>::new()
    );
}
