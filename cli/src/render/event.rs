//! An event, its links, and what was found when its bytes were looked at, in words. What could not be verified never
//! reads as if it were.

use super::about::about;
use crate::answers::{Event, Link, Proven, Standing};

/// A line about the event, one with its id and what was found, and one for each link.
#[must_use]
pub fn event(event: &Event) -> Vec<String> {
    let mut first = format!(
        "#{} {} {} from {}",
        event.chain_position, event.timestamp, event.event_type, event.source
    );
    if let Some(about) = about(&event.payload) {
        first.push_str(": ");
        first.push_str(about.as_str());
    }
    let mut second = format!("    {}, severity {}", event.id, event.severity);
    if let Some(model) = &event.model_id {
        second.push_str(&format!(", model {model}"));
    }
    second.push_str(", ");
    second.push_str(found(event));
    let mut lines = vec![first, second];
    lines.extend(event.links.iter().map(link));
    lines
}

/// What was found, as the answer of a command.
#[must_use]
pub fn proven(proven: &Proven) -> String {
    let at = &proven.checked_at;
    match proven.standing {
        Standing::Verified => match proven.checkpoint_size {
            Some(size) => {
                format!("VERIFIED: it is in the signed checkpoint of {size} entries, as of {at}.")
            }
            None => format!("VERIFIED: it is in a signed checkpoint, as of {at}."),
        },
        Standing::NotCoveredYet => format!(
            "NOT COVERED YET: its bytes give the recorded hash, and no signed checkpoint covers it as of {at}. Ask \
             again in a minute."
        ),
        Standing::Broken => format!(
            "BROKEN: its bytes do not fit, as of {at}. Do not rely on it: ask whoever runs Countersign to run \
             `countersign-verifier run`, which says what is wrong."
        ),
    }
}

const fn found(event: &Event) -> &'static str {
    match (event.verification.standing, event.verified) {
        (Standing::Verified, true) => "verified",
        (Standing::Verified, false) => "not verified, or not yet: one of its links is not",
        (Standing::NotCoveredYet, _) => "not verified yet: no signed checkpoint covers it",
        (Standing::Broken, _) => "NOT VERIFIED: its bytes do not fit",
    }
}

fn link(link: &Link) -> String {
    let mut line = match link.revoked {
        true => format!("    was linked with {}, revoked", link.external_id),
        false => format!("    linked with {}", link.external_id),
    };
    let found_in = link.found_in.as_str().to_lowercase().replace('_', " ");
    line.push_str(&match found_in.as_str() {
        "manual" => ", by hand".to_owned(),
        found_in => format!(", named in the {found_in}"),
    });
    if link.state.as_str() != "RESOLVED" {
        line.push_str(", which Jira does not show");
    }
    if let Some(url) = &link.url {
        line.push_str(&format!(", {url}"));
    }
    format!("{line} ({})", link.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn shown(standing: &str, verified: bool, links: &Value) -> Vec<String> {
        let text = json!({ "id": "evt_1", "chainPosition": 17, "eventType": "CONFIG_CHANGE", "source": "GITHUB",
            "timestamp": "2026-03-02T14:22:11.003Z", "severity": "HIGH", "modelId": "credit-v3",
            "payload": { "commit": { "sha": "a1b2c3d4a1b2c3d4", "message": "fix: this\n\nand that" } },
            "links": links, "verified": verified, "unknown": {},
            "verification": { "standing": standing, "checkedAt": "2026-03-02T15:00:00.000Z" } });
        event(&serde_json::from_value(text).unwrap())
    }

    #[test]
    fn an_event_reads_with_its_links() {
        let link = |found_in: &str, state: &str, revoked: bool| {
            json!({ "id": "evt_2", "externalId": "PAY-142", "url": "https://j.example/browse/PAY-142", "state": state,
                "foundIn": found_in, "revoked": revoked })
        };
        let links = json!([
            link("COMMIT_MESSAGE", "RESOLVED", false),
            link("MANUAL", "UNRESOLVED", true)
        ]);
        assert_eq!(
            shown("VERIFIED", true, &links),
            [
                "#17 2026-03-02T14:22:11.003Z CONFIG_CHANGE from GITHUB: a1b2c3d4a1b2 fix: this",
                "    evt_1, severity HIGH, model credit-v3, verified",
                "    linked with PAY-142, named in the commit message, https://j.example/browse/PAY-142 (evt_2)",
                "    was linked with PAY-142, revoked, by hand, which Jira does not show, \
                 https://j.example/browse/PAY-142 (evt_2)",
            ]
        );
    }

    #[test]
    fn what_is_not_verified_never_reads_as_if_it_were() {
        let found = |standing, verified| shown(standing, verified, &json!([]))[1].clone();
        assert!(found("VERIFIED", true).ends_with(", verified"));
        for (standing, verified) in [
            ("VERIFIED", false),
            ("NOT_COVERED_YET", false),
            ("NOT_COVERED_YET", true),
            ("BROKEN", false),
            ("BROKEN", true),
        ] {
            let found = found(standing, verified).to_lowercase();
            assert!(found.contains("not verified"), "{found}");
        }
    }
}
