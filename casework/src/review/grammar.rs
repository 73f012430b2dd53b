//! What in a comment is a decision. A line that begins with `/approve`, `/reject` or `/withdraw` is one; so is a line that
//! says "Approved" and no more, or "Rejected" and a reason. What else may stand behind "Approved" takes it back in too many
//! ways to list. Quotations and code are no part of what is looked at. Two lines that say different things decide nothing:
//! who has doubts about a comment has to ask its author.

use record::entries::Decision;

/// The one decision that these lines make; none if they make none, or several that differ.
pub(crate) fn decision_in(lines: &[String]) -> Option<Decision> {
    let mut decisions = lines.iter().filter_map(|line| decision_of(line));
    let first = decisions.next()?;
    decisions.all(|other| other == first).then_some(first)
}

/// What is said besides the commands: the reason of a rejection.
pub(crate) fn reason_in(lines: &[String]) -> String {
    let without_command = |line: &String| {
        let line = line.trim();
        let rest = ["/approve", "/reject", "/withdraw"]
            .iter()
            .find_map(|command| after_word(line, command));
        let rest = rest
            .or_else(|| after_word(line, "rejected"))
            .unwrap_or(line);
        rest.trim_start_matches([' ', '.', ':', ',', '-', '–', '—', '!'])
            .to_owned()
    };
    let said: Vec<String> = lines.iter().map(without_command).collect();
    said.join("\n").trim().to_owned()
}

fn decision_of(line: &str) -> Option<Decision> {
    let line = line.trim();
    if after_word(line, "/withdraw").is_some() {
        return Some(Decision::Withdrawn);
    }
    for (command, word, decision) in [
        ("/approve", "approved", Decision::Approved),
        ("/reject", "rejected", Decision::Rejected),
    ] {
        if after_word(line, command).is_some() {
            return Some(decision);
        }
        if let Some(rest) = after_word(line, word) {
            return stands(rest, decision).then_some(decision);
        }
    }
    None
}

/// What follows a word that a line begins with, in whatever case; the word has to end there.
fn after_word<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let begins = line.get(..word.len())?.eq_ignore_ascii_case(word);
    let rest = &line[word.len()..];
    let ends = rest
        .chars()
        .next()
        .is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '-'));
    (begins && ends).then_some(rest)
}

/// Whether the word decides: by itself, or, of a rejection, with a stop and a reason that is no question.
fn stands(rest: &str, decision: Decision) -> bool {
    let rest = rest.trim();
    match decision {
        Decision::Withdrawn => false,
        Decision::Approved => rest.chars().all(|c| matches!(c, '.' | '!')),
        Decision::Rejected => {
            let stops = rest.starts_with(['.', '!', ':', ',', ';', '-', '–', '—', '(']);
            (rest.is_empty() || stops) && !rest.contains('?')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(text: &str) -> Option<Decision> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        decision_in(&lines)
    }

    #[test]
    fn who_approves_says_so() {
        for text in [
            "/approve",
            "/APPROVE",
            " /approve looks good",
            "/approve, not that it matters",
            "Approved",
            "approved.",
            "Approved!",
            "Thanks for the change.\nApproved.",
            "/approve\n/approve again",
        ] {
            assert_eq!(decided(text), Some(Decision::Approved), "{text}");
        }
        for text in [
            "/reject",
            "/reject keys are logged",
            "Rejected: not tested",
            "Rejected: keys are logged",
            "REJECTED",
        ] {
            assert_eq!(decided(text), Some(Decision::Rejected), "{text}");
        }
        for text in ["/withdraw", "/Withdraw: wrong issue"] {
            assert_eq!(decided(text), Some(Decision::Withdrawn), "{text}");
        }
    }

    #[test]
    fn who_does_not_say_so_does_not_approve() {
        for text in [
            "",
            "Not approved",
            "not approved.",
            "I approved the other one",
            "Approved?",
            "Approved by Bob",
            "Approved changes go first",
            "Approved, but only once the tests pass",
            "Approved: not yet",
            "Approved. If legal agrees",
            "Approved: fine",
            "Approved: reject",
            "Approved; withdrawn",
            "Withdrawn",
            "/withdrawn",
            "/approve\n/withdraw",
            "Approved, ohne Tests nicht",
            "Approved: this isn't final",
            "Approved, unless Bob objects",
            "Approved pending review",
            "approve",
            "/approved",
            "/approver",
            "/approve-later",
            "Please /approve",
            "Approvedly",
            "Unapproved",
            "disapproved",
            "Rejected the idea first",
            "/approve\n/reject too risky",
            "Approved.\nRejected: no",
            "> /approve",
        ] {
            assert_eq!(decided(text), None, "{text}");
        }
    }

    #[test]
    fn the_reason_is_what_is_said_besides() {
        let reason = |text: &str| reason_in(&text.lines().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(reason("/reject"), "");
        assert_eq!(reason("/reject keys are logged"), "keys are logged");
        assert_eq!(reason("Rejected: keys are logged"), "keys are logged");
        assert_eq!(reason("/reject\nkeys are logged"), "keys are logged");
    }
}
