//! `countersign`, the real program, against the real server: what a pipeline is told.

use std::process::Output;

use record::entries::PushAs;

use crate::api_trail::governed;
use crate::world::World;

pub(crate) fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_asks_the_gate_and_a_person_follows_the_trail() {
    let world = governed().await;
    let (github, program) = (world.github(PushAs::Commits).await, world.program().await);
    let sha = github
        .push(0xa1, "feat: update threshold [AI-GOV-142]", "main")
        .await;
    world.quiet().await;
    let ask = |words: &[&str]| program.runs(words);
    let closed = ask(&["gate", "--commit", &sha]);
    assert_eq!(closed.status.code(), Some(20), "{}", said(&closed));
    assert!(
        said(&closed).contains("Nobody has approved AI-GOV-142."),
        "{}",
        said(&closed)
    );
    world
        .decide("carla", "AI-GOV-142", "APPROVED", "fine")
        .await;
    let open = ask(&["gate", "AI-GOV-142", "--commit", &sha]);
    assert_eq!(open.status.code(), Some(0), "{}", said(&open));
    for what in ["AI-GOV-142", sha.as_str()] {
        let shown = ask(&["show", what]);
        assert_eq!(shown.status.code(), Some(0), "{}", said(&shown));
        for told in ["AI-GOV-142", "Carla Ruiz", "Approvers", "update threshold"] {
            assert!(said(&shown).contains(told), "{told}: {}", said(&shown));
        }
    }
    let listed = ask(&["log", "--type", "CONFIG_CHANGE"]);
    assert!(said(&listed).contains("a1a1a1a1"), "{}", said(&listed));
    world.check_ledger().await;
    let id = program
        .get("/v1/audit?eventType=CONFIG_CHANGE")
        .await
        .json();
    let id = id["events"][0]["id"].as_str().unwrap().to_owned();
    let verified = ask(&["verify", &id]);
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
    for output in [&closed, &open, &listed, &verified] {
        assert!(!said(output).contains(&program.key), "the key is printed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_039_a_site_is_connected_and_each_step_is_explained() {
    let world = World::with_sites(1).await;
    let casework = world.server.as_ref().unwrap().casework();
    casework.create_tenant().await.unwrap();
    let program = world.program().await;
    let connect = |more: &[&str], token: &str| {
        let site = [
            "connect",
            "jira",
            "--jira-url",
            world.jira().local_url(),
            "--email",
            "erin@example.com",
        ];
        let words = [&site, more].concat();
        program.runs_fed(&words, token)
    };
    let token = "sandbox-token-erin\n";
    for (more, token, told) in [
        (&["--project", "PAY"][..], "another\n", "does not accept"),
        (&[], token, "Jira shows this account"),
        (&["--project", "NONE"], token, "no project NONE"),
        (
            &["--project", "PAY", "--link-pattern", "AI-[0-9]+"],
            token,
            "does not fit PAY-142",
        ),
        (
            &["--project", "PAY", "--token-file", "/nowhere"],
            "",
            "cannot be read",
        ),
    ] {
        let refused = connect(more, token);
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert!(said(&refused).contains(told), "{told}: {}", said(&refused));
    }
    let pattern = ["--project", "PAY", "--link-pattern", "PAY-[0-9]{1,3}"];
    let more = ["--capture-field", "summary", "--capture-field", "story"];
    let connected = connect(&[&pattern[..], &more].concat(), token);
    assert_eq!(connected.status.code(), Some(0), "{}", said(&connected));
    for told in [
        "Connected, as site_",
        "are linked: PAY-1, PAY-142.",
        "are not: PAY-98765.",
        "/v1/integrations/jira/webhook/site_",
        "no field story",
    ] {
        assert!(
            said(&connected).contains(told),
            "{told}: {}",
            said(&connected)
        );
    }
    assert!(!said(&connected).contains("sandbox-token"));
    let listed = program.get("/v1/integrations/jira").await.json();
    assert_eq!(listed["integrations"].as_array().unwrap().len(), 1);
}
