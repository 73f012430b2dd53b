//! The patient portal (V:116-167).

use compliance::requirement_set::Value;
use compliance::{Assessment, Switch};
use record::facts::TicketSnapshot;

use crate::ticket::{assessed, controls, described, frameworks, requirement, suggested, switched};

fn booking() -> TicketSnapshot {
    TicketSnapshot {
        labels: vec!["patient-portal".to_owned(), "healthcare".to_owned()],
        components: vec!["Patient Services".to_owned()],
        ..described(
            "Add patient appointment booking system",
            "Allow patients to schedule appointments online,\nview their medical history, and upload documents.",
        )
    }
}

fn in_group<'a>(assessment: &'a Assessment, group: &str) -> Vec<&'a str> {
    let all = assessment.requirements.requirements.iter();
    all.filter(|requirement| requirement.group == group)
        .map(|requirement| requirement.id.as_str())
        .collect()
}

/// V:126-133: an organisation in the United States.
#[test]
fn hipaa_privacy_and_security_and_soc2_apply() {
    let us = [
        ("hipaa_privacy", Switch::Applies),
        ("hipaa_security", Switch::Applies),
        ("soc2", Switch::Applies),
        ("gdpr", Switch::Off),
    ];
    let assessment = switched(&booking(), &us);
    let titles: Vec<_> = assessment
        .frameworks
        .iter()
        .map(|framework| framework.title.as_str())
        .collect();
    assert_eq!(
        titles,
        ["HIPAA Privacy Rule", "HIPAA Security Rule", "SOC 2"]
    );
    assert_eq!(assessment.data_classes, ["Protected health information"]);
    assert_eq!(suggested(&assessment), ["file_upload", "health"]);
    // Nobody switched the GDPR on or off: it may apply, and the question is asked.
    let unanswered = assessed(&booking());
    assert!(frameworks(&unanswered).contains(&"gdpr"));
    assert!(
        unanswered
            .frameworks
            .iter()
            .all(|framework| framework.question.ends_with(['?', ')']))
    );
}

/// V:127-129: each finding names its words.
#[test]
fn each_finding_names_the_words_that_caused_it() {
    let ticket = booking();
    let assessment = assessed(&ticket);
    for (indicator, words) in [("health", "medical history"), ("file_upload", "upload")] {
        let finding = assessment
            .findings
            .iter()
            .find(|finding| finding.indicator.as_str() == indicator)
            .unwrap();
        let evidence = finding
            .evidence
            .iter()
            .find(|evidence| evidence.words == words)
            .unwrap();
        let cut: String = ticket
            .description
            .chars()
            .skip(evidence.start as usize)
            .take((evidence.end - evidence.start) as usize)
            .collect();
        assert_eq!(
            (cut.as_str(), evidence.field.to_string().as_str()),
            (words, "description")
        );
        assert!(!evidence.rule.is_empty() && evidence.weight > 0);
        assert!(finding.clears.ends_with('.'));
    }
}

/// V:146-167: the five groups with their items.
#[test]
fn the_five_groups_hold_their_items() {
    let assessment = assessed(&booking());
    assert_eq!(
        in_group(&assessment, "Encryption"),
        [
            "REQ-ENC-AT-REST",
            "REQ-ENC-IN-TRANSIT",
            "REQ-ENC-NOT-IN-LOGS"
        ]
    );
    assert_eq!(
        in_group(&assessment, "Access Control"),
        [
            "REQ-ACC-MINIMUM-NECESSARY",
            "REQ-ACC-ROLE-BASED",
            "REQ-ACC-SESSION-TIMEOUT"
        ]
    );
    let audit = in_group(&assessment, "Audit Logging");
    for id in [
        "REQ-LOG-ADMIN-ACTIONS",
        "REQ-LOG-AUTHENTICATION",
        "REQ-LOG-DATA-ACCESS",
    ] {
        assert!(audit.contains(&id), "{id}");
    }
    assert_eq!(
        in_group(&assessment, "File Uploads"),
        [
            "REQ-FILE-MALWARE",
            "REQ-FILE-SIZE",
            "REQ-FILE-STORAGE",
            "REQ-FILE-TYPES"
        ]
    );
    for id in [
        "REQ-INT-CSRF",
        "REQ-INT-PARAMETERIZED-QUERIES",
        "REQ-INT-VALIDATE-INPUT",
    ] {
        assert!(
            in_group(&assessment, "Data Integrity").contains(&id),
            "{id}"
        );
    }
    for (id, part) in [
        ("REQ-ENC-AT-REST", "protected health information"),
        ("REQ-ENC-AT-REST", "AES-256"),
        ("REQ-ENC-IN-TRANSIT", "TLS 1.3"),
        ("REQ-ENC-NOT-IN-LOGS", "error messages"),
        ("REQ-ACC-ROLE-BASED", "their own data"),
        ("REQ-ACC-SESSION-TIMEOUT", "15 minutes"),
        ("REQ-LOG-DATA-ACCESS", "who, what, when"),
        ("REQ-FILE-SIZE", "10 MB"),
        ("REQ-FILE-STORAGE", "encrypted bucket"),
    ] {
        assert!(
            requirement(&assessment, id).statement.contains(part),
            "{id}: {part}"
        );
    }
    let groups: Vec<_> = assessment
        .requirements
        .requirements
        .chunk_by(|a, b| a.group == b.group)
        .map(|it| it[0].group.as_str())
        .collect();
    assert_eq!(
        groups[..5],
        [
            "Encryption",
            "Access Control",
            "Audit Logging",
            "File Uploads",
            "Data Integrity"
        ]
    );
}

/// V:209 and following claim more than the rule says: the Security Rule names no algorithm and is addressable there.
#[test]
fn hipaa_is_cited_for_what_it_says_and_policy_for_the_rest() {
    let assessment = assessed(&booking());
    let at_rest = requirement(&assessment, "REQ-ENC-AT-REST");
    let source = at_rest
        .frameworks
        .iter()
        .find(|source| source.framework.as_str() == "hipaa_security")
        .unwrap();
    assert_eq!(source.controls[0].id.as_str(), "164.312(a)(2)(iv)");
    assert_eq!(source.controls[0].kind.as_deref(), Some("addressable"));
    let minimum = requirement(&assessment, "REQ-ACC-MINIMUM-NECESSARY");
    assert!(controls(minimum).contains(&"hipaa_privacy 164.502(b)".to_owned()));
    assert!(
        !controls(minimum)
            .iter()
            .any(|control| control.starts_with("hipaa_security"))
    );
}

#[test]
fn the_longest_retention_wins_and_erasure_is_shown_as_its_opposite() {
    let assessment = assessed(&booking());
    let months = &requirement(&assessment, "REQ-LOG-RETENTION").parameters[0];
    assert_eq!(months.value, Value::Number(72));
    assert_eq!(months.overruled[0].value, Value::Number(12));
    let ids: Vec<_> = assessment.requirements.conflicts[0]
        .between
        .iter()
        .map(compliance::ids::RequirementId::as_str)
        .collect();
    assert_eq!(ids, ["REQ-LOG-RETENTION", "REQ-PRIV-ERASURE"]);
}
