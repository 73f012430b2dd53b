//! V:94-103: what is looked at before code is written, and what it says is missing.

use compliance::requirement_set::RequirementSet;
use compliance::{Assessment, Assessor, CheckName, Corrections, Validation};

use crate::ticket::ticket;

const WORDS: &str = "Add payment processing with credit cards";

fn missing(validation: &Validation, name: CheckName) -> &[String] {
    let mut checks = validation.checks.iter();
    &checks.find(|check| check.name == name).unwrap().missing
}

/// What the built-in catalog says of an assessment of the ticket that was changed by hand.
fn after(change: impl FnOnce(&mut Assessment)) -> Validation {
    let (assessor, ticket) = (Assessor::built_in(), ticket(WORDS));
    let mut assessment = assessor.assess(&ticket);
    change(&mut assessment);
    assessor.validate(&ticket, &Corrections::default(), &assessment)
}

#[test]
fn a_ticket_that_is_fully_specified_passes_every_check() {
    let validation = after(|_| {});
    assert!(validation.passes(), "{validation:?}");
    assert_eq!(validation.checks.len(), 4);
}

#[test]
fn what_nothing_is_asked_for_is_named() {
    let validation = after(|all| all.requirements = RequirementSet::default());
    assert!(!validation.passes());
    assert_eq!(
        missing(&validation, CheckName::ControlsSpecified),
        ["No requirement follows from: Payments and payment cards"]
    );
    assert!(
        missing(&validation, CheckName::FrameworksAddressed)
            .iter()
            .any(|told| told.starts_with("No requirement serves PCI DSS"))
    );
}

#[test]
fn a_conflict_without_a_rule_is_open_and_one_with_a_rule_is_none() {
    let (assessor, ticket) = (
        Assessor::built_in(),
        ticket("Store audit logs of patient record access and delete personal data on request"),
    );
    let mut assessment = assessor.assess(&ticket);
    let conflict = &mut assessment.requirements.conflicts;
    assert_eq!(conflict.len(), 1, "retention against erasure");
    let open = |it: &Validation| missing(it, CheckName::NoConflicts).to_vec();
    assert!(open(&assessor.validate(&ticket, &Corrections::default(), &assessment)).is_empty());
    assessment.requirements.conflicts[0].note.clear();
    assert_eq!(
        open(&assessor.validate(&ticket, &Corrections::default(), &assessment)),
        ["Nothing says how to serve both REQ-LOG-RETENTION and REQ-PRIV-ERASURE"]
    );
}

/// What an organisation switched off is its decision; what it switched on since is named until the change is applied.
#[test]
fn what_the_catalog_asks_for_since_is_named() {
    let config = "frameworks:\n  pci_dss:\n    requirements:\n    - tokenization: off\n";
    let before = Assessor::for_organisation("compliance-config.yml", config).unwrap();
    let ticket = ticket(WORDS);
    let recorded = before.assess(&ticket);
    assert!(
        before
            .validate(&ticket, &Corrections::default(), &recorded)
            .passes()
    );
    let now = Assessor::built_in().validate(&ticket, &Corrections::default(), &recorded);
    let missing = missing(&now, CheckName::PracticesIncluded);
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert!(missing[0].contains("[REQ-PAY-TOKEN"), "{missing:?}");
}
