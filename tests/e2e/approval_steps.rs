//! Decisions made in the approval steps of Jira Service Management: each answer counts, or does not, by the rules of the
//! panel; the move that the step leads to decides nothing by itself.

use sandbox::RoleActor;
use serde_json::{Value, json};

use crate::api_jira::{approval, connected, make, sync};
use crate::rules::rule;
use crate::world::World;

/// The site of this world has a service project, in which both of these approve.
fn with_approvers(world: &World, names: &[&str]) {
    let jira = world.jira().world();
    jira.make_service_desk("PAY").unwrap();
    for name in names {
        let account = jira.account_id(name).unwrap();
        jira.add_to_role("PAY", sandbox::APPROVERS_ROLE, RoleActor::User(account))
            .unwrap();
    }
}

fn reviews(world: &World) -> Vec<Value> {
    let of = |kind: &str| kind == "HUMAN_REVIEW" || kind == "REVIEW_NOT_COUNTED";
    let entries = world.entries().into_iter();
    let reviews = entries.filter(|entry| of(&entry.kind));
    reviews.map(|entry| Value::Object(entry.payload)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_a_step_that_ended_is_a_decision_and_is_heard_once() {
    let world = World::installed().await;
    with_approvers(&world, &["alice"]);
    let program = world.program().await;
    let jira = world.jira().world();
    let key = make(&world, "PAY").key;
    let step = jira
        .ask_for_approval(&key, "Change board", &["alice", "carla"], 2)
        .unwrap();
    jira.answer_approval("alice", &key, step, true).unwrap();
    jira.add_comment("ben", &key, "one is still missing")
        .unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "NONE", "the step goes on");
    jira.answer_approval("carla", &key, step, true).unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    jira.transition("alice", &key, "Done").unwrap();
    world.quiet().await;
    let reviews = reviews(&world);
    assert_eq!(reviews.len(), 2, "{reviews:?}");
    for review in &reviews {
        assert_eq!(
            review["via"],
            json!({ "approval": step.to_string() }),
            "{review}"
        );
        assert_eq!(review["decision"], "APPROVED");
    }
    assert_ne!(
        reviews[0]["reviewer"]["person"],
        reviews[1]["reviewer"]["person"]
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_and_is_no_approver_does_not_count() {
    let world = World::installed().await;
    with_approvers(&world, &[]);
    let program = world.program().await;
    let jira = world.jira().world();
    let key = make(&world, "PAY").key;
    let step = jira
        .ask_for_approval(&key, "Anybody", &["alice", "ben", "dan"], 3)
        .unwrap();
    for name in ["dan", "alice", "ben"] {
        jira.answer_approval(name, &key, step, true).unwrap();
    }
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "NONE");
    let mut reasons: Vec<String> = reviews(&world)
        .iter()
        .map(|review| review["reason"].as_str().unwrap().to_owned())
        .collect();
    reasons.sort();
    assert_eq!(reasons, ["NOT_IN_ROLE", "NO_PERMISSION", "OWN_TICKET"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decline_is_a_rejection_and_an_edit_since_makes_an_approval_none() {
    let world = World::installed().await;
    with_approvers(&world, &[]);
    let program = world.program().await;
    let jira = world.jira().world();
    let declined = make(&world, "PAY").key;
    let step = jira
        .ask_for_approval(&declined, "Change board", &["carla"], 1)
        .unwrap();
    jira.transition("ben", &declined, "In Progress").unwrap();
    jira.answer_approval("carla", &declined, step, false)
        .unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &declined).await, "REJECTED");

    let edited = make(&world, "PAY").key;
    world.quiet().await;
    let step = jira
        .ask_for_approval(&edited, "Change board", &["carla"], 1)
        .unwrap();
    world.jira().set_flow(sandbox::Flow::Hold);
    jira.answer_approval("carla", &edited, step, true).unwrap();
    let edit = sandbox::Edit {
        summary: Some("Pay by card, and keep the number".to_owned()),
        ..sandbox::Edit::default()
    };
    jira.edit_issue("ben", &edited, edit).unwrap();
    world.jira().set_flow(sandbox::Flow::Deliver);
    world.jira().release(sandbox::ReleaseOrder::Happened);
    world.quiet().await;
    assert_eq!(approval(&program, &edited).await, "NONE");
    let last = reviews(&world).pop().unwrap();
    assert_eq!(last["reason"], "CHANGED_SINCE", "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_step_that_was_declined_no_approval_counts() {
    let world = World::installed().await;
    with_approvers(&world, &["alice"]);
    let program = world.program().await;
    let jira = world.jira().world();
    for (agrees, declines) in [("alice", "carla"), ("carla", "alice")] {
        let key = make(&world, "PAY").key;
        jira.transition("ben", &key, "In Progress").unwrap();
        let step = jira
            .ask_for_approval(&key, "Change board", &["alice", "carla"], 2)
            .unwrap();
        jira.answer_approval(agrees, &key, step, true).unwrap();
        jira.answer_approval(declines, &key, step, false).unwrap();
        world.quiet().await;
        assert_eq!(
            approval(&program, &key).await,
            "REJECTED",
            "{declines} declines"
        );
    }
    assert_eq!(reviews(&world).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_given_before_an_edit_or_a_rejection_is_none_although_its_step_ended_after() {
    let world = World::installed().await;
    with_approvers(&world, &["alice"]);
    let program = world.program().await;
    let jira = world.jira().world();
    let edited = make(&world, "PAY").key;
    let step = jira
        .ask_for_approval(&edited, "Change board", &["alice", "carla"], 2)
        .unwrap();
    jira.answer_approval("alice", &edited, step, true).unwrap();
    let edit = sandbox::Edit {
        summary: Some("Pay by card, and keep the number".to_owned()),
        ..sandbox::Edit::default()
    };
    jira.edit_issue("ben", &edited, edit).unwrap();
    jira.answer_approval("carla", &edited, step, true).unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &edited).await, "NONE");
    let reasons = |world: &World| -> Vec<Value> {
        reviews(world)
            .iter()
            .map(|review| review["reason"].clone())
            .collect()
    };
    assert_eq!(reasons(&world), ["CHANGED_SINCE", "CHANGED_SINCE"]);

    let rejected = make(&world, "PAY").key;
    let step = jira
        .ask_for_approval(&rejected, "Change board", &["alice", "carla"], 2)
        .unwrap();
    jira.answer_approval("alice", &rejected, step, true)
        .unwrap();
    jira.add_comment("carla", &rejected, "/reject no tests")
        .unwrap();
    world.quiet().await;
    jira.answer_approval("carla", &rejected, step, true)
        .unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &rejected).await, "REJECTED");
    assert_eq!(reasons(&world)[3..], ["OVERTAKEN", "OVERTAKEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_move_that_a_step_leads_to_is_no_bypass() {
    let world = World::installed().await;
    with_approvers(&world, &[]);
    let program = world.program().await;
    let rules = serde_json::from_value(json!({ "gatedStatuses": ["In Progress"] }));
    rule(&world, rules.unwrap()).await;
    let jira = world.jira().world();
    let key = make(&world, "PAY").key;
    world.quiet().await;
    let step = jira
        .ask_for_approval(&key, "Change board", &["carla"], 1)
        .unwrap();
    jira.answer_approval("carla", &key, step, true).unwrap();
    world.quiet().await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
    let entries = world.entries();
    assert!(!entries.iter().any(|entry| entry.kind == "GATE_BYPASSED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_reads_steps_too_and_other_projects_are_not_asked() {
    let (world, id) = connected().await;
    let program = world.program().await;
    let jira = world.jira().world();
    let key = make(&world, "PAY").key;
    let step = jira
        .ask_for_approval(&key, "No step of a software project", &["carla"], 1)
        .unwrap();
    jira.answer_approval("carla", &key, step, true).unwrap();
    sync(&program, &id).await;
    assert_eq!(approval(&program, &key).await, "NONE");
    with_approvers(&world, &[]);
    jira.transition("ben", &key, "To Do").unwrap();
    sync(&program, &id).await;
    assert_eq!(approval(&program, &key).await, "APPROVED");
}
