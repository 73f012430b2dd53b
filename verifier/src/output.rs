//! What a run says: for people, or as JSON for programs.

use ledger::Finding;
use serde_json::{Value, json};

use crate::report::now;
use crate::run::RunOutcome;

/// The outcome as JSON: one object.
#[must_use]
pub fn json(outcome: &RunOutcome) -> Value {
    let tenants: Vec<Value> = outcome
        .judgements
        .iter()
        .map(|judgement| {
            json!({
                "tenant": judgement.tenant,
                "key": judgement.key.as_ref().map(ToString::to_string),
                "verdict": judgement.verdict(),
                "size": judgement.size,
                "covered": judgement.newest.as_ref().map_or(0, |checkpoint| checkpoint.size),
                "root": judgement.root,
                "findings": judgement.findings.iter().map(Finding::explained).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "verdict": outcome.verdict().map_or_else(|| json!("NOTHING_TO_VERIFY"), |verdict| json!(verdict)),
        "exitCode": outcome.exit_code(),
        "verifiedAt": now(),
        "tenants": tenants,
        "findings": outcome.beside.iter().map(Finding::explained).collect::<Vec<_>>(),
        "undelivered": outcome.undelivered,
    })
}

/// The outcome in lines for people.
#[must_use]
pub fn plain(outcome: &RunOutcome) -> Vec<String> {
    let mut lines = Vec::new();
    for judgement in &outcome.judgements {
        lines.push(format!(
            "{}: {}, {} entries",
            judgement.tenant,
            judgement.verdict(),
            judgement.size
        ));
        if let Some(root) = &judgement.root {
            lines.push(format!("  root {root}"));
        }
        lines.extend(judgement.findings.iter().flat_map(in_words));
    }
    lines.extend(outcome.beside.iter().flat_map(in_words));
    lines.extend(
        outcome
            .undelivered
            .iter()
            .map(|late| format!("  not delivered: {}: {}", late.what, late.reason)),
    );
    if outcome.verdict().is_none() {
        lines.push("There is nothing to verify.".to_owned());
    }
    lines
}

fn in_words(finding: &Finding) -> [String; 3] {
    [
        format!("  {}: {}", finding.place, finding.code.meaning()),
        format!("    {}", finding.detail),
        format!("    {}", finding.code.advice()),
    ]
}
