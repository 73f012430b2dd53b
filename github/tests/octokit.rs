//! Packages of Octokit as judges: every example delivery that `@octokit/webhooks-examples` has of an event we use is
//! read, and what `@octokit/webhooks-methods` signs is believed. They are looked for where
//! `scripts/install-test-tools` puts them; `COUNTERSIGN_OCTOKIT_EXAMPLES` names one file of examples to read
//! instead, such as that of one version of GitHub's servers. Missing, they count as skipped, in CI as failed.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it ran"
)]

mod octokit_packages;

use std::collections::BTreeMap;

use github::{SignatureRefusal, WebhookRefusal, WebhookSecret, parse};
use octokit_packages::{examples, sign};
use record::entries::PushAs;

/// The events that are read, and what of each is not.
const EVENTS: &[(&str, &[&str])] = &[
    ("push", &[]),
    (
        "pull_request",
        &[
            "assigned",
            "auto_merge_disabled",
            "auto_merge_enabled",
            "labeled",
            "locked",
            "review_request_removed",
            "review_requested",
            "unassigned",
            "unlabeled",
            "unlocked",
        ],
    ),
    ("pull_request_review", &[]),
    ("deployment", &[]),
    ("deployment_status", &[]),
    ("release", &[]),
    ("workflow_run", &["in_progress", "requested"]),
];

#[derive(Default)]
struct Count {
    read: usize,
    passed_over: usize,
}

#[test]
fn every_example_is_read_or_passed_over_for_its_action() {
    let Some(examples) = examples() else {
        return;
    };
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for example in &examples {
        let body = example.body.to_string();
        let Some((event, passed_over)) = EVENTS.iter().find(|(event, _)| *event == example.event)
        else {
            let answer = parse(&example.event, body.as_bytes(), PushAs::Commits);
            let expected = WebhookRefusal::NotHandled(example.event.clone());
            assert_eq!(answer, Err(expected));
            continue;
        };
        let count = counts.entry(event).or_default();
        let action = example.body["action"].as_str().unwrap_or_default();
        for push_as in [PushAs::Commits, PushAs::Push] {
            match parse(event, body.as_bytes(), push_as) {
                Ok(events) => {
                    assert!(!passed_over.contains(&action), "{event} {action}");
                    assert!(!events.is_empty() && events.iter().all(|event| event.actor.is_some()));
                    assert!(
                        events
                            .iter()
                            .all(|event| event.payload["repository"]["url"].is_string())
                    );
                }
                Err(refusal) => {
                    let expected = WebhookRefusal::NotHandled(format!("{event}.{action}"));
                    assert_eq!(refusal, expected);
                    assert!(passed_over.contains(&action), "{event} {action}");
                }
            }
        }
        if passed_over.contains(&action) {
            count.passed_over += 1;
        } else {
            count.read += 1;
        }
    }
    for (event, Count { read, passed_over }) in &counts {
        println!("{event}: {read} read, {passed_over} passed over");
    }
    assert!(counts["push"].read > 0 && counts["pull_request"].read > 0);
}

#[test]
fn what_octokit_signs_is_believed() {
    let long = "x".repeat(256);
    let secrets = ["It's a Secret to Everybody", "0123456789abcdef", &long];
    let bodies = ["", "Hello, World!", "{\"title\":\"Zahlung – ß ✓\\n\"}\r\n"];
    let asked: Vec<(&str, &str)> = secrets
        .iter()
        .flat_map(|secret| bodies.iter().map(|body| (*secret, *body)))
        .filter(|(_, body)| !body.is_empty())
        .collect();
    let Some(signatures) = sign(&asked) else {
        return;
    };
    assert_eq!(signatures.len(), asked.len());
    for ((secret, body), signature) in asked.iter().zip(&signatures) {
        let secret: WebhookSecret = secret.parse().unwrap();
        assert_eq!(secret.verify(Some(signature), body.as_bytes()), Ok(()));
        let other: WebhookSecret = "another secret than that".parse().unwrap();
        let refused = Err(SignatureRefusal::Mismatch);
        assert_eq!(other.verify(Some(signature), body.as_bytes()), refused);
    }
    println!("{} signatures believed", signatures.len());
}
