//! Jira is away, or answers as it should not: what was told waits, what is recorded is shown, nothing is
//! decided, and all is made up for once Jira is back.

use std::time::{Duration, Instant};

use sandbox::{Edit, Fault, FaultKind, IssueRef};

use crate::panel::Seat;
use crate::world::World;

const CARD: &str = "Customers pay by credit card; a provider takes the card number.";

fn status(status: u16) -> FaultKind {
    FaultKind::Status {
        status,
        retry_after: None,
    }
}

/// Weighs more than what the ticket said before.
const PATIENTS: &str =
    "Patients pay their medical bills by credit card and upload their medical history.";

fn edit(world: &World, ticket: &IssueRef) {
    let edit = Edit {
        description: Some(PATIENTS.to_owned()),
        ..Edit::default()
    };
    world
        .jira()
        .world()
        .edit_issue("ben", &ticket.key, edit)
        .unwrap();
}

/// The page with what is recorded, and no decision.
async fn assert_shown_but_closed(seat: &Seat<'_>, refusal: u16, told: &str) {
    let page = seat.look().await;
    assert_eq!((page.status, page.state()), (200, "unchecked"));
    for words in ["PCI DSS", "REQ-PAY-TOKENIZE", "Below is what was recorded"] {
        assert!(page.body.contains(words), "the panel lacks {words:?}");
    }
    let answer = seat.decide("APPROVED", "Fine by me.").await;
    assert_eq!(answer.status, refusal, "{}", answer.body);
    assert!(answer.detail().contains(told), "{}", answer.body);
    assert!(
        answer.detail().contains("Nothing was recorded"),
        "{}",
        answer.body
    );
    for secret in ["eyJ", "Fine by me", "Pay by card", "credit"] {
        assert!(!answer.body.contains(secret), "the answer holds {secret:?}");
    }
}

/// Jira fails in this way; the notification waits for this reason; who decides is told this.
async fn fails(kind: FaultKind, reason: &str, told: &str) {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let seat = world.sit("carla", &ticket.key).await;
    let before = world.facts();
    world.jira().fault(Fault {
        path_prefix: "/rest/".to_owned(),
        ..Fault::everywhere(kind)
    });
    edit(&world, &ticket);
    world
        .until("the notification to wait, with its reason", async || {
            let reasons = world.lines("SELECT coalesce(last_error, '') AS line FROM inbox");
            reasons.len() == 1 && reasons[0].contains(reason)
        })
        .await;
    assert_eq!(world.ready().await["inbox"]["waiting"], 1);
    assert_shown_but_closed(&seat, 503, told).await;
    assert_eq!(world.facts(), before);
    world.jira().clear_faults();
    let cleared = Instant::now();
    world.quiet().await;
    assert!(
        cleared.elapsed() < Duration::from_secs(20),
        "{:?}",
        cleared.elapsed()
    );
    assert_eq!(world.facts_about(ticket.id)[1], "TICKET_ASSESSED RAISED");
    assert_eq!(world.page("carla", &ticket.key).await.state(), "current");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_does_not_know_the_app_any_more() {
    fails(
        status(401),
        "does not accept the credential",
        "reinstall it",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_forbids_it() {
    fails(status(403), "not permitted", "permissions").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_asks_to_slow_down() {
    let kind = FaultKind::Status {
        status: 429,
        retry_after: Some(3),
    };
    fails(kind, "too many calls", "slow down").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_fails() {
    fails(status(500), "unavailable", "cannot be reached").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_is_being_maintained() {
    fails(status(503), "unavailable", "cannot be reached").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_answers_something_else() {
    fails(FaultKind::Nonsense, "makes no sense", "makes no sense").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_hangs_up() {
    fails(FaultKind::Close, "unavailable", "cannot be reached").await;
}

/// Jira tells no difference between what is gone and what is hidden, so nothing is concluded from it.
#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_is_hidden_is_not_taken_for_deleted() {
    let world = World::installed().await;
    let ticket = world.ticket("Pay by card", CARD).await;
    let seat = world.sit("carla", &ticket.key).await;
    let before = world.facts();
    world.jira().fault(Fault {
        path_prefix: "/rest/".to_owned(),
        ..Fault::everywhere(status(404))
    });
    edit(&world, &ticket);
    world.quiet().await;
    assert_shown_but_closed(&seat, 409, "does not show this issue").await;
    assert_eq!(world.facts(), before);
    world.jira().clear_faults();
    assert_eq!(seat.look().await.state(), "edited");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_jira_is_waited_for() {
    let world = World::installed().await;
    world.jira().fault(Fault {
        path_prefix: "/rest/".to_owned(),
        ..Fault::everywhere(FaultKind::Delay { ms: 700 })
    });
    let started = Instant::now();
    let ticket = world.make("Pay by card", CARD);
    world
        .jira()
        .wait_idle(Duration::from_millis(600))
        .await
        .unwrap();
    assert!(
        started.elapsed() < Duration::from_millis(700),
        "the webhook waited for Jira"
    );
    world.quiet().await;
    let answer = world.decide("carla", &ticket.key, "APPROVED", "").await;
    assert_eq!((answer.status, answer.approval()), (200, "APPROVED"));
    world.check_ledger().await;
}

/// The effects wait as the notifications do.
#[tokio::test(flavor = "multi_thread")]
async fn what_jira_could_not_be_told_is_told_later() {
    let world = World::installed().await;
    world.jira().fault(Fault {
        method: Some("PUT".to_owned()),
        ..Fault::everywhere(status(503))
    });
    let ticket = world.make("Pay by card", CARD);
    world
        .until("the effect to wait, with its reason", async || {
            let reasons = world.lines("SELECT coalesce(last_error, '') AS line FROM outbox");
            reasons.iter().any(|reason| reason.contains("unavailable"))
        })
        .await;
    assert_eq!(world.page("carla", &ticket.key).await.state(), "current");
    world.jira().clear_faults();
    world.quiet().await;
    assert!(
        world
            .jira()
            .world()
            .properties(&ticket.key)
            .unwrap()
            .contains_key("countersign")
    );
    world.check_ledger().await;
}
