//! Reports: signed for the server, which appends them as VERIFICATION; told to Jira, where they concern a
//! ticket.

mod deliver;
mod notices;
mod words;
pub use deliver::{Undelivered, deliver};
pub(crate) use notices::Notices;

use chrono::{SecondsFormat, Utc};
use ledger::note::{self, NoteError};
use ledger::{Finding, Hash, SigningKey, Verdict};
use record::ids::TenantId;
use serde_json::json;

use crate::judge::Judgement;

/// The first line of a report's text.
const HEADER: &str = "countersign-report/v1";

/// The most findings that a report lists.
const MOST_FINDINGS: usize = 200;

/// The signed note of a verification. What was found beside the ledgers is found of each of them: nobody
/// can say whose rows a strange table hides.
///
/// # Errors
/// Does not fail for what this program writes.
pub(crate) fn signed(
    judgement: &Judgement,
    beside: &[Finding],
    notices: &Notices,
    key: &SigningKey,
) -> Result<String, NoteError> {
    let all = || judgement.findings.iter().chain(beside);
    let findings: Vec<_> = all().take(MOST_FINDINGS).collect();
    let mut report = json!({
        "report": "verification",
        "tenant": judgement.tenant,
        "verdict": Verdict::of(all()),
        "size": judgement.size,
        "findings": findings,
        "verifiedAt": now(),
    });
    if let (Some(root), Some(report)) = (&judgement.root, report.as_object_mut()) {
        report.insert("root".to_owned(), root.as_str().into());
    }
    if let (false, Some(report)) = (notices.list.is_empty(), report.as_object_mut()) {
        report.insert("notices".to_owned(), json!(notices.list));
    }
    if let (Some(whole), Some(report)) = (&notices.whole, report.as_object_mut()) {
        report.insert("whole".to_owned(), json!(whole));
    }
    note::sign(&format!("{HEADER}\n{report}\n"), key)
}

/// The signed note of an export.
///
/// # Errors
/// Does not fail for what this program writes.
pub fn signed_export(
    tenant: &TenantId,
    bundle: &[u8],
    range: (u64, u64),
    disclosures: u64,
    key: &SigningKey,
) -> Result<String, NoteError> {
    let report = json!({
        "report": "export",
        "tenant": tenant,
        "bundle": Hash::of(bundle).to_string(),
        "first": range.0,
        "end": range.1,
        "disclosures": disclosures,
        "exportedAt": now(),
    });
    note::sign(&format!("{HEADER}\n{report}\n"), key)
}

/// Now, as entries write it.
#[must_use]
pub fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}
