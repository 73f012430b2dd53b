//! The labelled lines that the lists were tuned on: they show that nothing broke, not how good the lists are.

use std::path::PathBuf;

use compliance::{Catalog, Framework};
use serde::Deserialize;

use crate::ticket::{by_rules, suggested, ticket};

/// Lines that are known to fail, with the reason.
const KNOWN_FAILURES: &[(&str, &str)] = &[];

#[derive(Deserialize)]
struct Examples {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(rename = "s")]
    summary: String,
    #[serde(rename = "d", default)]
    description: String,
    #[serde(rename = "l", default)]
    labels: String,
    #[serde(default)]
    want: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
}

fn reference(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/reference/compliance")
        .join(name);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is absent");
        println!("SKIPPED: {name}");
    }
    text
}

#[test]
fn labelled_lines_fire_what_they_should_and_nothing_they_should_not() {
    let Some(text) = reference("triggers_examples.yaml") else {
        return;
    };
    let examples: Examples = serde_saphyr::from_str(&text).unwrap();
    let (mut wanted, mut denied, mut failures) = (0, 0, vec![]);
    for case in &examples.cases {
        let mut ticket = ticket(&case.summary);
        ticket.description.clone_from(&case.description);
        ticket.labels = case.labels.split_whitespace().map(str::to_owned).collect();
        let assessment = by_rules(&ticket);
        let fired = suggested(&assessment);
        wanted += case.want.len();
        denied += case.deny.len();
        for missing in case.want.iter().filter(|id| !fired.contains(&id.as_str())) {
            failures.push((case.summary.as_str(), format!("misses {missing}")));
        }
        for wrong in case.deny.iter().filter(|id| fired.contains(&id.as_str())) {
            let finding = assessment
                .findings
                .iter()
                .find(|finding| finding.indicator.as_str() == wrong);
            failures.push((
                case.summary.as_str(),
                format!("fires {wrong}: {:?}", finding.map(|it| &it.evidence)),
            ));
        }
    }
    println!(
        "lines: {}, wanted: {wanted}, denied: {denied}, failures: {}",
        examples.cases.len(),
        failures.len()
    );
    let unexpected: Vec<_> = failures
        .iter()
        .filter(|(line, _)| !KNOWN_FAILURES.iter().any(|(known, _)| known == line))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    for (known, reason) in KNOWN_FAILURES {
        assert!(
            failures.iter().any(|(line, _)| line == known),
            "{known} passes now ({reason})"
        );
    }
}

#[test]
fn every_control_exists_in_the_edition_it_is_taken_from() {
    let Some(text) = reference("controls.yaml") else {
        return;
    };
    let mut checked = 0;
    for framework in Catalog::embedded().frameworks() {
        let section = section(&text, framework);
        for control in &framework.controls {
            let plain = format!("- {{id: {},", control.id);
            let quoted = format!("- {{id: '{}',", control.id);
            assert!(
                section.contains(&plain) || section.contains(&quoted),
                "{} {}",
                framework.id,
                control.id
            );
            checked += 1;
        }
    }
    println!("controls checked: {checked}");
    assert!(checked > 150);
}

fn section<'a>(text: &'a str, framework: &Framework) -> &'a str {
    // The table has both rules of HIPAA under one head.
    let id = framework.id.as_str();
    let name = if id.starts_with("hipaa_") {
        "hipaa"
    } else {
        id
    };
    let start = text.find(&format!("\n  {name}:\n    title:")).unwrap();
    let rest = &text[start + 3..];
    rest.find("\n    title:")
        .and_then(|at| {
            rest[at + 1..]
                .find("\n    title:")
                .map(|next| &rest[..at + 1 + next])
        })
        .unwrap_or(rest)
}

#[test]
fn ordinary_tickets_fire_nothing() {
    for summary in [
        "Fix typo on the about page",
        "git checkout fails in CI for shallow clones",
        "Card component has wrong hover shadow",
        "Move the card to Done on the Kanban board",
    ] {
        let assessment = by_rules(&ticket(summary));
        assert_eq!(suggested(&assessment), [""; 0], "{summary}");
        assert!(
            assessment.frameworks.is_empty() && assessment.requirements.requirements.is_empty(),
            "{summary}"
        );
        assert_eq!(
            (
                assessment.security_level.as_str(),
                assessment.risk.score.tenths()
            ),
            ("INFO", 0),
            "{summary}"
        );
        assert!(assessment.actions.is_empty(), "{summary}");
    }
}
