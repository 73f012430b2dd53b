//! Every event but pushes, and what each becomes.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod delivery;

use delivery::{
    AFTER, BEFORE, MERGE, deployment, deployment_status, merged, only, pull_request, read, release,
    review, with, workflow_run,
};
use github::webhook::WebhookRefusal;
use record::entries::{EventType, PushAs};
use serde_json::{Value, json};

fn not_handled(event: &str, body: &Value) -> String {
    match read(event, body, PushAs::Commits) {
        Err(WebhookRefusal::NotHandled(name)) => name,
        other => panic!("{other:?}"),
    }
}

fn form(event: &str, body: &Value) -> &'static str {
    match read(event, body, PushAs::Commits) {
        Err(WebhookRefusal::Form(name)) => name,
        other => panic!("{other:?}"),
    }
}

fn repository() -> Value {
    json!({"fullName": "acme/shop", "url": "https://github.example/acme/shop"})
}

fn shown_pull() -> Value {
    json!({
        "number": 12,
        "title": "SHOP-7 Pay by card",
        "description": "Closes SHOP-7.",
        "branch": "feature/SHOP-7-pay",
        "baseBranch": "main",
        "url": "https://github.example/acme/shop/pull/12",
        "state": "open",
        "draft": false,
        "author": "ben",
    })
}

#[test]
fn a_pull_request_becomes_its_action() {
    for (action, expected, at) in [
        ("opened", "OPENED", "2026-03-02T14:00:00.000Z"),
        ("edited", "EDITED", "2026-03-02T14:30:00.000Z"),
        ("synchronize", "SYNCHRONIZE", "2026-03-02T14:30:00.000Z"),
        ("closed", "CLOSED", "2026-03-02T14:30:00.000Z"),
        ("reopened", "REOPENED", "2026-03-02T14:30:00.000Z"),
        (
            "ready_for_review",
            "READY_FOR_REVIEW",
            "2026-03-02T14:30:00.000Z",
        ),
        (
            "converted_to_draft",
            "CONVERTED_TO_DRAFT",
            "2026-03-02T14:30:00.000Z",
        ),
    ] {
        let event = only("pull_request", &pull_request(action));
        assert_eq!(event.kind, EventType::PullRequestChanged);
        assert_eq!(event.action.as_str(), expected);
        assert_eq!(event.commit.unwrap().as_str(), AFTER);
        assert_eq!(event.base.unwrap().as_str(), BEFORE);
        assert_eq!(event.claimed_at.as_deref(), Some(at));
        assert_eq!(event.actor.as_deref(), Some("ada"));
        assert_eq!(
            event.once,
            format!("pull_request:186853002:279147437:{expected}:2026-03-02T14:30:00.000Z:{AFTER}")
        );
        let mut pull = shown_pull();
        pull["merged"] = json!(false);
        assert_eq!(
            event.payload,
            json!({"repository": repository(), "pullRequest": pull})
        );
    }
    for action in [
        "labeled",
        "assigned",
        "review_requested",
        "auto_merge_enabled",
    ] {
        let name = not_handled("pull_request", &pull_request(action));
        assert_eq!(name, format!("pull_request.{action}"));
    }
}

#[test]
fn a_merge_is_told_from_an_end_without_one() {
    let event = only("pull_request", &merged());
    assert_eq!(event.action.as_str(), "MERGED");
    assert_eq!(event.commit.unwrap().as_str(), MERGE);
    assert_eq!(
        event.claimed_at.as_deref(),
        Some("2026-03-02T14:30:02.000Z")
    );
    let mut pull = shown_pull();
    pull["merged"] = json!(true);
    pull["state"] = json!("closed");
    assert_eq!(event.payload["pullRequest"], pull);

    let closed = with(merged(), &[("pull_request/merged", json!(false))]);
    let event = only("pull_request", &closed);
    assert_eq!(event.action.as_str(), "CLOSED");
    assert_eq!(event.commit.unwrap().as_str(), AFTER);
    assert_eq!(
        event.claimed_at.as_deref(),
        Some("2026-03-02T14:30:01.000Z")
    );

    let edited = with(merged(), &[("action", json!("edited"))]);
    assert_eq!(only("pull_request", &edited).action.as_str(), "EDITED");
}

