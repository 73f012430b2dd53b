//! Pushes, commit by commit and as a whole.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod delivery;

use std::slice;

use delivery::{
    AFTER, BEFORE, FIRST, PRIVATE, ZEROS, commit, deletion, only, push, read, tag, with,
};
use github::webhook::WebhookRefusal;
use record::entries::{EventType, PushAs};
use serde_json::{Value, json};

/// SHA-256 of `refs/heads/feature/SHOP-7-pay`, by `sha256sum`.
const BRANCH: &str = "e188816079217ce9095e39996237114677a613bd3b9e15564fcd1df5668b7dfc";

fn shown(sha: &str, message: &str) -> Value {
    json!({
        "sha": sha,
        "message": message,
        "timestamp": "2026-03-02T14:22:10.000Z",
        "url": format!("https://github.example/acme/shop/commit/{sha}"),
        "author": {"name": "Ben", "email": "ben@acme.example", "username": "ben"},
        "committer": {"name": "Ada", "email": PRIVATE},
    })
}

fn at(sha: &str) -> Option<record::ids::CommitSha> {
    Some(sha.parse().unwrap())
}

#[test]
fn each_commit_is_an_event() {
    let events = read("push", &push(), PushAs::Commits).unwrap();
    let expected = [(FIRST, "SHOP-7 Take cards"), (AFTER, "SHOP-7 Test it")];
    assert_eq!(events.len(), expected.len());
    for (event, (sha, message)) in events.iter().zip(expected) {
        assert_eq!(event.kind, EventType::ConfigChange);
        assert_eq!(event.action.as_str(), "PUSHED");
        assert_eq!(event.repository.as_str(), "186853002");
        assert_eq!((event.commit.clone(), event.base.clone()), (at(sha), None));
        assert_eq!(
            event.claimed_at.as_deref(),
            Some("2026-03-02T14:22:10.000Z")
        );
        assert_eq!(event.actor.as_deref(), Some("ben"));
        assert_eq!(event.once, format!("commit:186853002:{sha}"));
        assert_eq!(
            event.payload,
            json!({
                "repository": {"fullName": "acme/shop", "url": "https://github.example/acme/shop"},
                "branch": "feature/SHOP-7-pay",
                "commit": shown(sha, message),
            })
        );
    }
}

#[test]
fn a_push_as_a_whole_is_one_event_with_its_commits_in_order() {
    let events = read("push", &push(), PushAs::Push).unwrap();
    let [event] = events.as_slice() else {
        panic!("{} events", events.len())
    };
    assert_eq!(event.kind, EventType::ConfigChange);
    assert_eq!(event.action.as_str(), "PUSHED");
    assert_eq!(
        (event.commit.clone(), event.base.clone()),
        (at(AFTER), at(BEFORE))
    );
    assert_eq!(
        event.claimed_at.as_deref(),
        Some("2026-03-02T14:22:11.000Z")
    );
    assert_eq!(event.actor.as_deref(), Some("ada"));
    assert_eq!(
        event.once,
        format!("push:186853002:{BRANCH}:{BEFORE}:{AFTER}")
    );
    assert_eq!(
        event.payload,
        json!({
            "repository": {"fullName": "acme/shop", "url": "https://github.example/acme/shop"},
            "branch": "feature/SHOP-7-pay",
            "commits": [shown(FIRST, "SHOP-7 Take cards"), shown(AFTER, "SHOP-7 Test it")],
        })
    );
}

#[test]
fn a_commit_counts_once_whatever_branch_it_is_pushed_to() {
    let again = with(
        push(),
        &[
            ("ref", json!("refs/heads/main")),
            ("before", json!(ZEROS)),
            ("commits/0/distinct", json!(false)),
            ("repository/full_name", json!("acme/renamed")),
        ],
    );
    let keys = |body: &Value, push_as| -> Vec<String> {
        let events = read("push", body, push_as).unwrap();
        events.into_iter().map(|event| event.once).collect()
    };
    assert_eq!(
        keys(&push(), PushAs::Commits),
        keys(&again, PushAs::Commits)
    );
    assert_ne!(keys(&push(), PushAs::Push), keys(&again, PushAs::Push));
    let elsewhere = with(push(), &[("repository/id", json!(7))]);
    assert_ne!(
        keys(&push(), PushAs::Commits),
        keys(&elsewhere, PushAs::Commits)
    );
}

#[test]
fn a_new_branch_with_commits_has_no_base() {
    let body = with(
        push(),
        &[("before", json!(ZEROS)), ("created", json!(true))],
    );
    let events = read("push", &body, PushAs::Push).unwrap();
    assert_eq!(events[0].base, None);
    assert_eq!(events[0].action.as_str(), "PUSHED");
    assert_eq!(read("push", &body, PushAs::Commits).unwrap().len(), 2);
}

