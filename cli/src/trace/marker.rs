//! The form of a marker: `Implements:` in a comment, then requirements' ids and, if one likes, an issue's key.

use record::ids::TicketKey;

use super::WORD;

/// What opens a comment in some language.
const OPENERS: [&str; 12] = [
    "//", "#", "--", "/*", "*", ";", "%", "<!--", "(*", "\"\"\"", "'''", "REM ",
];
/// Ids of one marker at most; more is no marker.
pub(super) const MOST: usize = 32;

/// What a line's marker names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) requirements: Vec<String>,
    pub(super) ticket: Option<TicketKey>,
    /// Whether code stands before the comment.
    pub(super) after_code: bool,
}

/// Reads a line in which [`WORD`] stands at byte `at`.
pub(super) fn named(line: &str, at: usize) -> Option<Named> {
    let before = line.get(..at)?;
    let opener = comment_start(before)?;
    let (requirements, ticket) = ids_and_issue(line.get(at + WORD.len()..)?)?;
    Some(Named {
        requirements,
        ticket,
        after_code: !before.get(..opener)?.trim().is_empty(),
    })
}

/// What stands behind the word: requirements' ids, and an issue's key if one is named, that in brackets before any other
/// word that looks like one. None without an id.
pub(super) fn ids_and_issue(after: &str) -> Option<(Vec<String>, Option<TicketKey>)> {
    let (mut requirements, mut ticket) = (Vec::new(), in_brackets(after));
    let is_joint = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    for word in after.split(is_joint).filter(|word| !word.is_empty()) {
        if is_requirement(word) {
            if requirements.len() == MOST {
                return None;
            }
            requirements.push(word.to_owned());
        } else if ticket.is_none() {
            ticket = word.parse().ok();
        }
    }
    (!requirements.is_empty()).then_some((requirements, ticket))
}

/// The issue that stands in brackets.
fn in_brackets(after: &str) -> Option<TicketKey> {
    let mut bracketed = after.split('(').skip(1);
    bracketed.find_map(|text| text.split_once(')')?.0.trim().parse().ok())
}

fn is_requirement(word: &str) -> bool {
    word.strip_prefix("REQ-").is_some_and(|rest| {
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
        (1..=60).contains(&rest.len()) && rest.bytes().all(plain)
    })
}

/// Where the comment begins: its opener stands in no string of the line, and nothing but blanks and words may follow it
/// before the marker.
fn comment_start(before: &str) -> Option<usize> {
    OPENERS
        .iter()
        .filter_map(|opener| before.find(opener))
        .filter(|at| {
            let code = before.get(..*at).unwrap_or_default();
            let even = |quote: char| code.matches(quote).count() % 2 == 0;
            even('"') && even('\'') && even('`')
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Named> {
        named(line, line.find("Implements:")?)
    }

    fn ids(line: &str) -> Vec<String> {
        read(line)
            .map(|named| named.requirements)
            .unwrap_or_default()
    }

    #[test]
    fn a_marker_is_a_comment_in_any_language() {
        for line in [
            "// Implements: REQ-ENC-AT-REST",
            "# Implements: REQ-ENC-AT-REST",
            "-- Implements: REQ-ENC-AT-REST",
            " * Implements: REQ-ENC-AT-REST",
            "/* Implements: REQ-ENC-AT-REST */",
            "<!-- Implements: REQ-ENC-AT-REST -->",
            "; Implements: REQ-ENC-AT-REST",
            "% Implements: REQ-ENC-AT-REST.",
            "\"\"\"Implements: REQ-ENC-AT-REST\"\"\"",
            "let x = \"a//b\"; // Implements: REQ-ENC-AT-REST",
        ] {
            assert_eq!(ids(line), ["REQ-ENC-AT-REST"], "{line}");
        }
        assert!(read("x = 1 # Implements: REQ-A-B").unwrap().after_code);
        assert!(!read("  # Implements: REQ-A-B").unwrap().after_code);
    }

    #[test]
    fn several_requirements_and_an_issue_may_stand_in_one() {
        let named = read("// Implements: REQ-ACC-RATE-LIMIT, REQ-INT-CSRF (PAY-142)").unwrap();
        assert_eq!(named.requirements, ["REQ-ACC-RATE-LIMIT", "REQ-INT-CSRF"]);
        assert_eq!(named.ticket.unwrap().as_str(), "PAY-142");
        let named = read("# Implements: REQ-INT-CSRF with SHA-256 (PAY-142)").unwrap();
        assert_eq!(named.ticket.unwrap().as_str(), "PAY-142");
    }

    #[test]
    fn a_line_of_endless_ids_is_no_marker() {
        let line = |count: usize| format!("// Implements: {}", "REQ-A-B ".repeat(count));
        assert_eq!(ids(&line(MOST)).len(), MOST);
        assert!(ids(&line(MOST + 1)).is_empty());
    }

    #[test]
    fn what_is_no_marker_is_none() {
        for line in [
            "print(\"# Implements: REQ-ENC-AT-REST\")",
            "Implements: REQ-ENC-AT-REST",
            "// Implements: encryption",
            "// Implements: REQ-",
            "// Implements: req-enc-at-rest",
            "// It implements REQ-ENC-AT-REST",
        ] {
            assert_eq!(ids(line), [""; 0], "{line}");
        }
    }
}
