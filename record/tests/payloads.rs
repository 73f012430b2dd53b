//! A payload read from its text beside one read from its parse tree: of all that is near to a payload, the same.

#![allow(
    clippy::unwrap_used,
    reason = "all of this crate is test, its helpers included"
)]

use record::entries::{EntryType, EventType, Payload, PayloadError};
use serde_json::{Map, Value, json};

const SITE: &str = "site_01K9ABCDEFGHJKMNPQRSTVWX00";
const PERSON: &str = "per_01K9ABCDEFGHJKMNPQRSTVWX01";
const EVENT: &str = "evt_01K9ABCDEFGHJKMNPQRSTVWX02";

const FEED: &str = "feed_01K9ABCDEFGHJKMNPQRSTVWX05";
const KEY: &str = "key_01K9ABCDEFGHJKMNPQRSTVWX03";
const HOST: &str = "host_01K9ABCDEFGHJKMNPQRSTVWX04";

/// Who may report, what was reported, and what was linked.
fn from_outside(ticket: &Value) -> Vec<(EntryType, Value)> {
    let reported = |kind: &EventType| {
        let by = match kind {
            EventType::ConfigChange => json!({"codeHost": HOST}),
            _ => json!({"apiKey": KEY}),
        };
        (
            kind.entry_type(),
            json!({"by": by, "action": "PUSHED", "repository": "42", "commit": "a1b2c3d4", "base": "0a1b2c3",
                "modelId": "credit-scoring:3.2", "claimedAt": "x"}),
        )
    };
    let mut examples = vec![
        (
            EntryType::ApiKeyChanged,
            json!({"key": KEY, "change": "ISSUED", "name": "ci", "environment": "TEST", "scopes": ["events:read"],
                "secretDigest": "aa", "expiresAt": "x"}),
        ),
        (
            EntryType::CodeHostChanged,
            json!({"host": HOST, "kind": "GITHUB", "baseUrl": "https://a.test", "state": "ENABLED", "pushAs": "PUSH",
                "secretDigest": "aa"}),
        ),
        (
            EntryType::JiraIntegrationChanged,
            json!({"site": SITE, "tracker": "JIRA", "baseUrl": "https://a.test", "apiUrl": "https://b.test",
                "state": "ENABLED", "projects": ["AI-GOV"], "secretDigest": "aa"}),
        ),
        (
            EntryType::LinkAdded,
            json!({"event": EVENT, "ticketKey": "PAY-1", "ticket": ticket, "foundIn": "MANUAL", "fetchedAt": "x",
                "assignee": PERSON, "reporter": PERSON}),
        ),
        (
            EntryType::LinkRevoked,
            json!({"link": EVENT, "event": EVENT, "ticket": ticket}),
        ),
        (
            EntryType::CatalogChanged,
            json!({"catalog": "aa", "packs": [{"name": "framework/gdpr", "version": "1", "sha256": "bb"}],
                "by": {"apiKey": KEY}, "previous": EVENT}),
        ),
        (
            EntryType::ImplementationClaimed,
            json!({"ticket": ticket, "by": {"apiKey": KEY}, "requirement": "REQ-ENC-AT-REST", "requirementSet": "aa",
                "commit": "a1b2c3d4", "lines": {"first": 45, "last": 52}, "repository": "4711", "replaces": EVENT}),
        ),
        (
            EntryType::ClaimChecked,
            json!({"ticket": ticket, "by": {"apiKey": KEY}, "claim": EVENT, "found": "MOVED", "commit": "a1b2c3d4",
                "lines": {"first": 45, "last": 52}}),
        ),
    ];
    examples.extend(EventType::ALL.iter().map(reported));
    examples.extend(stated(ticket));
    examples
}

