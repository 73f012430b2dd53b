//! How the gate stands. Answers to parts of one question are joined here; a part that is shut shuts the whole.

use serde::Deserialize;

use crate::printable::Printable;

/// Open or shut. Another word makes the answer unreadable: it is never taken for open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GateState {
    /// Everything may go ahead.
    Open,
    /// Something may not.
    Closed,
}

/// How the gate stands.
#[derive(Debug, Deserialize)]
pub struct Gate {
    /// Open or shut.
    pub state: GateState,
    /// The tickets that were asked about or that commits belong to.
    pub tickets: Vec<Printable>,
    /// Why it is shut.
    pub reasons: Vec<GateReason>,
    /// What would shut it, of projects that only observe.
    #[serde(default)]
    pub observed: Vec<GateReason>,
}

/// Why the gate is shut.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GateReason {
    /// The kind of reason.
    pub code: Printable,
    /// The ticket or commit.
    pub about: Printable,
    /// What is the matter.
    pub sentence: Printable,
    /// The next thing to do.
    pub next: Printable,
}

impl Gate {
    /// A gate that nothing shuts yet.
    #[must_use]
    pub const fn unasked() -> Self {
        Self {
            state: GateState::Open,
            tickets: Vec::new(),
            reasons: Vec::new(),
            observed: Vec::new(),
        }
    }

    /// Open only if it says so and gives no reason against it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == GateState::Open && self.reasons.is_empty()
    }

    /// This and another part of the question. What both say is said once.
    pub fn join(&mut self, part: Self) {
        if !part.is_open() {
            self.state = GateState::Closed;
        }
        self.tickets.extend(part.tickets);
        self.tickets.sort();
        self.tickets.dedup();
        for (own, more) in [
            (&mut self.reasons, part.reasons),
            (&mut self.observed, part.observed),
        ] {
            for reason in more {
                if !own.contains(&reason) {
                    own.push(reason);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn gate(state: &str, tickets: &[&str], reasons: &[&str]) -> Gate {
        let reasons = reasons.iter().map(
            |about| json!({ "code": "NOT_APPROVED", "about": about, "sentence": "s", "next": "n" }),
        );
        let text =
            json!({ "state": state, "tickets": tickets, "reasons": reasons.collect::<Vec<_>>() });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn one_part_that_is_shut_shuts_the_whole() {
        let mut whole = Gate::unasked();
        whole.join(gate("OPEN", &["A-2"], &[]));
        assert!(whole.is_open());
        whole.join(gate("CLOSED", &["A-1", "A-2"], &["A-1"]));
        whole.join(gate("CLOSED", &["A-1"], &["A-1"]));
        whole.join(gate("OPEN", &["A-3"], &[]));
        assert!(!whole.is_open());
        let tickets: Vec<&str> = whole.tickets.iter().map(Printable::as_str).collect();
        assert_eq!(tickets, ["A-1", "A-2", "A-3"]);
        assert_eq!(whole.reasons.len(), 1, "it is said once");
    }

    #[test]
    fn what_contradicts_itself_is_shut_and_what_is_not_understood_is_no_answer() {
        assert!(!gate("OPEN", &[], &["A-1"]).is_open());
        assert!(!gate("CLOSED", &[], &[]).is_open());
        let mut whole = Gate::unasked();
        whole.join(gate("CLOSED", &[], &[]));
        assert!(!whole.is_open(), "shut without a reason");
        for text in [
            json!({ "state": "AJAR", "tickets": [], "reasons": [] }),
            json!({ "tickets": [], "reasons": [] }),
            json!({ "state": "OPEN", "tickets": [] }),
            json!({}),
        ] {
            assert!(
                serde_json::from_value::<Gate>(text.clone()).is_err(),
                "{text}"
            );
        }
    }
}
