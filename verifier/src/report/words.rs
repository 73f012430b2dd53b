//! What tickets are told, in Jira's vocabulary.

use jira::adf::{Inline, document};
use ledger::Finding;
use serde_json::Value;

/// The comment on a ticket whose entries are damaged.
pub(super) fn damaged(findings: &[&Finding]) -> Value {
    let mut paragraphs = vec![vec![
        Inline::Strong("Countersign: the audit record of this issue is damaged.".to_owned()),
        Inline::Text(
            " The latest verification found entries that are not as they were written:".to_owned(),
        ),
    ]];
    for finding in findings.iter().take(10) {
        paragraphs.push(vec![Inline::Text(format!(
            "{}: {}",
            finding.place,
            finding.code.meaning()
        ))]);
    }
    paragraphs.push(vec![Inline::Text(
        "Do not rely on this issue's approvals until whoever runs Countersign has looked into it."
            .to_owned(),
    )]);
    document(&paragraphs)
}

/// The same comment, once the record is in order again.
pub(super) fn mended() -> Value {
    document(&[vec![Inline::Text(
        "Countersign: an earlier verification found the audit record of this issue damaged. The latest one found it in order."
            .to_owned(),
    )]])
}

/// The comment on the ticket that is told of the ledger as a whole.
pub(super) fn whole(verdict: &str, findings: &[Finding]) -> Value {
    let mut paragraphs = vec![vec![
        Inline::Strong(format!(
            "Countersign: verification of the whole ledger: {verdict}."
        )),
        Inline::Text(format!(" {} findings.", findings.len())),
    ]];
    for finding in findings.iter().take(20) {
        paragraphs.push(vec![Inline::Text(format!(
            "{}: {}",
            finding.place,
            finding.code.meaning()
        ))]);
        paragraphs.push(vec![Inline::Text(finding.code.advice().to_owned())]);
    }
    document(&paragraphs)
}
