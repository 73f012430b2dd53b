//! Payment tickets (V:61-67, V:281-293) and when money is not card data.

use compliance::requirement_set::{Origin, Value};
use compliance::{Form, Moment, prompt};
use record::scale::Severity;

use crate::ticket::{assessed, controls, described, frameworks, requirement, suggested, ticket};

/// V:61-67.
#[test]
fn a_card_payment_at_checkout_needs_pci_dss_encryption_and_an_audit_log() {
    let assessment = assessed(&ticket("Add credit card payment to checkout flow"));
    assert_eq!(frameworks(&assessment), ["pci_dss", "soc2"]);
    assert_eq!(assessment.frameworks[0].title, "PCI DSS");
    assert_eq!(assessment.frameworks[0].version, "4.0.1");
    assert_eq!(assessment.data_classes, ["Payment information"]);
    assert!(assessment.security_level >= Severity::High);
    assert!(assessment.encryption.in_transit && assessment.encryption.at_rest);
    assert!(assessment.audit_logging);
}

/// V:106: encryption, tokenization, no storage of CVV; house values are called policy.
#[test]
fn the_key_requirements_of_payment_processing_are_there() {
    let assessment = assessed(&ticket("Implement user payment processing"));
    let at_rest = requirement(&assessment, "REQ-ENC-AT-REST");
    assert!(
        at_rest.statement.contains("payment information") && at_rest.statement.contains("AES-256")
    );
    assert_eq!(at_rest.parameters[0].origins, [Origin::Policy]);
    assert!(controls(at_rest).contains(&"pci_dss 3.5.1".to_owned()));
    assert!(
        controls(requirement(&assessment, "REQ-PAY-NO-CVV"))
            .contains(&"pci_dss 3.3.1.2".to_owned())
    );
    requirement(&assessment, "REQ-PAY-TOKENIZE");
}

/// V:281-293, the test ticket of the setup.
#[test]
fn stripe_checkout_is_detected_listed_and_prompted() {
    let ticket = described("Add payment processing", "Implement Stripe checkout");
    let assessment = assessed(&ticket);
    assert!(frameworks(&assessment).contains(&"pci_dss"));
    assert_eq!(suggested(&assessment), ["payment", "third_party_api"]);
    assert!(!assessment.requirements.requirements.is_empty());
    let prompt = prompt(
        &assessment,
        &ticket,
        Some("Build the checkout page"),
        Form::Markdown,
        &Moment::default(),
    );
    assert!(prompt.contains("Tokenization") && prompt.contains("Build the checkout page"));
    // Which requirements remain depends on how cards are taken, so the ticket is asked to say it.
    requirement(&assessment, "REQ-PAY-SCOPE");
}

#[test]
fn both_spellings_are_read_and_the_official_name_is_shown() {
    for summary in [
        "PCI-DSS evidence for checkout",
        "PCI DSS evidence for checkout",
        "PCIDSS evidence for checkout",
    ] {
        let assessment = assessed(&ticket(summary));
        assert!(
            assessment.frameworks.iter().any(|it| it.title == "PCI DSS"),
            "{summary}"
        );
    }
}

#[test]
fn money_between_bank_accounts_is_payment_but_not_pci_dss() {
    let assessment = assessed(&ticket("SEPA direct debit payments for subscriptions"));
    assert!(suggested(&assessment).contains(&"payment"));
    assert!(!frameworks(&assessment).contains(&"pci_dss"));
    let with_cards = assessed(&ticket(
        "SEPA direct debit and card payments for subscriptions",
    ));
    assert!(frameworks(&with_cards).contains(&"pci_dss"));
}

#[test]
fn values_of_a_framework_join_or_replace_the_house_value() {
    let assessment = assessed(&described(
        "Admin login for the payment back office",
        "Card payments are refunded there",
    ));
    let idle = &requirement(&assessment, "REQ-ACC-SESSION-TIMEOUT").parameters[0];
    assert_eq!((&idle.value, idle.origins.len()), (&Value::Number(15), 2));
    let limits = requirement(&assessment, "REQ-ACC-RATE-LIMIT");
    let lockout = limits
        .parameters
        .iter()
        .find(|parameter| parameter.name == "lockout")
        .unwrap();
    assert_eq!(lockout.value, Value::Number(10));
    assert_eq!(lockout.overruled.len(), 1);
    assert_eq!(lockout.overruled[0].value, Value::Number(20));
    assert!(limits.statement.contains("lock after 10 failures"));
}
