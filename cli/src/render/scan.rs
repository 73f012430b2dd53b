//! What a catalog makes of a project's issues, in lines: how many would be flagged, what they are about, the words that
//! most often say so, then the issues.

use std::collections::BTreeMap;

use record::ids::ProjectKey;

use crate::answers::{ScannedFinding, ScannedTicket};

/// The most words that are named for one finding.
const MOST_WORDS: usize = 5;
/// The most issues that are named.
const MOST_NAMED: usize = 50;
const SEVERITIES: [&str; 5] = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"];

/// The report, added up page by page.
#[derive(Debug, Default)]
pub struct Scanned {
    read: u64,
    unreadable: u64,
    flagged: u64,
    severities: BTreeMap<String, u64>,
    frameworks: BTreeMap<String, u64>,
    findings: BTreeMap<String, About>,
    named: Vec<String>,
}

#[derive(Debug, Default)]
struct About {
    issues: u64,
    words: BTreeMap<String, u64>,
}

impl Scanned {
    /// How many issues were read.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.read
    }

    /// How many of them could not be read as a whole.
    #[must_use]
    pub const fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// Adds issues that were read.
    pub const fn add_read(&mut self, read: u64, unreadable: u64) {
        self.read += read;
        self.unreadable += unreadable;
    }

    /// Adds an issue from which something follows.
    pub fn add(&mut self, ticket: &ScannedTicket) {
        self.flagged += 1;
        let severity = ticket.severity.as_str().to_owned();
        *self.severities.entry(severity).or_default() += 1;
        for framework in &ticket.frameworks {
            let title = framework.title.as_str().to_owned();
            *self.frameworks.entry(title).or_default() += 1;
        }
        for finding in &ticket.findings {
            let title = finding.title.as_str().to_owned();
            let about = self.findings.entry(title).or_default();
            about.issues += 1;
            let mut words: Vec<String> = finding
                .words
                .iter()
                .map(|it| it.text.as_str().to_lowercase())
                .collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                *about.words.entry(word).or_default() += 1;
            }
        }
        if self.named.len() < MOST_NAMED {
            let why: Vec<String> = ticket.findings.iter().map(because).collect();
            self.named.push(format!(
                "  {} {} {:.1}: {}",
                ticket.ticket,
                ticket.severity,
                ticket.risk,
                why.join("; ")
            ));
        }
    }

    /// The report.
    #[must_use]
    pub fn lines(self, project: &ProjectKey) -> Vec<String> {
        let mut lines = vec![format!(
            "{project}: {} issues read, {} would be flagged{}. Nothing was recorded.",
            self.read,
            self.flagged,
            rate(self.flagged, self.read)
        )];
        if self.unreadable > 0 {
            lines.push(format!(
                "{} of them could not be read as a whole.",
                self.unreadable
            ));
        }
        let severities = SEVERITIES.iter().filter_map(|name| {
            let count = self.severities.get(*name)?;
            Some(format!("{name} {count}"))
        });
        named(&mut lines, "Severity", &severities.collect::<Vec<_>>());
        let frameworks = most(self.frameworks).into_iter();
        let frameworks = frameworks.map(|(title, count)| format!("{title} {count}"));
        named(&mut lines, "Frameworks", &frameworks.collect::<Vec<_>>());
        if !self.findings.is_empty() {
            lines.push("What they are about, and the words that most often say so:".to_owned());
        }
        let mut findings: Vec<(String, About)> = self.findings.into_iter().collect();
        findings.sort_by_key(|(_, about)| std::cmp::Reverse(about.issues));
        for (title, about) in findings {
            let words = most(about.words).into_iter().take(MOST_WORDS);
            let words: Vec<String> = words
                .map(|(word, count)| format!("“{word}” {count}"))
                .collect();
            lines.push(format!("  {title}: {}; {}", about.issues, words.join(", ")));
        }
        if !self.named.is_empty() {
            let rest = self.flagged - self.named.len() as u64;
            lines.push("Issues, the oldest first:".to_owned());
            lines.extend(self.named);
            if rest > 0 {
                lines.push(format!("  and {rest} more: --json names all"));
            }
        }
        lines
    }
}

/// What an issue is about, with the first words that say so.
fn because(finding: &ScannedFinding) -> String {
    match finding.words.first() {
        Some(first) => format!("{} (“{}” in {})", finding.title, first.text, first.field),
        None => finding.title.as_str().to_owned(),
    }
}

fn rate(part: u64, whole: u64) -> String {
    match whole {
        0 => String::new(),
        whole => {
            let tenths = (part * 1_000 + whole / 2) / whole;
            format!(" ({}.{} %)", tenths / 10, tenths % 10)
        }
    }
}

/// The most frequent first.
fn most(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn named(lines: &mut Vec<String>, what: &str, names: &[String]) {
    if !names.is_empty() {
        lines.push(format!("{what}: {}", names.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(key: &str, words: &[&str]) -> ScannedTicket {
        let words: Vec<_> = words
            .iter()
            .map(|text| serde_json::json!({ "text": text, "field": "summary", "rule": "r" }))
            .collect();
        serde_json::from_value(serde_json::json!({
            "ticket": key, "severity": "HIGH", "risk": 7.5, "requirements": 3,
            "findings": [{ "indicator": "payment", "title": "Card payments", "words": words }],
            "frameworks": [{ "title": "PCI DSS", "applies": true }],
        }))
        .unwrap()
    }

    #[test]
    fn pages_are_added_up_and_words_are_counted_once_an_issue() {
        let mut scanned = Scanned::default();
        scanned.add_read(100, 0);
        scanned.add(&ticket(
            "PAY-1",
            &["Credit card", "credit card", "checkout"],
        ));
        scanned.add_read(27, 1);
        scanned.add(&ticket("PAY-2", &["credit card"]));
        scanned.add(&ticket("PAY-3", &[]));
        let lines = scanned.lines(&"PAY".parse().unwrap());
        assert_eq!(
            lines,
            [
                "PAY: 127 issues read, 3 would be flagged (2.4 %). Nothing was recorded.",
                "1 of them could not be read as a whole.",
                "Severity: HIGH 3",
                "Frameworks: PCI DSS 3",
                "What they are about, and the words that most often say so:",
                "  Card payments: 3; “credit card” 2, “checkout” 1",
                "Issues, the oldest first:",
                "  PAY-1 HIGH 7.5: Card payments (“Credit card” in summary)",
                "  PAY-2 HIGH 7.5: Card payments (“credit card” in summary)",
                "  PAY-3 HIGH 7.5: Card payments",
            ]
        );
    }

    #[test]
    fn nothing_that_was_read_is_nothing_that_is_flagged() {
        let lines = Scanned::default().lines(&"PAY".parse().unwrap());
        assert_eq!(
            lines,
            ["PAY: 0 issues read, 0 would be flagged. Nothing was recorded."]
        );
    }

    #[test]
    fn the_rest_is_counted() {
        let mut scanned = Scanned::default();
        for at in 0..60 {
            scanned.add(&ticket(&format!("PAY-{at}"), &[]));
        }
        let lines = scanned.lines(&"PAY".parse().unwrap());
        assert_eq!(lines.last().unwrap(), "  and 10 more: --json names all");
    }
}