/// What approvers state of tickets, what follows from it, and who hears of it.
fn stated(ticket: &Value) -> Vec<(EntryType, Value)> {
    let by = json!({"person": PERSON, "role": "Approvers", "roleSource": "GROUP"});
    let until = "2027-01-01T00:00:00.000Z";
    vec![
        (
            EntryType::FindingCorrected,
            json!({"ticket": ticket, "indicator": "payment", "correction": "DISMISSED", "by": by, "seen": EVENT,
                "ofWords": "aa"}),
        ),
        (
            EntryType::EmergencyReleased,
            json!({"ticket": ticket, "by": by, "contentHash": "aa", "requirementSet": "aa", "until": until}),
        ),
        (
            EntryType::EmergencyOverdue,
            json!({"ticket": ticket, "release": EVENT, "until": until}),
        ),
        (
            EntryType::GateBypassed,
            json!({"ticket": ticket, "status": "Done", "changelog": "10012", "by": PERSON, "movedAt": until}),
        ),
        (
            EntryType::GateTampered,
            json!({"ticket": ticket, "found": "OPEN", "stands": "CLOSED", "by": PERSON, "claimedAt": until}),
        ),
        (
            EntryType::RequirementWaived,
            json!({"ticket": ticket, "requirement": "REQ-ENC-AT-REST", "requirementSet": "aa", "by": by,
                "until": until}),
        ),
        (
            EntryType::WaiverExpiring,
            json!({"ticket": ticket, "waiver": EVENT, "requirement": "REQ-ENC-AT-REST", "until": until}),
        ),
        (
            EntryType::WaiverEnded,
            json!({"ticket": ticket, "waiver": EVENT, "requirement": "REQ-ENC-AT-REST", "reason": "WITHDRAWN",
                "by": PERSON}),
        ),
        (
            EntryType::MonitoringRequested,
            json!({"ticket": ticket, "deployment": EVENT, "riskTenths": 85}),
        ),
        (
            EntryType::MonitoringAcknowledged,
            json!({"ticket": ticket, "request": EVENT, "by": {"apiKey": KEY}}),
        ),
        (
            EntryType::MonitoringOverdue,
            json!({"ticket": ticket, "request": EVENT, "until": until}),
        ),
        (
            EntryType::RequirementsAcknowledged,
            json!({"ticket": ticket, "by": PERSON, "requirementSet": "aa", "seen": EVENT}),
        ),
        (
            EntryType::SecurityTeamNotified,
            json!({"ticket": ticket, "assessment": EVENT, "riskTenths": 85, "group": "security", "outcome": "REFUSED",
                "status": 400}),
        ),
        (
            EntryType::FeedChanged,
            json!({"feed": FEED, "host": "siem.test", "form": "PLAIN", "least": "HIGH", "types": ["DEPLOYMENT"],
                "state": "ENABLED", "secretDigest": "00"}),
        ),
    ]
}

fn examples() -> Vec<(EntryType, Value)> {
    let ticket = json!({"tracker": "JIRA", "site": SITE, "id": "10001", "key": "PAY-1"});
    let mut examples = from_outside(&ticket);
    examples.extend([
        (
            EntryType::KeyAnnounced,
            json!({"purpose": "LEDGER", "key": "k", "sealedDigest": "00"}),
        ),
        (
            EntryType::InstallationChanged,
            json!({"site": SITE, "tracker": "JIRA", "clientKey": "c", "baseUrl": "https://a.test", "cloudId": "x",
                "change": "INSTALLED", "state": "ENABLED", "secretDigest": "00"}),
        ),
        (
            EntryType::ForgeInstallationChanged,
            json!({"site": SITE, "tracker": "JIRA", "cloudId": "x", "installationId": "y", "baseUrl": "https://a.test",
                "change": "REINSTALLED", "state": "ENABLED"}),
        ),
        (
            EntryType::SettingsChanged,
            json!({"site": SITE, "project": "PAY", "approverRole": "A", "approverGroup": "G", "ownTicket": true}),
        ),
        (
            EntryType::SecretsResealed,
            json!({"signingKeyDigest": "00", "sites": [{"site": SITE, "secretDigest": "11"}],
                "codeHosts": [{"host": HOST, "secretDigest": "22"}],
                "jiraIntegrations": [{"site": SITE, "secretDigest": "33"}]}),
        ),
        (
            EntryType::PersonRegistered,
            json!({"person": PERSON, "site": SITE}),
        ),
        (
            EntryType::TicketAssessed,
            json!({"ticket": ticket, "change": "FIRST", "contentHash": "aa", "contentKeyDigest": "bb",
                "catalog": "cc", "requirementSet": "dd", "severity": "HIGH", "riskTenths": 85,
                "indicators": ["card \"data\"\n"], "frameworks": [{"id": "pci_dss", "version": "4.0.1"}],
                "previous": EVENT}),
        ),
        (
            EntryType::RequirementsPublished,
            json!({"set": "aa", "catalog": "bb", "requirements": [{"id": "é😂", "n": -7, "_sd": [1], "version": 9}]}),
        ),
        (
            EntryType::TicketDeleted,
            json!({"ticket": ticket, "observed": "READ"}),
        ),
        (
            EntryType::CommentRecorded,
            json!({"ticket": ticket, "comment": "777", "change": "CREATED", "observed": "WEBHOOK", "author": PERSON,
                "claimedAt": "2026-11-21T10:00:00.000Z"}),
        ),
        (
            EntryType::WorklogRecorded,
            json!({"ticket": ticket, "worklog": "778", "change": "UPDATED", "observed": "READ", "author": PERSON,
                "seconds": 3600, "startedAt": "2026-11-21T10:00:00.000Z", "claimedAt": "2026-11-21T10:00:00.000Z"}),
        ),
        (
            EntryType::TicketResolved,
            json!({"ticket": ticket, "through": "STATUS", "changelog": "10414", "by": PERSON, "resolvedAt": "x"}),
        ),
        (
            EntryType::TicketMoved,
            json!({"ticket": ticket, "from": "OPS-9", "changelog": "10415", "by": PERSON, "movedAt": "x"}),
        ),
        (
            EntryType::HumanReview,
            json!({"ticketKey": "PAY-1", "ticket": ticket, "reviewType": "CHANGE_APPROVAL", "scope": "PLAN",
                "decision": "APPROVED", "reviewer": {"person": PERSON, "role": "R", "roleSource": "GROUP", "inPlaceOf": PERSON},
                "contentHash": "aa", "requirementSet": "bb", "reviewedAt": "x", "linkedAuditEvents": [EVENT],
                "via": {"comment": "777"}}),
        ),
        (
            EntryType::ReviewNotCounted,
            json!({"ticket": ticket, "decision": "APPROVED", "person": PERSON, "via": {"approval": "12"},
                "reason": "OWN_TICKET"}),
        ),
        (
            EntryType::ApprovalStale,
            json!({"ticket": ticket, "approval": EVENT, "reason": "CONTENT_CHANGED", "shownBy": EVENT}),
        ),
        (
            EntryType::Verification,
            json!({"report": "aa", "key": "k", "verdict": "VERIFIED", "size": 9, "root": "bb", "findings": 0,
                "verifiedAt": "x"}),
        ),
        (
            EntryType::ExportCreated,
            json!({"bundle": "aa", "first": 0, "end": 9, "disclosures": 1, "exportedAt": "x"}),
        ),
        (
            EntryType::PersonalDataErased,
            json!({"person": PERSON, "event": EVENT, "reason": "REQUEST", "digests": ["x"]}),
        ),
    ]);
    examples
}

