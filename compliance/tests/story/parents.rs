//! A ticket that is a part of another: where its own words leave open whether something is involved, the parent's summary
//! decides. By itself that is nothing, and none of its words is told: who sees a ticket need not see its parent.

use compliance::{Assessment, Certainty};
use record::facts::TicketSnapshot;

use crate::ticket::{assessed, ticket};

const RECORDS: &str = "Patients see their medical records";

fn part_of(parent: &str, ticket: TicketSnapshot) -> TicketSnapshot {
    TicketSnapshot {
        parent: Some(parent.to_owned()),
        ..ticket
    }
}

fn certainty(assessment: &Assessment, indicator: &str) -> Option<Certainty> {
    let mut findings = assessment.findings.iter();
    let found = findings.find(|it| it.indicator.as_str() == indicator);
    found.map(|finding| finding.certainty)
}

#[test]
fn the_parent_decides_what_a_ticket_leaves_open() {
    let alone = assessed(&ticket("Show the appointment"));
    assert_eq!(certainty(&alone, "health"), Some(Certainty::Maybe));
    assert!(alone.requirements.requirements.is_empty());
    let part = assessed(&part_of(RECORDS, ticket("Show the appointment")));
    assert_eq!(certainty(&part, "health"), Some(Certainty::Suggested));
    assert!(!part.requirements.requirements.is_empty());
    let evidence = part.findings.iter().flat_map(|finding| &finding.evidence);
    let of_parent: Vec<_> = evidence
        .filter(|it| it.field.to_string() == "parent")
        .collect();
    assert!(!of_parent.is_empty());
    for evidence in of_parent {
        assert_eq!(
            (evidence.words.as_str(), evidence.rule.as_str()),
            ("", "parent")
        );
    }
}

#[test]
fn a_parent_alone_is_nothing() {
    for summary in [
        "Fix the button",
        "Reorder the columns of the list",
        "Rename the module",
    ] {
        let parent =
            "SQL injection: patients and diagnoses, Vault secrets, SOX, and pay by credit card";
        let (alone, part) = (ticket(summary), part_of(parent, ticket(summary)));
        assert_eq!(
            serde_json::to_value(assessed(&part)).unwrap(),
            serde_json::to_value(assessed(&alone)).unwrap(),
            "{summary}"
        );
    }
}

#[test]
fn what_a_ticket_denies_its_parent_does_not_suggest() {
    let denying = TicketSnapshot {
        description: "No patient data involved.".to_owned(),
        ..ticket("Show the appointment")
    };
    let part = assessed(&part_of(RECORDS, denying));
    assert_ne!(certainty(&part, "health"), Some(Certainty::Suggested));
}

#[test]
fn what_a_parent_denies_is_not_denied_of_the_ticket() {
    let part = assessed(&part_of(
        "No card data involved",
        ticket("Pay by credit card"),
    ));
    assert_eq!(certainty(&part, "payment"), Some(Certainty::Suggested));
    assert!(part.denied.is_empty());
}