#[test]
fn a_review_becomes_what_it_says() {
    for (action, state, expected) in [
        ("submitted", "approved", "APPROVED"),
        ("submitted", "changes_requested", "CHANGES_REQUESTED"),
        ("submitted", "commented", "COMMENTED"),
        ("edited", "approved", "EDITED"),
        ("dismissed", "dismissed", "DISMISSED"),
    ] {
        let event = only("pull_request_review", &review(action, state));
        let (at, in_key) = match action {
            "submitted" => ("2026-03-02T14:20:00.000Z", "-"),
            "edited" => ("2026-03-02T14:30:00.000Z", "2026-03-02T14:30:00.000Z"),
            _ => ("2026-03-02T14:30:00.000Z", "-"),
        };
        assert_eq!(event.kind, EventType::CodeReviewed);
        assert_eq!(event.action.as_str(), expected);
        assert_eq!(event.commit.unwrap().as_str(), AFTER);
        assert_eq!(event.base, None);
        assert_eq!(event.claimed_at.as_deref(), Some(at));
        assert_eq!(
            event.once,
            format!("review:186853002:237895671:{expected}:{in_key}:{AFTER}")
        );
        assert_eq!(
            event.payload,
            json!({
                "repository": repository(),
                "pullRequest": shown_pull(),
                "review": {
                    "state": state,
                    "comment": "Well done.",
                    "url": "https://github.example/acme/shop/pull/12#pullrequestreview-237895671",
                },
            })
        );
    }
    let own_time = ("review/updated_at", json!("2026-03-02T14:25:00Z"));
    let edited = with(review("edited", "approved"), &[own_time]);
    let at = only("pull_request_review", &edited).claimed_at;
    assert_eq!(at.as_deref(), Some("2026-03-02T14:25:00.000Z"));
    let unknown = review("submitted", "pending");
    assert_eq!(form("pull_request_review", &unknown), "review.state");
    let requested = review("requested", "approved");
    assert_eq!(
        not_handled("pull_request_review", &requested),
        "pull_request_review.requested"
    );
}

#[test]
fn a_deployment_and_its_states_are_facts_of_their_own() {
    let event = only("deployment", &deployment());
    assert_eq!(event.kind, EventType::Deployment);
    assert_eq!(event.action.as_str(), "CREATED");
    assert_eq!(event.commit.unwrap().as_str(), AFTER);
    assert_eq!(
        event.claimed_at.as_deref(),
        Some("2026-03-02T16:00:00.000Z")
    );
    assert_eq!(event.once, "deployment:186853002:145988746");
    let mut shown = json!({
        "id": 145_988_746,
        "environment": "staging",
        "ref": "main",
        "task": "deploy",
        "description": "Nightly",
        "url": "https://api.github.example/repos/acme/shop/deployments/145988746",
    });
    assert_eq!(event.payload["deployment"], shown);

    for state in [
        "success",
        "failure",
        "error",
        "pending",
        "in_progress",
        "queued",
        "inactive",
        "waiting",
    ] {
        let event = only("deployment_status", &deployment_status(state));
        assert_eq!(event.kind, EventType::Deployment);
        assert_eq!(event.action.as_str(), state.to_uppercase());
        assert_eq!(event.commit.unwrap().as_str(), AFTER);
        assert_eq!(
            event.claimed_at.as_deref(),
            Some("2026-03-02T16:01:00.000Z")
        );
        assert_eq!(
            event.once,
            "deployment_status:186853002:145988746:209916254"
        );
        shown["state"] = json!(state);
        shown["environment"] = json!("production");
        shown["url"] = json!("https://ci.example/runs/5");
        assert_eq!(event.payload["deployment"], shown);
    }
    assert_eq!(
        form("deployment_status", &deployment_status("all good")),
        "deployment_status.state"
    );
    for body in [deployment(), deployment_status("success")] {
        let unnamed = with(body.clone(), &[("action", json!(null))]);
        assert_eq!(
            only("deployment", &unnamed).action,
            only("deployment", &body).action
        );
    }
    let other = with(deployment(), &[("action", json!("dismissed"))]);
    assert_eq!(not_handled("deployment", &other), "deployment.dismissed");
    assert_eq!(
        not_handled("deployment_status", &other),
        "deployment_status.dismissed"
    );
}

