//! The gate where what happened in Jira is not known: a site that cannot be read, and a project that no site is read in.

use serde_json::json;

use crate::api_jira::{connected, make, sync};

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_cannot_be_read_for_long_keeps_the_gate_shut() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let key = make(&world, "PAY").key;
    let jira = world.jira().world();
    jira.add_comment("carla", &key, "/approve").unwrap();
    sync(&program, &id).await;
    assert_eq!(program.gate(&[&key], &[]).await, ("OPEN".into(), vec![]));
    let long_ago = "UPDATE jira_syncs SET synced_at = '2026-01-01T00:00:00.000Z'";
    world.overwrite(long_ago);
    assert_eq!(
        program.gate(&[&key], &[]).await,
        ("OPEN".into(), vec![]),
        "no reading failed: it is not due"
    );
    jira.set_active("erin", false).unwrap();
    let told = program.runs(&["sync"]);
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    let shut = ("CLOSED".into(), vec!["SITE_NOT_READ".into()]);
    assert_eq!(program.gate(&[&key], &[]).await, shut);
    let told = program.told(&["gate", &key]);
    assert!(told.contains("since 2026-01-01 00:00 UTC"), "{told}");
    jira.set_active("erin", true).unwrap();
    assert_eq!(program.runs(&["sync"]).status.code(), Some(0));
    world.quiet().await;
    assert_eq!(program.gate(&[&key], &[]).await, ("OPEN".into(), vec![]));
    world.overwrite("UPDATE jira_syncs SET synced_at = NULL, last_error = 'refused'");
    assert_eq!(program.gate(&[&key], &[]).await, shut, "it never was read");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_of_a_project_that_nobody_reads_is_said_to_be_one() {
    let (world, _) = connected().await;
    let program = world.program().await;
    for (key, code) in [
        ("OPS-1", "PROJECT_NOT_READ"),
        ("PAY-4711", "TICKET_UNKNOWN"),
    ] {
        let shut = ("CLOSED".into(), vec![code.into()]);
        assert_eq!(program.gate(&[key], &[]).await, shut, "{key}");
    }
    let patch = json!({ "email": "erin@example.com" });
    let refused = program.post("/v1/integrations/jira", &patch).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(
        refused.body.contains("`userEmail`") && !refused.body.contains("`email`"),
        "{}",
        refused.body
    );
}
