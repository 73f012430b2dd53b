//! How the gate stands: open, or each reason with the next thing to do.

use serde_json::{Value, json};

use crate::answers::{Gate, GateReason};
use crate::printable::Printable;

/// Lines for people.
#[must_use]
pub fn gate(gate: &Gate) -> Vec<String> {
    let observed = gate.observed.iter();
    let observed = observed.map(|reason| format!("Open all the same: {}", reason.sentence));
    if gate.is_open() {
        return std::iter::once("open".to_owned()).chain(observed).collect();
    }
    let mut lines = vec!["closed".to_owned()];
    for reason in &gate.reasons {
        lines.push(reason.sentence.to_string());
        lines.push(format!("  Next: {}", reason.next));
    }
    if gate.reasons.is_empty() {
        lines.push("The server gives no reason. Ask whoever runs Countersign.".to_owned());
    }
    lines.extend(observed);
    lines
}

/// The answer in the API's form.
#[must_use]
pub fn gate_json(gate: &Gate) -> Value {
    let state = match gate.is_open() {
        true => "OPEN",
        false => "CLOSED",
    };
    let tickets: Vec<&str> = gate.tickets.iter().map(Printable::as_str).collect();
    let listed = |reasons: &[GateReason]| -> Vec<Value> {
        let listed = reasons.iter().map(|reason| {
            json!({
                "code": reason.code.as_str(),
                "about": reason.about.as_str(),
                "sentence": reason.sentence.as_str(),
                "next": reason.next.as_str(),
            })
        });
        listed.collect()
    };
    json!({
        "state": state,
        "tickets": tickets,
        "reasons": listed(&gate.reasons),
        "observed": listed(&gate.observed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_reads_as_it_was_answered() {
        let answered = json!({ "state": "CLOSED", "tickets": ["PAY-142"], "reasons": [
            { "code": "NOT_APPROVED", "about": "PAY-142", "sentence": "Nobody has approved PAY-142.",
                "next": "Ask." } ], "observed": [
            { "code": "REJECTED", "about": "OPS-1", "sentence": "OPS-1 was rejected.", "next": "Ask." } ] });
        let shut: Gate = serde_json::from_value(answered.clone()).unwrap();
        assert_eq!(
            gate(&shut),
            [
                "closed",
                "Nobody has approved PAY-142.",
                "  Next: Ask.",
                "Open all the same: OPS-1 was rejected."
            ]
        );
        assert_eq!(gate_json(&shut), answered);
        assert_eq!(gate(&Gate::unasked()), ["open"]);
        let unexplained: Gate =
            serde_json::from_value(json!({ "state": "CLOSED", "tickets": [], "reasons": [] }))
                .unwrap();
        assert_eq!(gate(&unexplained)[0], "closed");
        assert_eq!(gate_json(&unexplained)["state"], "CLOSED");
    }
}
