//! Deliveries in the shapes that GitHub documents, about a repository that is not there.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use github::webhook::{WebhookRefusal, parse};
use record::entries::PushAs;
use record::facts::CodeEvent;
use serde_json::{Value, json};

pub const BEFORE: &str = "1111111111111111111111111111111111111111";
pub const FIRST: &str = "2222222222222222222222222222222222222222";
pub const AFTER: &str = "3333333333333333333333333333333333333333";
pub const MERGE: &str = "4444444444444444444444444444444444444444";
pub const ZEROS: &str = "0000000000000000000000000000000000000000";

/// What a sender may know and no refusal may repeat.
pub const PRIVATE: &str = "ada.private@acme.example";

/// A delivery of each event that is used, with all the members that are.
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("push", push()),
        ("push", tag()),
        ("push", deletion()),
        ("pull_request", pull_request("opened")),
        ("pull_request", merged()),
        ("pull_request_review", review("submitted", "approved")),
        ("pull_request_review", review("edited", "commented")),
        ("deployment", deployment()),
        ("deployment_status", deployment_status("in_progress")),
        ("release", release("published")),
        ("workflow_run", workflow_run("completed", "success")),
    ]
}

pub fn read(event: &str, body: &Value, push_as: PushAs) -> Result<Vec<CodeEvent>, WebhookRefusal> {
    parse(event, body.to_string().as_bytes(), push_as)
}

/// The one event of a delivery.
#[allow(clippy::unwrap_used, reason = "a test may fail")]
pub fn only(event: &str, body: &Value) -> CodeEvent {
    let mut events = read(event, body, PushAs::Commits).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0)
}

/// The body, with members put in or replaced, each by its path.
#[allow(clippy::unwrap_used, reason = "a test may fail")]
pub fn with(mut body: Value, members: &[(&str, Value)]) -> Value {
    for (path, value) in members {
        let path = format!("/{path}");
        if let Some(found) = body.pointer_mut(&path) {
            *found = value.clone();
        } else {
            let (parent, name) = path.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[name] = value.clone();
        }
    }
    body
}

