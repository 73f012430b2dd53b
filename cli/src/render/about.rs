//! What an event is about, in a part of a line: by what its payload holds, since each source has its own form. What is
//! not known is left out.

use serde_json::Value;

use crate::printable::Printable;

/// The most characters of a title or a message that are shown.
const LONGEST: usize = 100;
/// So many digits name a commit.
const SHORT_HASH: usize = 12;

/// The forms that are known, the most telling first.
const FORMS: [fn(&Value) -> Option<String>; 11] = [
    not_counted,
    administered,
    around_the_gate,
    decision,
    review,
    deployment,
    release,
    pull_request,
    workflow_run,
    commit,
    requirement,
];

/// One phrase about what happened; none if the payload has no form that is known.
pub(super) fn about(payload: &Value) -> Option<Printable> {
    if payload.is_null() {
        return Some(Printable::new("erased"));
    }
    let told = FORMS.iter().find_map(|form| form(payload));
    let told = told.or_else(|| words(payload, &["/ticketKey"]));
    let told = told.or_else(|| words(payload, &["/ticket/key"]));
    told.map(|told| Printable::new(&told))
}

/// A decision in Jira that does not count, and why.
fn not_counted(payload: &Value) -> Option<String> {
    payload.pointer("/via")?;
    let reason = text(payload, "/reason")?;
    let decided = words(payload, &["/decision", "/ticket/key"])?;
    Some(format!("{decided} does not count: {reason}"))
}

/// A key, a site or a code host that was set up, changed or removed.
fn administered(payload: &Value) -> Option<String> {
    match (text(payload, "/change"), text(payload, "/name")) {
        (Some(change), Some(name)) if payload.pointer("/key").is_some() => {
            Some(format!("{name}, {}", change.to_lowercase()))
        }
        _ => {
            let state = text(payload, "/state")?.to_lowercase();
            let id = text(payload, "/host").or_else(|| text(payload, "/site"))?;
            Some(format!("{}, {state} ({id})", text(payload, "/baseUrl")?))
        }
    }
}

/// An issue that came without an approval to where one is asked for, and one that was released in an emergency.
fn around_the_gate(payload: &Value) -> Option<String> {
    let key = text(payload, "/ticket/key")?;
    if let (Some(status), Some(_)) = (text(payload, "/status"), text(payload, "/movedAt")) {
        return Some(format!("{key} came into {status} without an approval"));
    }
    let until = text(payload, "/until")?;
    match text(payload, "/release") {
        Some(_) => Some(format!("{key}: nobody decided until {until}")),
        None => {
            text(payload, "/contentHash")?;
            let role = text(payload, "/by/role").map(|role| format!(" ({role})"));
            Some(format!("{key} until {until}{}", role.unwrap_or_default()))
        }
    }
}

fn decision(payload: &Value) -> Option<String> {
    let decided = words(payload, &["/decision", "/ticketKey"])?;
    text(payload, "/decision")?;
    let who = text(payload, "/reviewer/displayName").or_else(|| text(payload, "/reviewer/person"));
    let role = text(payload, "/reviewer/role").map(|role| format!(" ({role})"));
    Some(match who {
        Some(who) => format!("{decided} by {who}{}", role.unwrap_or_default()),
        None => decided,
    })
}

fn review(payload: &Value) -> Option<String> {
    let state = text(payload, "/review/state")?;
    Some(match pull_request(payload) {
        Some(pull) => format!("{state} on {pull}"),
        None => state,
    })
}

/// GitHub's form, and the plain one that pipelines report.
fn deployment(payload: &Value) -> Option<String> {
    let environment = text(payload, "/deployment/environment");
    let environment = environment.or_else(|| text(payload, "/environment"))?;
    let state = text(payload, "/deployment/state").map(|state| format!(", {state}"));
    let commit = short_hash(payload).map(|hash| format!(", {hash}"));
    Some(format!(
        "{environment}{}{}",
        state.unwrap_or_default(),
        commit.unwrap_or_default()
    ))
}

fn release(payload: &Value) -> Option<String> {
    text(payload, "/release/tag")?;
    words(payload, &["/release/tag", "/release/name"])
}

fn pull_request(payload: &Value) -> Option<String> {
    let number = payload.pointer("/pullRequest/number")?.as_u64()?;
    let title = text(payload, "/pullRequest/title").unwrap_or_default();
    let state = match payload.pointer("/pullRequest/merged") {
        Some(Value::Bool(true)) => Some("merged".to_owned()),
        _ => text(payload, "/pullRequest/state"),
    };
    let state = state.map(|state| format!(", {state}")).unwrap_or_default();
    Some(format!("#{number} {title}{state}"))
}

fn workflow_run(payload: &Value) -> Option<String> {
    text(payload, "/workflowRun/name")?;
    words(payload, &["/workflowRun/name", "/workflowRun/conclusion"])
}

fn commit(payload: &Value) -> Option<String> {
    let hash = short_hash(payload)?;
    Some(match text(payload, "/commit/message") {
        Some(message) => format!("{hash} {message}"),
        None => hash,
    })
}

/// A requirement of an issue: claimed, waived or taken back; with the file, where one is named.
fn requirement(payload: &Value) -> Option<String> {
    let (requirement, key) = (
        text(payload, "/requirement")?,
        text(payload, "/ticket/key")?,
    );
    let file = text(payload, "/path").map(|file| format!(" in {file}"));
    let first = payload.pointer("/lines/first").and_then(Value::as_u64);
    let line = first
        .filter(|_| file.is_some())
        .map(|line| format!(":{line}"));
    Some(format!(
        "{requirement} of {key}{}{}",
        file.unwrap_or_default(),
        line.unwrap_or_default()
    ))
}

