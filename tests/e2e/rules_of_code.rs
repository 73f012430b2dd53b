//! A project's rules of review about the code: which commits an approval covers, and whether who wrote one approves.

use record::entries::{ReviewRules, ReviewScope};
use serde_json::{Value, json};

use crate::api_trail::{MESSAGE, governed, only_event, pushed};
use crate::rules::{KEY, decide, is, needing, rule, standing};

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_of_the_code_names_its_commits_and_another_one_makes_it_stale() {
    let world = governed().await;
    rule(&world, needing(1, None, ReviewScope::Code)).await;
    let (github, program, _) = pushed(&world).await;
    let commit = only_event(&program, "CONFIG_CHANGE").await;
    assert_eq!(
        decide(&world, "carla", KEY, "APPROVED").await,
        is(200, "APPROVED")
    );
    let review = world
        .entries()
        .into_iter()
        .rfind(|entry| entry.kind == "HUMAN_REVIEW");
    let review = Value::Object(review.unwrap().payload);
    assert_eq!(review["scope"], "CODE");
    assert!(
        review["linkedAuditEvents"]
            .as_array()
            .unwrap()
            .contains(&commit["id"]),
        "{review}"
    );
    github.push(0xa2, MESSAGE, "main").await;
    world.quiet().await;
    let stale = world
        .entries()
        .into_iter()
        .rfind(|entry| entry.kind == "APPROVAL_STALE");
    assert_eq!(stale.unwrap().payload["reason"], "COMMITS_ADDED");
    assert_eq!(standing(&world, KEY).await, "STALE");
    assert_eq!(program.gate(&[KEY], &[]).await.1, ["APPROVAL_STALE"]);
    assert_eq!(
        decide(&world, "carla", KEY, "APPROVED").await,
        is(200, "APPROVED")
    );
    github.push(0xa2, MESSAGE, "release").await;
    world.quiet().await;
    assert_eq!(standing(&world, KEY).await, "APPROVED", "the same commit");
    let pull = json!({ "id": 1, "number": 7, "title": format!("{KEY}: more"), "body": null, "state": "open",
        "draft": false, "merged": false, "merge_commit_sha": null, "user": { "login": "jsmith", "id": 1 },
        "html_url": "https://github.com/acme/scoring/pull/7", "created_at": "2026-03-02T14:00:00Z",
        "updated_at": "2026-03-02T14:00:00Z", "head": { "ref": "foo", "sha": "a4".repeat(20) },
        "base": { "ref": "main", "sha": "b2".repeat(20) } });
    let opened = json!({ "action": "opened", "number": 7, "pull_request": pull,
        "repository": crate::api::repository(), "sender": { "login": "jsmith", "id": 1 } });
    assert_eq!(github.deliver("pull_request", &opened).await.status, 202);
    world.quiet().await;
    assert_eq!(
        standing(&world, KEY).await,
        "STALE",
        "a commit by a pull request"
    );
    rule(&world, ReviewRules::default()).await;
    assert_eq!(
        decide(&world, "carla", KEY, "APPROVED").await,
        is(200, "APPROVED")
    );
    github.push(0xa3, MESSAGE, "main").await;
    world.quiet().await;
    assert_eq!(standing(&world, KEY).await, "APPROVED", "of the plan");
    world.check_ledger().await;
}

/// A commit of hers, by name: Jira shows the app no addresses.
#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_a_linked_commit_approves_only_where_the_project_says_so() {
    let world = governed().await;
    let (github, program) = (
        world.github(record::entries::PushAs::Commits).await,
        world.program().await,
    );
    let mut push = crate::api::push(&"a1".repeat(20), MESSAGE, "main");
    push["commits"][0]["author"]["name"] = json!("carla ruiz");
    assert_eq!(github.deliver("push", &push).await.status, 202);
    world.quiet().await;
    let (status, detail) = decide(&world, "carla", KEY, "APPROVED").await;
    assert_eq!(status, 403);
    assert!(
        detail.starts_with("You wrote commits that are linked with this issue."),
        "{detail}"
    );
    let jira = world.jira().world();
    jira.add_comment("carla", KEY, "/approve").unwrap();
    world.quiet().await;
    let kept_out = only_event(&program, "REVIEW_NOT_COUNTED").await;
    assert_eq!(kept_out["payload"]["reason"], "AUTHOR");
    let rules = ReviewRules {
        authors: true,
        ..ReviewRules::default()
    };
    rule(&world, rules).await;
    assert_eq!(
        decide(&world, "carla", KEY, "APPROVED").await,
        is(200, "APPROVED")
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_whoever_approves_cannot_have_seen_is_not_covered() {
    let world = governed().await;
    rule(&world, needing(1, None, ReviewScope::Code)).await;
    let (github, program, _) = pushed(&world).await;
    let seat = world.sit("carla", KEY).await;
    github.push(0xa2, MESSAGE, "main").await;
    world.quiet().await;
    let pressed = seat.decide("APPROVED", "").await;
    assert_eq!(pressed.status, 409, "{}", pressed.body);
    assert_eq!(standing(&world, KEY).await, "NONE");
    world.jira().set_flow(sandbox::Flow::Hold);
    let jira = world.jira().world();
    jira.add_comment("carla", KEY, "/approve").unwrap();
    github.push(0xa3, MESSAGE, "main").await;
    world
        .until("the commit to be linked", async || {
            let links = world.facts().into_iter();
            links.filter(|fact| fact == "LINK_ADDED").count() == 3
        })
        .await;
    world.jira().release(sandbox::ReleaseOrder::Happened);
    world.jira().set_flow(sandbox::Flow::Deliver);
    world.quiet().await;
    let kept_out = only_event(&program, "REVIEW_NOT_COUNTED").await;
    assert_eq!(kept_out["payload"]["reason"], "CHANGED_SINCE");
    assert_eq!(
        decide(&world, "carla", KEY, "APPROVED").await,
        is(200, "APPROVED")
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_one_commit_of_a_push_that_is_one_event_is_kept_out_too() {
    let world = governed().await;
    let github = world.github(record::entries::PushAs::Push).await;
    let mut push = crate::api::push(&"a1".repeat(20), MESSAGE, "main");
    push["commits"][0]["author"]["name"] = json!("Carla Ruiz");
    assert_eq!(github.deliver("push", &push).await.status, 202);
    world.quiet().await;
    assert_eq!(decide(&world, "carla", KEY, "APPROVED").await.0, 403);
    world.check_ledger().await;
}
