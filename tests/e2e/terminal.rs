//! `countersign`, the real program, against the real server: what a pipeline is told.

use std::process::{Command, Output};

use record::entries::PushAs;

use crate::api::Program;
use crate::api_trail::governed;

/// Runs the program with this key.
fn countersign(program: &Program<'_>, words: &[&str]) -> Output {
    let own = std::env::current_exe().unwrap();
    let path = own.ancestors().nth(2).unwrap().join("countersign");
    assert!(
        path.exists(),
        "countersign is not built: run `cargo build --workspace --bins`"
    );
    Command::new(path)
        .env("COUNTERSIGN_URL", program.world.address())
        .env("COUNTERSIGN_API_KEY", &program.key)
        .args(words)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
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
    let ask = |words: &[&str]| tokio::task::block_in_place(|| countersign(&program, words));
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
