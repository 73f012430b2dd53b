//! What clears a finding and what does not.

use compliance::Certainty;

use crate::ticket::{by_rules, denied, described, suggested, ticket};

#[test]
fn a_denial_cancels_and_is_shown() {
    for (text, indicators) in [
        (
            "No personal data and no payments involved.",
            &["payment", "personal_data"][..],
        ),
        (
            "This does not touch payments, personal data or health data.",
            &["health", "payment", "personal_data"],
        ),
        ("Does not use card data.", &["payment"]),
        ("We don't handle patient records here.", &["health"]),
        ("Health data: none", &["health"]),
        ("PHI? No", &["health"]),
        ("Payments and refunds are out of scope.", &["payment"]),
        ("Unrelated to patients.", &["health"]),
        ("No card data is used in this change.", &["payment"]),
        (
            "This ticket covers all services excluding payments.",
            &["payment"],
        ),
        ("Not related to health data.", &["health"]),
    ] {
        let assessment = by_rules(&described("New landing page", text));
        for indicator in indicators {
            assert!(!suggested(&assessment).contains(indicator), "{text}");
            assert!(
                denied(&assessment).contains(indicator),
                "{text}: {:?}",
                assessment.denied
            );
        }
    }
}

#[test]
fn a_prohibition_a_rule_or_a_defect_is_no_denial() {
    for (text, indicator) in [
        ("No PHI in logs or error messages", "health"),
        ("Never store CVV", "payment"),
        ("Do not use patient data in tests", "health"),
        ("Logs must not contain card numbers", "payment"),
        ("No card data must be used in tests", "payment"),
        ("The export does not contain patient names", "health"),
        ("No payments are used in exports without consent", "payment"),
        ("This page does not process card payments on iOS", "payment"),
        ("No UI text changes, card numbers are stored now", "payment"),
        ("Log everything except card numbers", "payment"),
        (
            "Does not touch payments unless the card number is expired",
            "payment",
        ),
        ("No design is changed. Card numbers are stored", "payment"),
    ] {
        let assessment = by_rules(&described("Nightly export", text));
        assert!(
            suggested(&assessment).contains(&indicator),
            "{text}: {:?} {:?}",
            assessment.findings,
            assessment.denied
        );
    }
}

#[test]
fn a_denial_reaches_only_its_own_sentence_and_line() {
    for text in [
        "No payments involved. Store the card number.",
        "No payments involved\nStore the card number",
    ] {
        let assessment = by_rules(&described("Profile page", text));
        assert!(suggested(&assessment).contains(&"payment"), "{text}");
        assert!(denied(&assessment).contains(&"payment"), "{text}");
    }
}

#[test]
fn a_technical_indicator_is_never_denied() {
    for text in [
        "Login without password for guests",
        "API is reachable without authentication",
        "No login involved.",
    ] {
        assert!(
            suggested(&by_rules(&ticket(text))).contains(&"authn"),
            "{text}"
        );
    }
}

#[test]
fn another_sense_of_a_word_is_cancelled_but_a_second_real_one_is_not() {
    assert!(
        !suggested(&by_rules(&ticket("Be patient while loading: spinner text")))
            .contains(&"health")
    );
    assert!(
        suggested(&by_rules(&ticket(
            "Be patient while the patient list loads"
        )))
        .contains(&"health")
    );
}

#[test]
fn code_traces_and_quoted_replies_do_not_make_a_finding() {
    for text in [
        "```\nlogin(password)\n```",
        "{code:java}\nsession.authenticate(user.password)\n{code}",
        "  at com.acme.AuthFilter.login(AuthFilter.java:3)\n  at com.acme.OAuth.token(OAuth.java:9)",
        "> please add login with password and MFA",
        "{quote}\nadd login with password and MFA\n{quote}",
        "See !login-password.png! and [^oauth-password.pdf]",
    ] {
        let assessment = by_rules(&described("Null pointer on start", text));
        assert!(
            !suggested(&assessment).contains(&"authn"),
            "{text}: {:?}",
            assessment.findings
        );
    }
    let said = by_rules(&described(
        "Null pointer on start",
        "add login with password and MFA",
    ));
    assert!(suggested(&said).contains(&"authn"));
}

#[test]
fn words_of_a_url_count_for_outside_services_only() {
    let assessment = by_rules(&described(
        "Broken link",
        "see https://login.acme.example/password?next=salesforce",
    ));
    assert_eq!(suggested(&assessment), ["third_party_api"]);
}

#[test]
fn labels_components_and_types_count() {
    let mut labelled = ticket("Adjust the overview");
    labelled.labels = vec!["patient-portal".to_owned()];
    assert!(suggested(&by_rules(&labelled)).contains(&"health"));
    let mut component = ticket("Adjust the overview");
    component.components = vec!["Payments".to_owned()];
    assert!(suggested(&by_rules(&component)).contains(&"payment"));
    let mut custom = ticket("Adjust the overview");
    custom.fields.insert(
        "customfield_10201".to_owned(),
        "Reads patient records".to_owned(),
    );
    let assessment = by_rules(&custom);
    assert_eq!(
        assessment.findings[0].evidence[0].field.to_string(),
        "fields.customfield_10201"
    );
}

#[test]
fn one_ambiguous_word_is_at_most_a_maybe_and_brings_nothing() {
    let mut billing = ticket("Adjust the overview");
    billing.components = vec!["Billing".to_owned()];
    let assessment = by_rules(&billing);
    assert!(
        assessment
            .findings
            .iter()
            .any(|it| it.indicator.as_str() == "payment")
    );
    assert!(
        assessment
            .findings
            .iter()
            .all(|finding| finding.certainty == Certainty::Maybe)
    );
    assert!(assessment.requirements.requirements.is_empty() && assessment.risk.factors.is_empty());
}

#[test]
fn appearance_halves_ambiguous_words_but_not_strong_ones() {
    assert!(suggested(&by_rules(&ticket("Order, price and plan overview"))).contains(&"payment"));
    assert!(!suggested(&by_rules(&ticket("Typo in order, price and plan"))).contains(&"payment"));
    assert!(suggested(&by_rules(&ticket("Typo in the CVV hint"))).contains(&"payment"));
}

#[test]
fn saying_a_thing_often_makes_it_no_surer() {
    let once = by_rules(&described("Overview", "the invoice"));
    let often = by_rules(&described("Overview", &"the invoice ".repeat(200)));
    assert_eq!(once.findings, often.findings);
}

#[test]
fn a_word_near_its_other_trade_does_not_count() {
    for (summary, counts) in [
        ("Order the card by price", true),
        ("Order the card by price on the Figma deck", false),
    ] {
        let assessment = by_rules(&ticket(summary));
        let payment = assessment
            .findings
            .iter()
            .find(|it| it.indicator.as_str() == "payment")
            .unwrap();
        let card = payment.evidence.iter().any(|it| it.words == "card");
        assert_eq!(card, counts, "{summary}");
    }
}
