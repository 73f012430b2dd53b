//! What in a comment is a decision. A line that begins with `/approve`, `/reject` or `/withdraw` is one; so is a line that
//! says "Approved" and no more, or "Rejected" and a reason. What else may stand behind "Approved" takes it back in too many
//! ways to list. A project may name commands of its own, which take the place of these. Quotations and code are no part of what is looked at. Two lines that say different things decide nothing:
//! who has doubts about a comment has to ask its author.

use record::entries::{Decision, ReviewRules};

/// The one decision that these lines make; none if they make none, or several that differ.
pub(crate) fn decision_in(lines: &[String], rules: &ReviewRules) -> Option<Decision> {
    let mut decisions = lines.iter().filter_map(|line| decision_of(line, rules));
    let first = decisions.next()?;
    decisions.all(|other| other == first).then_some(first)
}

/// What is said besides the commands: the reason of a rejection.
pub(crate) fn reason_in(lines: &[String], rules: &ReviewRules) -> String {
    let own = rules.approve_commands.iter().chain(&rules.reject_commands);
    let commands: Vec<&str> = own
        .map(String::as_str)
        .chain(["/approve", "/reject", "/withdraw"])
        .collect();
    let without_command = |line: &String| {
        let line = line.trim();
        let rest = commands
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

fn decision_of(line: &str, rules: &ReviewRules) -> Option<Decision> {
    let line = line.trim();
    if after_word(line, "/withdraw").is_some() {
        return Some(Decision::Withdrawn);
    }
    for (commands, command, word, decision) in [
        (
            &rules.approve_commands,
            "/approve",
            "approved",
            Decision::Approved,
        ),
        (
            &rules.reject_commands,
            "/reject",
            "rejected",
            Decision::Rejected,
        ),
    ] {
        if !commands.is_empty() {
            if commands.iter().any(|own| after_word(line, own).is_some()) {
                return Some(decision);
            }
            continue;
        }
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
        decision_in(&lines, &ReviewRules::default())
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
        let reason = |text: &str| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            reason_in(&lines, &ReviewRules::default())
        };
        assert_eq!(reason("/reject"), "");
        assert_eq!(reason("/reject keys are logged"), "keys are logged");
        assert_eq!(reason("Rejected: keys are logged"), "keys are logged");
        assert_eq!(reason("/reject\nkeys are logged"), "keys are logged");
    }

    #[test]
    fn a_projects_own_commands_take_the_place_of_the_usual_ones() {
        let rules = ReviewRules {
            approve_commands: vec!["/lgtm".to_owned()],
            ..ReviewRules::default()
        };
        let decided = |text: &str| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            decision_in(&lines, &rules)
        };
        assert_eq!(decided("/lgtm tokens only"), Some(Decision::Approved));
        for text in ["/approve", "Approved", "/lgtmx", "say /lgtm"] {
            assert_eq!(decided(text), None, "{text}");
        }
        assert_eq!(decided("/reject no"), Some(Decision::Rejected));
        assert_eq!(decided("/withdraw"), Some(Decision::Withdrawn));
        assert_eq!(reason_in(&["/lgtm: fine".to_owned()], &rules), "fine");
    }
}