fn from_the_shop(members: &Value) -> Value {
    let mut body = json!({
        "repository": {
            "id": 186_853_002,
            "node_id": "R_1",
            "name": "shop",
            "full_name": "acme/shop",
            "private": true,
            "owner": {"login": "acme", "id": 7},
            "html_url": "https://github.example/acme/shop",
            "pushed_at": 1_772_461_331,
        },
        "sender": {"login": "ada", "id": 21, "type": "User"},
    });
    for (name, value) in members.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

pub fn commit(sha: &str, message: &str) -> Value {
    json!({
        "id": sha,
        "tree_id": BEFORE,
        "distinct": true,
        "message": message,
        "timestamp": "2026-03-02T15:22:10+01:00",
        "url": format!("https://github.example/acme/shop/commit/{sha}"),
        "author": {"name": "Ben", "email": "ben@acme.example", "username": "ben"},
        "committer": {"name": "Ada", "email": PRIVATE},
        "added": ["a.rs"],
        "removed": [],
        "modified": [],
    })
}

/// Two commits on a branch that was there.
pub fn push() -> Value {
    from_the_shop(&json!({
        "ref": "refs/heads/feature/SHOP-7-pay",
        "before": BEFORE,
        "after": AFTER,
        "created": false,
        "deleted": false,
        "forced": false,
        "base_ref": null,
        "compare": "https://github.example/acme/shop/compare/1...3",
        "commits": [commit(FIRST, "SHOP-7 Take cards"), commit(AFTER, "SHOP-7 Test it")],
        "head_commit": commit(AFTER, "SHOP-7 Test it"),
        "pusher": {"name": "ada", "email": PRIVATE},
    }))
}

/// A new tag at a commit that was there.
pub fn tag() -> Value {
    with(
        push(),
        &[
            ("ref", json!("refs/tags/v1.2.0")),
            ("before", json!(ZEROS)),
            ("created", json!(true)),
            ("commits", json!([])),
        ],
    )
}

/// A branch that is no longer.
pub fn deletion() -> Value {
    with(
        push(),
        &[
            ("after", json!(ZEROS)),
            ("deleted", json!(true)),
            ("commits", json!([])),
            ("head_commit", json!(null)),
        ],
    )
}

fn pull(members: &[(&str, Value)]) -> Value {
    let pull = json!({
        "id": 279_147_437,
        "number": 12,
        "title": "SHOP-7 Pay by card",
        "body": "Closes SHOP-7.",
        "html_url": "https://github.example/acme/shop/pull/12",
        "state": "open",
        "locked": false,
        "draft": false,
        "user": {"login": "ben", "id": 22},
        "head": {"label": "acme:feature", "ref": "feature/SHOP-7-pay", "sha": AFTER},
        "base": {"label": "acme:main", "ref": "main", "sha": BEFORE},
        "created_at": "2026-03-02T14:00:00Z",
        "updated_at": "2026-03-02T14:30:00Z",
        "closed_at": null,
        "merged_at": null,
        "merge_commit_sha": MERGE,
    });
    with(pull, members)
}

pub fn pull_request(action: &str) -> Value {
    from_the_shop(&json!({
        "action": action,
        "number": 12,
        "pull_request": pull(&[("merged", json!(false))]),
    }))
}

pub fn merged() -> Value {
    from_the_shop(&json!({
        "action": "closed",
        "number": 12,
        "pull_request": pull(&[
            ("state", json!("closed")),
            ("merged", json!(true)),
            ("closed_at", json!("2026-03-02T14:30:01Z")),
            ("merged_at", json!("2026-03-02T14:30:02Z")),
        ]),
    }))
}

pub fn review(action: &str, state: &str) -> Value {
    from_the_shop(&json!({
        "action": action,
        "review": {
            "id": 237_895_671,
            "user": {"login": "ada", "id": 21},
            "body": "Well done.",
            "commit_id": AFTER,
            "submitted_at": "2026-03-02T14:20:00Z",
            "state": state,
            "html_url": "https://github.example/acme/shop/pull/12#pullrequestreview-237895671",
        },
        "pull_request": pull(&[]),
    }))
}

pub fn deployment() -> Value {
    from_the_shop(&json!({
        "action": "created",
        "deployment": {
            "url": "https://api.github.example/repos/acme/shop/deployments/145988746",
            "id": 145_988_746,
            "sha": AFTER,
            "ref": "main",
            "task": "deploy",
            "environment": "staging",
            "description": "Nightly",
            "created_at": "2026-03-02T16:00:00Z",
            "updated_at": "2026-03-02T16:00:00Z",
        },
    }))
}

pub fn deployment_status(state: &str) -> Value {
    with(
        deployment(),
        &[(
            "deployment_status",
            json!({
                "id": 209_916_254,
                "state": state,
                "environment": "production",
                "description": "",
                "target_url": "https://ci.example/old",
                "log_url": "https://ci.example/runs/5",
                "created_at": "2026-03-02T16:01:00Z",
            }),
        )],
    )
}

pub fn release(action: &str) -> Value {
    from_the_shop(&json!({
        "action": action,
        "release": {
            "id": 17_372_790,
            "tag_name": "v1.2.0",
            "target_commitish": "main",
            "name": "Cards",
            "body": "SHOP-7: pay by card.",
            "html_url": "https://github.example/acme/shop/releases/tag/v1.2.0",
            "draft": false,
            "prerelease": false,
            "created_at": "2026-03-02T14:30:02Z",
            "published_at": "2026-03-02T17:00:00Z",
        },
    }))
}

pub fn workflow_run(action: &str, conclusion: &str) -> Value {
    from_the_shop(&json!({
        "action": action,
        "workflow": {"id": 16_340_987, "name": "CI"},
        "workflow_run": {
            "id": 1_589_141_559,
            "name": "CI",
            "event": "push",
            "status": action,
            "conclusion": conclusion,
            "head_branch": "main",
            "head_sha": AFTER,
            "html_url": "https://github.example/acme/shop/actions/runs/1589141559",
            "run_attempt": 2,
            "created_at": "2026-03-02T14:31:00Z",
            "updated_at": "2026-03-02T14:35:00Z",
        },
    }))
}
