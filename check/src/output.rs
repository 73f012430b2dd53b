//! What the check says: for people, or as JSON for programs.

use std::collections::BTreeMap;

use ledger::bundle::Checked;
use ledger::{Finding, Verdict};
use record::entries::Payload;
use serde_json::{Value, json};

/// The outcome as JSON: one object.
#[must_use]
pub fn json(checked: &Checked) -> Value {
    json!({
        "verdict": checked.verdict(),
        "exitCode": checked.verdict().exit_code(),
        "ledger": checked.origin.as_ref().map(ToString::to_string),
        "first": checked.range.map(|(first, _)| first),
        "end": checked.range.map(|(_, end)| end),
        "checkpoint": checked.checkpoint.as_ref().map(|checkpoint| {
            json!({ "size": checkpoint.size, "root": checkpoint.root.to_string() })
        }),
        "entries": checked.entries.len(),
        "disclosures": checked.disclosures.len(),
        "unjudged": checked.unjudged.iter().map(|kept| kept.size).collect::<Vec<_>>(),
        "types": types(checked),
        "findings": checked.findings.iter().map(Finding::explained).collect::<Vec<_>>(),
    })
}

/// How many entries there are of each type; those that this release does not know stand apart.
fn types(checked: &Checked) -> BTreeMap<String, usize> {
    let mut types = BTreeMap::new();
    for entry in &checked.entries {
        let known = Payload::parse(&entry.kind, &entry.payload).is_ok();
        let name = if known {
            entry.kind.clone()
        } else {
            format!("{} (not understood)", entry.kind)
        };
        *types.entry(name).or_default() += 1;
    }
    types
}

/// The outcome in lines for people.
#[must_use]
pub fn plain(checked: &Checked) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(origin), Some((first, end))) = (&checked.origin, checked.range) {
        lines.push(format!("ledger       {origin}"));
        lines.push(format!("entries      {first} to {}", end.saturating_sub(1)));
    }
    if let Some(checkpoint) = &checked.checkpoint {
        lines.push(format!(
            "checkpoint   {} entries, root {}",
            checkpoint.size, checkpoint.root
        ));
    }
    for (name, count) in types(checked) {
        lines.push(format!("  {count:>5} {name}"));
    }
    lines.push(format!("disclosures  {}", checked.disclosures.len()));
    for kept in &checked.unjudged {
        lines.push(format!(
            "The checkpoint of {} entries that you kept cannot be compared with this bundle.",
            kept.size
        ));
    }
    for finding in &checked.findings {
        lines.push(format!("{}: {}", finding.place, finding.code.meaning()));
        lines.push(format!("  {}", finding.detail));
        lines.push(format!("  {}", finding.code.advice()));
    }
    lines.push(match checked.verdict() {
        Verdict::Verified => {
            "VERIFIED: every entry is as it was written, and nothing is missing.".to_owned()
        }
        verdict => format!(
            "NOT VERIFIED: {verdict}, {} findings.",
            checked.findings.len()
        ),
    });
    lines
}
