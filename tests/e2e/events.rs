//! What Jira says happened: each real-world fact leads to its entry once, however often, late or mixed up
//! it is told.

use std::time::{Duration, Instant};

use sandbox::{Edit, Fault, FaultKind, Flow, IssueRef, ReleaseOrder};
use serde_json::{Value, json};

use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

fn edit(summary: &str, description: &str) -> Edit {
    Edit {
        summary: Some(summary.to_owned()),
        description: Some(description.to_owned()),
        ..Edit::default()
    }
}

/// Long enough for Jira's clock to tell two moments apart.
async fn moment() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

/// An issue is made, talked about, and changed; another is made and deleted. `each` is awaited between.
async fn story(world: &World, each: impl AsyncFn()) -> (IssueRef, IssueRef) {
    let jira = world.jira().world();
    let kept = world.make("Pay by card", CARD);
    each().await;
    let comment = jira
        .add_comment("alice", &kept.key, "Which provider?")
        .unwrap();
    each().await;
    jira.edit_comment("alice", &kept.key, comment, "Which provider, and where?")
        .unwrap();
    each().await;
    jira.edit_issue(
        "ben",
        &kept.key,
        edit("Rounded corners", "Change the colour of the button."),
    )
    .unwrap();
    each().await;
    jira.delete_comment("alice", &kept.key, comment).unwrap();
    each().await;
    let deleted = world.make("Book an appointment", "Patients book appointments.");
    each().await;
    jira.delete_issue("erin", &deleted.key).unwrap();
    each().await;
    (kept, deleted)
}

