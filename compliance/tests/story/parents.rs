//! A ticket that is a part of another: what the parent's summary says adds to what the ticket itself says, and is nothing
//! by itself. Its own words are not told: who sees a ticket need not see its parent.

use compliance::Certainty;
use record::facts::TicketSnapshot;

use crate::ticket::{assessed, ticket};

fn part_of(parent: &str, summary: &str) -> TicketSnapshot {
    TicketSnapshot {
        parent: Some(parent.to_owned()),
        ..ticket(summary)
    }
}

#[test]
fn the_parent_decides_what_a_ticket_leaves_open() {
    let alone = assessed(&ticket("Show the appointment"));
    assert!(alone.requirements.requirements.is_empty());
    let part = assessed(&part_of(
        "Patients see their medical records",
        "Show the appointment",
    ));
    let health = part
        .findings
        .iter()
        .find(|it| it.indicator.as_str() == "health");
    let health = health.unwrap();
    assert_eq!(health.certainty, Certainty::Suggested);
    assert!(!part.requirements.requirements.is_empty());
    let of_parent = health
        .evidence
        .iter()
        .filter(|it| it.field.to_string() == "parent");
    let mut count = 0;
    for evidence in of_parent {
        assert_eq!(evidence.words, evidence.rule);
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn a_parent_alone_asks_for_nothing() {
    for summary in [
        "Fix the button",
        "Reorder the columns of the list",
        "Rename the module",
    ] {
        let part = assessed(&part_of(
            "Patients see their medical records and diagnoses, and pay by credit card",
            summary,
        ));
        let suggested = part
            .findings
            .iter()
            .filter(|it| it.certainty == Certainty::Suggested);
        assert_eq!(suggested.count(), 0, "{summary}");
        assert!(part.requirements.requirements.is_empty(), "{summary}");
    }
}

#[test]
fn what_a_parent_denies_is_not_denied_of_the_ticket() {
    let part = assessed(&part_of("No card data involved", "Pay by credit card"));
    let payment = part
        .findings
        .iter()
        .find(|it| it.indicator.as_str() == "payment");
    assert_eq!(payment.unwrap().certainty, Certainty::Suggested);
    assert!(part.denied.is_empty());
}
