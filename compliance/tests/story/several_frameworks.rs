//! Several frameworks on one ticket (V:362-376), the risk score (V:377-388), and switches.

use compliance::Switch;
use compliance::assessment::{Action, Because, Standing};
use record::scale::Severity;

use crate::ticket::{
    assessed, by_rules, controls, described, frameworks, requirement, suggested, switched, ticket,
};

/// V:362-369.
#[test]
fn payments_for_eu_healthcare_providers_bring_four_frameworks() {
    let assessment = assessed(&ticket(
        "Add international payment for EU healthcare providers",
    ));
    assert_eq!(
        frameworks(&assessment),
        ["gdpr", "hipaa_privacy", "hipaa_security", "pci_dss", "soc2"]
    );
    assert_eq!(assessment.frameworks[4].because, [Because::Baseline]);
}

/// V:370-376: combined, each once, with where it comes from.
#[test]
fn combined_requirements_say_where_they_come_from() {
    let assessment = assessed(&ticket(
        "Add international payment for EU healthcare providers",
    ));
    for (id, framework) in [
        ("REQ-PAY-TOKENIZE", "pci_dss"),
        ("REQ-ENC-AT-REST", "hipaa_security"),
        ("REQ-PRIV-CONSENT", "gdpr"),
        ("REQ-PRIV-ERASURE", "gdpr"),
    ] {
        let sources = controls(requirement(&assessment, id));
        assert!(
            sources.iter().any(|control| control.starts_with(framework)),
            "{id}: {sources:?}"
        );
    }
    for id in ["REQ-LOG-DATA-ACCESS", "REQ-ACC-ROLE-BASED"] {
        let sources: Vec<_> = requirement(&assessment, id)
            .frameworks
            .iter()
            .map(|it| it.framework.as_str())
            .collect();
        assert_eq!(sources, frameworks(&assessment), "{id}");
    }
    let mut ids: Vec<_> = assessment
        .requirements
        .requirements
        .iter()
        .map(|it| it.id.as_str())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

/// V:377-388.
#[test]
fn payment_phi_external_api_and_uploads_score_exactly_8_5() {
    let ticket = described(
        "Patients pay for appointments by card",
        "Take the payment through the external API of the provider. Patients upload documents with their medical history.",
    );
    let assessment = assessed(&ticket);
    assert_eq!(
        suggested(&assessment),
        ["file_upload", "health", "payment", "third_party_api"]
    );
    let factors: Vec<_> = assessment
        .risk
        .factors
        .iter()
        .map(|it| (it.indicator.as_str(), it.tenths))
        .collect();
    assert_eq!(
        factors,
        [
            ("health", 30),
            ("payment", 30),
            ("third_party_api", 15),
            ("file_upload", 10)
        ]
    );
    assert_eq!(assessment.risk.score.to_string(), "8.5");
    assert_eq!(assessment.risk.band, Severity::Critical);
    assert_eq!(assessment.security_level, Severity::Critical);
    assert_eq!(
        assessment.actions,
        [
            Action::SecurityReview,
            Action::EnhancedMonitoring,
            Action::NotifySecurityTeam
        ]
    );
}

/// What such a ticket nearly always has besides, its data weighs already.
#[test]
fn companions_of_data_do_not_count_twice() {
    let ticket = described(
        "Patients pay for appointments by card",
        "Take the payment through the external API of the provider. Patients upload documents with their medical history. \
         Store personal data in Postgres, encrypt it with AES, write an audit log.",
    );
    let assessment = by_rules(&ticket);
    let absorbed: Vec<_> = assessment
        .risk
        .absorbed
        .iter()
        .map(|it| it.indicator.as_str())
        .collect();
    assert_eq!(absorbed, ["crypto", "database", "logging", "personal_data"]);
    assert_eq!(assessment.risk.score.to_string(), "8.5");
    let alone = by_rules(&described(
        "Export all personal data of a user",
        "from Postgres",
    ));
    assert!(
        alone
            .risk
            .factors
            .iter()
            .any(|it| it.indicator.as_str() == "personal_data" && it.tenths == 20)
    );
}

#[test]
fn a_framework_that_is_off_brings_nothing_and_one_that_is_on_says_so() {
    let patient = ticket("Show lab results to clinicians");
    let off = switched(
        &patient,
        &[
            ("hipaa_privacy", Switch::Off),
            ("hipaa_security", Switch::Off),
            ("gdpr", Switch::Off),
        ],
    );
    assert_eq!(frameworks(&off), ["soc2"]);
    assert!(off.requirements.get("REQ-PRIV-SPECIAL-DATA").is_none());
    assert!(
        off.requirements
            .requirements
            .iter()
            .all(|it| it.frameworks.iter().all(|s| s.framework.as_str() == "soc2"))
    );
    let on = switched(&patient, &[("hipaa_security", Switch::Applies)]);
    let standings: Vec<_> = on
        .frameworks
        .iter()
        .map(|it| (it.id.as_str(), it.standing))
        .collect();
    assert!(standings.contains(&("hipaa_security", Standing::Applies)));
    assert!(standings.contains(&("hipaa_privacy", Standing::MayApply)));
}

#[test]
fn a_framework_that_is_named_is_listed_because_of_its_name() {
    let assessment = assessed(&ticket("Collect evidence for SOX ITGC walkthrough"));
    let sox = assessment
        .frameworks
        .iter()
        .find(|it| it.id.as_str() == "sox")
        .unwrap();
    assert!(sox.because.iter().any(
        |it| matches!(it, Because::Term { evidence } if evidence.words.contains("SOX")
        || evidence.words.contains("ITGC"))
    ));
}

/// V:75: audit trails, separation of duties, access controls.
#[test]
fn financial_records_bring_the_three_families_of_sox() {
    let assessment = assessed(&ticket("Journal entry approval workflow"));
    assert!(frameworks(&assessment).contains(&"sox"));
    for id in [
        "REQ-LOG-DATA-ACCESS",
        "REQ-ACC-SEPARATION-OF-DUTIES",
        "REQ-ACC-ROLE-BASED",
    ] {
        let sources = controls(requirement(&assessment, id));
        assert!(
            sources.iter().any(|control| control.starts_with("sox ")),
            "{id}"
        );
    }
}

#[test]
fn an_urgent_priority_lifts_the_level_of_a_finding_and_of_nothing_else() {
    let mut urgent = ticket("Support passkeys for sign in");
    assert_eq!(assessed(&urgent).security_level, Severity::Medium);
    urgent.priority = Some("Highest".to_owned());
    assert_eq!(assessed(&urgent).security_level, Severity::High);
    let mut plain = ticket("Increase button padding");
    plain.priority = Some("Highest".to_owned());
    assert_eq!(assessed(&plain).security_level, Severity::Info);
}