const AS_IT_HAPPENED: [&str; 5] = [
    "TICKET_ASSESSED FIRST",
    "COMMENT_RECORDED CREATED",
    "COMMENT_RECORDED UPDATED",
    "TICKET_ASSESSED LOWERED",
    "COMMENT_RECORDED DELETED",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_five_times_more_is_recorded_once() {
    for extra in [0, 5] {
        let world = World::installed().await;
        world.jira().duplicate(extra);
        let (kept, deleted) = story(&world, async || world.quiet().await).await;
        assert_eq!(world.facts_about(kept.id), AS_IT_HAPPENED, "{extra}");
        assert_eq!(
            world.facts_about(deleted.id),
            ["TICKET_ASSESSED FIRST", "TICKET_DELETED"],
            "{extra}"
        );
        let mut told = world.jira().deliveries();
        told.retain(|delivery| !delivery.event.is_of_a_property());
        assert_eq!(told.len(), 7 * (1 + extra as usize));
        assert!(told.iter().all(|delivery| delivery.attempts == [Some(202)]));
        world.check_ledger().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_late_and_in_any_order_is_recorded_once() {
    let orders = [
        ReleaseOrder::Happened,
        ReleaseOrder::Reversed,
        ReleaseOrder::Shuffled(1),
        ReleaseOrder::Shuffled(2),
    ];
    for order in orders {
        let world = World::installed().await;
        world.jira().duplicate(2);
        world.jira().set_flow(Flow::Hold);
        let (kept, deleted) = story(&world, moment).await;
        assert_eq!(world.jira().release(order), 21);
        world.quiet().await;
        let mut facts = world.facts_about(kept.id);
        facts.sort();
        assert_eq!(
            facts,
            [
                "COMMENT_RECORDED CREATED",
                "COMMENT_RECORDED DELETED",
                "COMMENT_RECORDED UPDATED",
                "TICKET_ASSESSED FIRST"
            ],
            "{order:?}"
        );
        assert_eq!(
            world.facts_about(deleted.id),
            ["TICKET_DELETED"],
            "{order:?}"
        );
        world.check_ledger().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_again_after_all_is_over_adds_nothing() {
    let world = World::installed().await;
    let jira = world.jira().world();
    let ticket = world.ticket("Pay by card", CARD).await;
    let comment = jira
        .add_comment("alice", &ticket.key, "Which provider?")
        .unwrap();
    world.quiet().await;
    let version = || jira.comments(&ticket.key).unwrap()[0]["updated"].clone();
    let tell = |event: &str, version: &Value| -> Value {
        json!({
            "webhookEvent": event,
            "timestamp": 1,
            "issue": { "id": ticket.id.to_string(), "key": ticket.key },
            "comment": { "id": comment.to_string(), "author": { "accountId": sandbox::ALICE },
                         "updated": version },
        })
    };
    let written = version();
    let created = tell("comment_created", &written);
    world.replay("comment-created", &created).await;
    assert_eq!(world.facts_about(ticket.id).len(), 2);
    moment().await;
    jira.edit_comment("alice", &ticket.key, comment, "Which one?")
        .unwrap();
    let edited = version();
    world.quiet().await;
    world.replay("comment-created", &created).await;
    let updated = tell("comment_updated", &edited);
    world.replay("comment-updated", &updated).await;
    assert_eq!(world.facts_about(ticket.id).len(), 3);
    let deleted = tell("comment_deleted", &edited);
    world.replay("comment-deleted", &deleted).await;
    let gone = tell("jira:issue_deleted", &edited);
    world.replay("issue-deleted", &gone).await;
    assert_eq!(
        world.facts_about(ticket.id).len(),
        3,
        "a claim of deletion was believed"
    );
    jira.delete_comment("alice", &ticket.key, comment).unwrap();
    world.quiet().await;
    jira.delete_issue("erin", &ticket.key).unwrap();
    world.quiet().await;
    let all = world.facts();
    assert_eq!(
        all[all.len() - 2..],
        ["COMMENT_RECORDED DELETED", "TICKET_DELETED"]
    );
    for (event, body) in [
        ("comment-created", &created),
        ("comment-updated", &updated),
        ("comment-deleted", &deleted),
        ("issue-created", &tell("jira:issue_created", &edited)),
        ("issue-updated", &tell("jira:issue_updated", &edited)),
        ("issue-deleted", &gone),
    ] {
        world.replay(event, body).await;
        assert_eq!(world.facts(), all, "{event}");
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_comment_is_no_event() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let (jira, own) = (
        world.jira().world(),
        world.jira().app_account().unwrap().to_string(),
    );
    let comment = jira
        .add_comment(&own, &ticket.key, "Entry 4 is damaged.")
        .unwrap();
    world.quiet().await;
    jira.edit_comment(&own, &ticket.key, comment, "Entry 4 was damaged.")
        .unwrap();
    world.quiet().await;
    jira.delete_comment(&own, &ticket.key, comment).unwrap();
    world.quiet().await;
    assert_eq!(world.facts_about(ticket.id), ["TICKET_ASSESSED FIRST"]);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_loses_nothing() {
    let mut world = World::installed().await;
    let away = FaultKind::Status {
        status: 503,
        retry_after: None,
    };
    world.jira().fault(Fault {
        path_prefix: "/rest/api/3/issue/".to_owned(),
        ..Fault::everywhere(away)
    });
    let first: Vec<IssueRef> = (0..3)
        .map(|n| world.make(&format!("Pay by card {n}"), CARD))
        .collect();
    world
        .jira()
        .wait_idle(Duration::from_secs(20))
        .await
        .unwrap();
    assert_eq!(world.ready().await["inbox"]["waiting"], 3);
    world.stop().await;
    world.jira().clear_faults();
    let while_away = world.make("Pay by invoice and card", CARD);
    world.start().await;
    world.quiet().await;
    for ticket in first.iter().chain([&while_away]) {
        assert_eq!(
            world.facts_about(ticket.id),
            ["TICKET_ASSESSED FIRST"],
            "{}",
            ticket.key
        );
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_news_is_answered_and_leaves_no_trace() {
    let world = World::installed().await;
    let before = world.imprint();
    let unknown = json!({ "webhookEvent": "sprint_started", "sprint": { "id": 1 } });
    let of_nothing = json!({ "webhookEvent": "jira:issue_created" });
    for (what, body, status) in [
        ("an event nobody uses", unknown.to_string(), 204),
        ("an issue without an issue", of_nothing.to_string(), 400),
        (
            "half of a body",
            r#"{"webhookEvent":"jira:issue_c"#.to_owned(),
            400,
        ),
        ("no body", String::new(), 400),
        ("bytes that are no text", "\u{0}\u{1}".to_owned(), 400),
        ("more than is read", " ".repeat(5 * 1024 * 1024 + 1), 413),
    ] {
        let answer = world.notify("issue-created", body).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert_eq!(world.imprint(), before, "{what}");
    }
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monstrous_body_is_dealt_with_in_no_time() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let keys: String = (0..500).map(|n| format!("{{\"k{n}\":")).collect();
    let deep = format!("{keys}1{}", "}".repeat(500));
    let deeper = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let long = format!("\"{}\"", "card ".repeat(800_000));
    for (what, fields) in [("deep", deep), ("deeper", deeper), ("long", long)] {
        let body = format!(
            r#"{{"webhookEvent":"jira:issue_updated","issue":{{"id":"{}","key":"{}","fields":{fields}}}}}"#,
            ticket.id, ticket.key
        );
        let started = Instant::now();
        let answer = world.notify("issue-updated", body).await;
        assert_eq!(answer.status, 202, "{what}: {}", answer.body);
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{what}: {:?}",
            started.elapsed()
        );
        world.quiet().await;
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{what}: {:?}",
            started.elapsed()
        );
    }
    assert_eq!(world.facts_about(ticket.id), ["TICKET_ASSESSED FIRST"]);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_too_long_to_read_holds_nobody_up() {
    let world = World::installed().await;
    let longest = world
        .ticket("As long as can be read", &"Pay by card. ".repeat(75_000))
        .await;
    assert_eq!(world.facts_about(longest.id), ["TICKET_ASSESSED FIRST"]);
    let too_long = world.make("Too long", &"Pay by card. ".repeat(115_000));
    let ordinary = world.make("Pay by card", CARD);
    world
        .until("the ordinary issue", async || {
            !world.about(ordinary.id).is_empty()
        })
        .await;
    let reasons = || world.lines("SELECT coalesce(last_error, '') AS line FROM inbox");
    world
        .until(
            "the reason why the other one waits",
            async || matches!(reasons().as_slice(), [one] if one.contains("makes no sense")),
        )
        .await;
    assert!(world.about(too_long.id).is_empty());
    assert_eq!(world.page("carla", &too_long.key).await.state(), "unknown");
    world.check_ledger().await;
}