#[test]
fn a_push_without_commits_is_one_event_either_way() {
    let annotated = with(tag(), &[("after", json!(FIRST))]);
    let branch = with(tag(), &[("ref", json!("refs/heads/feature/SHOP-7-pay"))]);
    let moved = with(push(), &[("commits", json!([])), ("forced", json!(true))]);
    for (body, action, commit, base) in [
        (tag(), "CREATED", at(AFTER), None),
        (annotated, "CREATED", at(AFTER), None),
        (branch, "CREATED", at(AFTER), None),
        (moved, "PUSHED", at(AFTER), at(BEFORE)),
        (deletion(), "DELETED", None, at(BEFORE)),
    ] {
        let events = read("push", &body, PushAs::Commits).unwrap();
        assert_eq!(events, read("push", &body, PushAs::Push).unwrap());
        let event = only("push", &body);
        assert_eq!(event.action.as_str(), action);
        assert_eq!((event.commit, event.base), (commit, base), "{action}");
        assert_eq!(
            event.claimed_at.as_deref(),
            Some("2026-03-02T14:22:11.000Z")
        );
        assert!(event.once.starts_with("push:186853002:"));
        assert_eq!(event.actor.as_deref(), Some("ada"));
    }
    let repository = json!({"fullName": "acme/shop", "url": "https://github.example/acme/shop"});
    assert_eq!(
        only("push", &tag()).payload,
        json!({
            "repository": repository,
            "tag": "v1.2.0",
            "commit": shown(AFTER, "SHOP-7 Test it"),
        })
    );
    assert_eq!(
        only("push", &deletion()).payload,
        json!({"repository": repository, "branch": "feature/SHOP-7-pay"})
    );
}

#[test]
fn either_sign_of_a_deletion_is_one() {
    let flagged = with(push(), &[("deleted", json!(true))]);
    let zeros = with(push(), &[("after", json!(ZEROS)), ("deleted", json!(null))]);
    for body in [flagged, zeros] {
        assert_eq!(only("push", &body).action.as_str(), "DELETED");
    }
}

#[test]
fn who_did_it_is_the_author_else_the_sender_else_the_pusher() {
    let no_account = ("commits/0/author/username", json!(null));
    let no_sender = ("sender", json!(null));
    let pushed_by = ("pusher/name", json!("carl"));
    let actor = |members: &[(&str, Value)]| {
        let events = read("push", &with(push(), members), PushAs::Commits).unwrap();
        events[0].actor.clone()
    };
    assert_eq!(actor(&[]).as_deref(), Some("ben"));
    assert_eq!(actor(slice::from_ref(&no_account)).as_deref(), Some("ada"));
    assert_eq!(
        actor(&[no_account.clone(), no_sender.clone(), pushed_by]).as_deref(),
        Some("carl")
    );
    assert_eq!(
        actor(&[no_account, no_sender, ("pusher/name", json!("deploy key"))]),
        None
    );
}

#[test]
fn a_time_is_the_best_there_is() {
    let claimed = |members: &[(&str, Value)], push_as| {
        let events = read("push", &with(push(), members), push_as).unwrap();
        events[0].claimed_at.clone()
    };
    let text = ("repository/pushed_at", json!("2026-03-02T14:22:12Z"));
    let none = ("repository/pushed_at", json!({"no": "time"}));
    let unreadable = ("commits/0/timestamp", json!("yesterday"));
    assert_eq!(
        claimed(&[text], PushAs::Push).as_deref(),
        Some("2026-03-02T14:22:12.000Z")
    );
    assert_eq!(
        claimed(&[none], PushAs::Push).as_deref(),
        Some("2026-03-02T14:22:10.000Z")
    );
    assert_eq!(claimed(&[unreadable], PushAs::Commits), None);
}

#[test]
fn as_many_commits_as_github_lists_and_no_more() {
    let commits = |count: usize| {
        let list: Vec<Value> = (1..=count)
            .map(|n| commit(&format!("{n:040x}"), "x"))
            .collect();
        with(push(), &[("commits", json!(list))])
    };
    for push_as in [PushAs::Commits, PushAs::Push] {
        assert!(read("push", &commits(2048), push_as).is_ok());
        assert_eq!(
            read("push", &commits(2049), push_as),
            Err(WebhookRefusal::TooMany)
        );
    }
}

#[test]
fn a_hash_or_a_ref_of_another_form_is_refused() {
    for (member, value, named) in [
        ("after", json!("3333333"), "after"),
        ("before", json!(BEFORE.replace('1', "A")), "before"),
        ("commits/1/id", json!(ZEROS), "commit.id"),
        ("commits/1/id", json!("HEAD"), "commit.id"),
        ("commits/1", json!("x"), "commits"),
        ("commits", json!({}), "commits"),
        ("commits", json!(null), "commits"),
        ("ref", json!("main"), "ref"),
        (
            "ref",
            json!(format!("refs/heads/{}", "x".repeat(1014))),
            "ref",
        ),
        ("deleted", json!("true"), "deleted"),
        ("commits/1/message", json!(7), "commit.message"),
        (
            "commits/1/committer/email",
            json!(7),
            "commit.committer.email",
        ),
    ] {
        let body = with(push(), &[(member, value)]);
        for push_as in [PushAs::Commits, PushAs::Push] {
            assert_eq!(
                read("push", &body, push_as),
                Err(WebhookRefusal::Form(named))
            );
        }
    }
}

#[test]
fn a_long_message_is_cut_and_the_payload_says_so() {
    let body = with(push(), &[("commits/1/message", json!("é".repeat(16_385)))]);
    let commits = read("push", &body, PushAs::Commits).unwrap();
    assert_eq!(commits[0].payload.get("truncated"), None);
    assert_eq!(commits[1].payload["truncated"], true);
    assert_eq!(commits[1].payload["commit"]["message"], "é".repeat(16_384));
    let whole = read("push", &body, PushAs::Push).unwrap();
    assert_eq!(whole[0].payload["truncated"], true);
}