#[test]
fn a_release_becomes_what_was_done_with_it() {
    let published = "2026-03-02T17:00:00.000Z";
    for (action, expected, at) in [
        ("published", "PUBLISHED", Some(published)),
        ("released", "RELEASED", Some(published)),
        ("prereleased", "PRERELEASED", Some(published)),
        ("created", "CREATED", None),
        ("edited", "EDITED", None),
        ("unpublished", "UNPUBLISHED", None),
        ("deleted", "DELETED", None),
    ] {
        let event = only("release", &release(action));
        assert_eq!(event.kind, EventType::ReleaseChanged);
        assert_eq!(event.action.as_str(), expected);
        assert_eq!((event.commit, event.base), (None, None));
        assert_eq!(event.claimed_at.as_deref(), at, "{action}");
        assert_eq!(
            event.once,
            format!("release:186853002:17372790:{expected}:{published}")
        );
        assert_eq!(
            event.payload,
            json!({
                "repository": repository(),
                "release": {
                    "name": "Cards",
                    "tag": "v1.2.0",
                    "notes": "SHOP-7: pay by card.",
                    "url": "https://github.example/acme/shop/releases/tag/v1.2.0",
                    "draft": false,
                    "prerelease": false,
                },
            })
        );
    }
    let at_commit = ("release/target_commitish", json!(AFTER));
    let edited_at = ("release/updated_at", json!("2026-03-02T18:00:00Z"));
    let event = only("release", &with(release("edited"), &[at_commit, edited_at]));
    assert_eq!(event.commit.unwrap().as_str(), AFTER);
    assert_eq!(
        event.claimed_at.as_deref(),
        Some("2026-03-02T18:00:00.000Z")
    );
    assert!(event.once.ends_with(":EDITED:2026-03-02T18:00:00.000Z"));
    let edited_at = ("release/updated_at", json!("2026-03-02T18:00:00Z"));
    let gone = only("release", &with(release("deleted"), &[edited_at]));
    assert_eq!(
        gone.claimed_at, None,
        "the time of an edit is not that of the end"
    );
    assert_eq!(not_handled("release", &release("pinned")), "release.pinned");
}

#[test]
fn a_workflow_becomes_how_it_ended() {
    for (conclusion, expected) in [
        ("success", "SUCCESS"),
        ("failure", "FAILURE"),
        ("timed_out", "TIMED_OUT"),
        ("startup_failure", "STARTUP_FAILURE"),
    ] {
        let event = only("workflow_run", &workflow_run("completed", conclusion));
        assert_eq!(event.kind, EventType::WorkflowRan);
        assert_eq!(event.action.as_str(), expected);
        assert_eq!(event.commit.unwrap().as_str(), AFTER);
        assert_eq!(
            event.claimed_at.as_deref(),
            Some("2026-03-02T14:35:00.000Z")
        );
        assert_eq!(
            event.once,
            format!("workflow_run:186853002:1589141559:2:{expected}")
        );
        assert_eq!(
            event.payload,
            json!({
                "repository": repository(),
                "workflowRun": {
                    "id": 1_589_141_559,
                    "name": "CI",
                    "event": "push",
                    "conclusion": conclusion,
                    "branch": "main",
                    "url": "https://github.example/acme/shop/actions/runs/1589141559",
                    "attempt": 2,
                },
            })
        );
    }
    let open = with(
        workflow_run("completed", ""),
        &[("workflow_run/conclusion", json!(null))],
    );
    assert_eq!(only("workflow_run", &open).action.as_str(), "COMPLETED");
    for action in ["requested", "in_progress"] {
        let name = not_handled("workflow_run", &workflow_run(action, "success"));
        assert_eq!(name, format!("workflow_run.{action}"));
    }
}

#[test]
fn an_event_that_is_not_used_is_named_and_not_read() {
    for event in ["ping", "star", "issues", "check_run"] {
        assert_eq!(not_handled(event, &json!("anything")), event);
    }
    for event in ["", "Push", "push ", "../x", "a\nb"] {
        assert_eq!(not_handled(event, &json!({})), "other");
    }
}

#[test]
fn a_repository_has_an_id_and_a_name() {
    for (member, value) in [
        ("repository", json!("acme/shop")),
        ("repository/id", json!("186853002")),
        ("repository/full_name", json!("acme/shop/../x")),
        ("repository/full_name", json!("acme/<b>shop</b>")),
        ("repository/html_url", json!(7)),
    ] {
        let body = with(release("published"), &[(member, value)]);
        assert_eq!(form("release", &body), member.replace('/', "."));
    }
}