fn verdict(read: &Result<Payload, PayloadError>) -> String {
    match read {
        Ok(payload) => format!("{payload:?}"),
        Err(error) => error.to_string(),
    }
}

/// What both make of it; the text stands as the canonical form has it, members in order.
fn both(kind: &str, members: &Map<String, Value>) -> String {
    let text = serde_json::to_string(members).unwrap();
    let (read, parsed) = (Payload::read(kind, &text), Payload::parse(kind, members));
    assert_eq!(verdict(&read), verdict(&parsed), "{kind}: {text}");
    verdict(&read)
}

fn values() -> Vec<Value> {
    vec![
        json!(0),
        json!(1),
        json!(2),
        json!(-1),
        json!(9_007_199_254_740_992_u64),
        json!(true),
        json!(""),
        json!("1"),
        json!("evt_8ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
        json!("a\"\\\u{1}é"),
        json!([]),
        json!({}),
        json!([["JIRA", SITE, "10001", "PAY-1"]]),
        json!({"_sd": ["x"], "version": 1}),
    ]
}

/// Every object within, with one member changed, removed or put in.
fn near(value: &Value) -> Vec<Value> {
    let mut all = values();
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let mut other = members.clone();
                let was = other.remove(name).unwrap();
                all.push(other.clone().into());
                other.insert(format!("{name}\n"), was);
                all.push(other.into());
                for value in near(value) {
                    let mut other = members.clone();
                    other.insert(name.clone(), value);
                    all.push(other.into());
                }
            }
            for name in ["_sd", "_sd_alg", "more", "a\"\n", "version"] {
                for value in values() {
                    let mut other = members.clone();
                    other.insert(name.to_owned(), value);
                    all.push(other.into());
                }
            }
        }
        Value::Array(items) => {
            for value in items.iter().flat_map(near) {
                all.push(json!([value]));
            }
        }
        _ => {}
    }
    all
}

#[test]
fn text_and_parse_tree_are_read_alike() {
    let (mut compared, mut sound) = (0, 0);
    for (kind, mut example) in examples() {
        example["version"] = json!(1);
        let kind = kind.as_str();
        let members = example.as_object().unwrap();
        let read = both(kind, members);
        assert!(Payload::parse(kind, members).is_ok(), "{kind}: {read}");
        for value in near(&example) {
            let Value::Object(members) = value else {
                continue;
            };
            both(kind, &members);
            compared += 1;
            sound += usize::from(Payload::parse(kind, &members).is_ok());
        }
    }
    assert_eq!(examples().len(), EntryType::ALL.len());
    assert!(
        sound > 100 && compared - sound > 1_000,
        "{compared}, {sound}"
    );
}

#[test]
fn another_version_is_named_whatever_else_is_wrong() {
    for (kind, example) in examples() {
        for version in [Some(json!(2)), Some(json!("1")), Some(json!([1])), None] {
            let mut members = example.as_object().unwrap().clone();
            members.extend(version.map(|version| ("version".to_owned(), version)));
            members.insert("another".to_owned(), json!({"of": "that version"}));
            let other = PayloadError::Version.to_string();
            assert_eq!(both(kind.as_str(), &members), other, "{kind}");
        }
    }
    let known_to_nobody = both("KEY_FORGED", &Map::new());
    assert_eq!(known_to_nobody, PayloadError::UnknownType.to_string());
}