fn short_hash(payload: &Value) -> Option<String> {
    let hash = text(payload, "/commit/sha")?;
    Some(hash.chars().take(SHORT_HASH).collect())
}

/// Those of these texts that are there.
fn words(payload: &Value, places: &[&str]) -> Option<String> {
    let words: Vec<String> = places
        .iter()
        .filter_map(|place| text(payload, place))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The first line of a text, as far as it is shown.
fn text(payload: &Value, place: &str) -> Option<String> {
    let line = payload.pointer(place)?.as_str()?.lines().next()?.trim();
    if line.is_empty() {
        return None;
    }
    let mut shown: String = line.chars().take(LONGEST).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_form_is_told_in_a_phrase() {
        let sha = "a1b2c3d4".repeat(5);
        for (payload, told) in [
            (
                json!({ "commit": { "sha": sha, "message": "feat: this [PAY-1]\n\nmore" } }),
                "a1b2c3d4a1b2 feat: this [PAY-1]",
            ),
            (json!({ "commit": { "sha": "a1b2c3d" } }), "a1b2c3d"),
            (
                json!({ "deployment": { "environment": "production", "state": "success" } }),
                "production, success",
            ),
            (
                json!({ "environment": "staging", "commit": { "sha": sha, "message": "m" } }),
                "staging, a1b2c3d4a1b2",
            ),
            (
                json!({ "release": { "tag": "v1.2", "name": "Spring" } }),
                "v1.2 Spring",
            ),
            (
                json!({ "pullRequest": { "number": 12, "title": "Fix", "state": "closed", "merged": true } }),
                "#12 Fix, merged",
            ),
            (
                json!({ "pullRequest": { "number": 12, "title": "Fix" }, "review": { "state": "approved" } }),
                "approved on #12 Fix",
            ),
            (
                json!({ "workflowRun": { "name": "build", "conclusion": "failure" } }),
                "build failure",
            ),
            (
                json!({ "decision": "APPROVED", "ticketKey": "PAY-142",
                    "reviewer": { "person": "per_1", "displayName": "Carla Ruiz", "role": "Approvers" } }),
                "APPROVED PAY-142 by Carla Ruiz (Approvers)",
            ),
            (
                json!({ "decision": "APPROVED", "ticket": { "key": "PAY-142" }, "via": { "comment": "7" },
                    "reason": "OWN_TICKET" }),
                "APPROVED PAY-142 does not count: OWN_TICKET",
            ),
            (
                json!({ "ticket": { "key": "PAY-142" }, "status": "Done", "movedAt": "2026-11-21T09:00:00.000Z" }),
                "PAY-142 came into Done without an approval",
            ),
            (
                json!({ "ticket": { "key": "PAY-142" }, "by": { "role": "on-call" }, "contentHash": "aa",
                    "until": "2026-11-21T13:00:00.000Z" }),
                "PAY-142 until 2026-11-21T13:00:00.000Z (on-call)",
            ),
            (
                json!({ "ticket": { "key": "PAY-142" }, "release": "evt_1", "until": "2026-11-21T13:00:00.000Z" }),
                "PAY-142: nobody decided until 2026-11-21T13:00:00.000Z",
            ),
            (
                json!({ "ticketKey": "PAY-142", "foundIn": "MANUAL" }),
                "PAY-142",
            ),
            (
                json!({ "requirement": "REQ-ENC-AT-REST", "ticket": { "key": "PAY-142" }, "path": "src/card.rs",
                    "lines": { "first": 3, "last": 9 }, "by": { "apiKey": "key_1" } }),
                "REQ-ENC-AT-REST of PAY-142 in src/card.rs:3",
            ),
            (
                json!({ "requirement": "REQ-ENC-AT-REST", "ticket": { "key": "PAY-142" }, "path": "src/card.rs" }),
                "REQ-ENC-AT-REST of PAY-142 in src/card.rs",
            ),
            (
                json!({ "key": "key_1", "change": "REVOKED", "name": "build-server", "environment": "LIVE" }),
                "build-server, revoked",
            ),
            (
                json!({ "host": "host_1", "baseUrl": "https://github.com", "state": "REMOVED" }),
                "https://github.com, removed (host_1)",
            ),
            (Value::Null, "erased"),
        ] {
            assert_eq!(about(&payload).unwrap().as_str(), told);
        }
    }

    #[test]
    fn what_is_of_no_known_form_is_left_out_and_what_is_long_is_cut() {
        for payload in [
            json!({}),
            json!([1]),
            json!("text"),
            json!({ "commit": { "sha": 7 } }),
            json!({ "commit": [] }),
        ] {
            assert_eq!(about(&payload), None, "{payload}");
        }
        let message = "é".repeat(LONGEST + 1);
        let told = about(&json!({ "commit": { "sha": "a1b2c3d", "message": message } })).unwrap();
        assert_eq!(
            told.as_str().chars().count(),
            "a1b2c3d ".len() + LONGEST + 1
        );
        assert!(told.as_str().ends_with("é…"));
    }

    #[test]
    fn a_message_moves_no_cursor() {
        let told = about(
            &json!({ "commit": { "sha": "\u{1b}]0;x\u{7}", "message": "a\u{1b}[1A\u{9b}2K\rb" } }),
        )
        .unwrap();
        assert!(!told.as_str().chars().any(char::is_control), "{told:?}");
    }
}
