//! Long and hostile tickets: bounded time, bounded evidence, positions that hold.

use std::time::{Duration, Instant};

use compliance::{Form, Moment, prompt};

use crate::ticket::{assessed, described, suggested};

const MEBIBYTE: usize = 1 << 20;

/// Far above what it takes, far below what anything quadratic would.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn a_description_of_one_mebibyte_is_assessed_in_bounded_time() {
    for pattern in [
        "Patients upload documents and pay by card through the external API. ",
        "log ",
        "no ",
        "no payments, ",
        "does not touch payments or ",
        "login.. (card)",
        "a\u{301}\u{301}\u{301}",
        "patientIdCardNumber",
        "!a.b [^ ",
        "https://",
        "? no ",
        "`~{",
        "\n- x",
        "payments: none ",
        "move support keep us ",
    ] {
        // The everyday text at full size, the hostile ones at a size that would still show anything quadratic.
        let size = if pattern.len() > 60 {
            MEBIBYTE
        } else {
            MEBIBYTE / 4
        };
        let text = pattern.repeat(size / pattern.len());
        let ticket = described("Nightly export", &text);
        let begin = Instant::now();
        let assessment = assessed(&ticket);
        let prompt = prompt(
            &assessment,
            &ticket,
            Some(&text),
            Form::Markdown,
            &Moment::default(),
        );
        let taken = begin.elapsed();
        println!("{pattern:?}: {} ms", taken.as_millis());
        assert!(taken < LIMIT, "{pattern:?} took {taken:?}");
        assert!(prompt.len() < 120_000);
        assert!(
            assessment
                .findings
                .iter()
                .all(|finding| finding.evidence.len() <= 12)
        );
        assert!(serde_json::to_vec(&assessment).unwrap().len() < 400_000);
    }
}

#[test]
fn evidence_beyond_the_limit_is_counted() {
    let words = "login password mfa sso saml oauth jwt captcha idp inactivity totp webauthn passkey brute force logout \
        signup root login face id touch id security questions trusted device idle session";
    let assessment = assessed(&described("Rework", words));
    let authn = assessment
        .findings
        .iter()
        .find(|finding| finding.indicator.as_str() == "authn")
        .unwrap();
    assert_eq!(authn.evidence.len(), 12);
    assert!(authn.evidence_omitted > 0);
}

#[test]
fn positions_count_unicode_scalar_values_of_the_field() {
    let text = "Ärzte 🏥 sehen die pa\u{ad}tient\u{200b}s’ ｍｅｄｉｃａｌ history\r\nund ＰＨＩ";
    let assessment = assessed(&described("Übersicht", text));
    let health = assessment
        .findings
        .iter()
        .find(|finding| finding.indicator.as_str() == "health")
        .unwrap();
    for evidence in &health.evidence {
        let cut: String = text
            .chars()
            .skip(evidence.start as usize)
            .take((evidence.end - evidence.start) as usize)
            .collect();
        assert_eq!(cut, evidence.words);
    }
    assert!(
        health
            .evidence
            .iter()
            .any(|evidence| evidence.words == "ＰＨＩ")
    );
}

#[test]
fn the_same_ticket_gives_the_same_assessment() {
    let ticket = described(
        "Patient portal payment",
        "Upload documents, personal data, login, external API",
    );
    assert_eq!(assessed(&ticket), assessed(&ticket));
    assert!(suggested(&assessed(&ticket)).len() >= 5);
}

#[test]
fn empty_and_odd_texts_are_fine() {
    for text in [
        "", " ", "\n\n", "```", "{code}", "{", "!", "[^", "--", "\u{301}", "a\u{0}b", "\u{feff}",
        "🏥", "{quote}", "no",
    ] {
        let assessment = assessed(&described(text, text));
        assert!(suggested(&assessment).is_empty(), "{text:?}");
    }
}
