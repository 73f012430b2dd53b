//! Webhook bodies: what gives a fact is an object that says so plainly, the fact survives being kept, and neither
//! white space nor the order of members has a say in it.

#![no_main]

use jira::webhook::{self, WebhookRefusal};
use libfuzzer_sys::fuzz_target;
use record::facts::{Change, Fact};
use serde_json::{Map, Value};

fuzz_target!(|body: &[u8]| {
    let parsed = webhook::parse(body);
    if let Err(WebhookRefusal::NotHandled(name)) = &parsed {
        assert!(name.len() <= 64 && name.bytes().all(|b| b.is_ascii_graphic()));
    }
    let value = serde_json::from_slice::<Value>(body);
    match (&parsed, &value) {
        (Err(WebhookRefusal::NotJson), _) => {}
        (Err(_) | Ok(_), Ok(value)) => {
            let again = serde_json::to_vec(value).expect("JSON is written");
            assert_eq!(webhook::parse(&again), parsed);
        }
        // Members that are not read are passed over without being looked into.
        (_, Err(_)) => return,
    }
    let (Ok(fact), Ok(value)) = (parsed, value) else {
        return;
    };
    let members = value.as_object().expect("a fact comes from an object");
    plainly(members, &fact);
    let kept = serde_json::to_string(&fact).expect("a fact is kept");
    let read: Fact = serde_json::from_str(&kept).expect("what was kept is read");
    assert_eq!(read, fact);
    assert_eq!(read.key(), fact.key());
});

/// The fact's ids and times are those of the body.
fn plainly(members: &Map<String, Value>, fact: &Fact) {
    let event = members["webhookEvent"].as_str().expect("the event is text");
    let issue = members.get("issue").and_then(Value::as_object);
    if let Some((id, key)) = fact.ticket() {
        let issue = issue.expect("a ticket comes from an object");
        assert_eq!(id_of(&issue["id"]), id.as_str());
        assert_eq!(issue["key"].as_str(), Some(key.as_str()));
    }
    let at = members.get("timestamp").and_then(Value::as_i64);
    let (change, claimed) = match fact {
        Fact::TicketDeleted(fact) => (Change::Deleted, fact.claimed_at_ms),
        Fact::TicketChanged(fact) => (fact.change, fact.claimed_at_ms),
        Fact::CommentChanged(fact) => {
            let comment = members["comment"]
                .as_object()
                .expect("a comment is an object");
            assert_eq!(id_of(&comment["id"]), fact.comment.as_str());
            let updated = comment.get("updated").and_then(Value::as_str);
            assert_eq!(updated, fact.updated.as_deref());
            (fact.change, fact.claimed_at_ms)
        }
    };
    assert_eq!(claimed, at);
    if event != "jira:issue_updated" {
        let verb = event.rsplit('_').next().unwrap_or_default();
        assert_eq!(verb.to_uppercase(), change.as_str());
    }
}

fn id_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
