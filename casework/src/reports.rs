//! The verifier's reports: signed by its own key, and taken into the ledger only if that key is the one
//! the operator named. What a report says of a ticket, the verifier tells
//! Jira itself; where it cannot, the report says what the ticket is to be told.

use ledger::note::Note;
use ledger::{Hash, VerifierKey};
use record::entries::{ExportCreated, Payload, Verification};
use record::ids::{IssueId, SiteId, TenantId, TicketKey};
use record::scale::Severity;
use serde::Deserialize;
use serde_json::Value;
use store::{Appended, NewEntry};

use crate::effects::{tell_of_integrity, tell_of_ledger};
use crate::error::CaseError;
use crate::{Casework, server};

/// The first line of a report's text.
const HEADER: &str = "countersign-report/v1";

/// Why a report is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ReportRefused {
    /// Not a note signed by the verifier's key.
    #[error("the report is not signed by the configured verifier key")]
    Unsigned,
    /// Signed, but not a report of this form.
    #[error("the report has not the form of this release")]
    Form,
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    tenant: TenantId,
    #[serde(flatten)]
    content: Content,
}

#[derive(Deserialize)]
#[serde(tag = "report", rename_all = "camelCase")]
enum Content {
    #[serde(rename_all = "camelCase")]
    Verification {
        verdict: String,
        size: u64,
        root: Option<String>,
        findings: Vec<Value>,
        verified_at: String,
        #[serde(default)]
        notices: Vec<Notice>,
        #[serde(default)]
        whole: Option<Whole>,
    },
    #[serde(rename_all = "camelCase")]
    Export {
        bundle: String,
        first: u64,
        end: u64,
        disclosures: u64,
        exported_at: String,
    },
}

/// What the verifier wants a ticket to be told, on a site where it has no way in itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    site: SiteId,
    issue: IssueId,
    property: Value,
    comment: Value,
    may_begin: bool,
}

/// What the ticket is to be told that is told of the ledger as a whole.
#[derive(Deserialize)]
struct Whole {
    site: SiteId,
    ticket: TicketKey,
    comment: Value,
}

impl Casework {
    /// Takes the reports that the verifier left in the database; gives how many stay there since another key signed
    /// them, or nobody did: that may be the fault of who named the key. One that has not the form goes as well.
    ///
    /// # Errors
    /// If the database fails.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    pub async fn take_left_reports(&self, key: &VerifierKey) -> Result<usize, CaseError> {
        let mut unsigned = 0;
        for report in self.store.read(|db| db.left_reports()).await? {
            match self.take_report(&report.note, key).await {
                Ok(appended) => tracing::info!(seq = appended.seq, "a report entered the ledger"),
                Err(ReportRefused::Case(error)) if error.is_transient() => return Err(error),
                Err(ReportRefused::Unsigned) => {
                    unsigned += 1;
                    continue;
                }
                Err(error) => tracing::error!(%error, "a report was refused"),
            }
            self.store.remove_report(report).await?;
        }
        Ok(unsigned)
    }

    /// Takes a signed report into the ledger it is about. A report counts once, by what is signed of it: a
    /// signature line of somebody else would make other bytes of it, not another report.
    ///
    /// # Errors
    /// If it is not signed by this key, or has another form, or the store fails.
    pub async fn take_report(
        &self,
        note: &str,
        key: &VerifierKey,
    ) -> Result<Appended, ReportRefused> {
        let read = Note::parse(note.as_bytes()).map_err(|_| ReportRefused::Unsigned)?;
        let text = read
            .verified_by(std::slice::from_ref(key))
            .map_err(|_| ReportRefused::Unsigned)?;
        let json = text
            .strip_prefix(HEADER)
            .and_then(|rest| rest.strip_prefix('\n'))
            .ok_or(ReportRefused::Form)?;
        let report: Report = serde_json::from_str(json).map_err(|_| ReportRefused::Form)?;
        let digest = Hash::of(note.as_bytes()).to_string();
        let once = format!("report:{}", Hash::of(text.as_bytes()));
        let (payload, severity, notices, whole) = match report.content {
            Content::Verification {
                verdict,
                size,
                root,
                findings,
                verified_at,
                notices,
                whole,
            } => {
                let severity = match verdict.as_str() {
                    "VERIFIED" => Severity::Info,
                    "INCOMPLETE" | "UNDELIVERED" => Severity::Medium,
                    _ => Severity::Critical,
                };
                let verification = Verification {
                    report: digest.clone(),
                    key: key.to_string(),
                    verdict,
                    size,
                    root,
                    findings: findings.len() as u64,
                    verified_at,
                };
                (Payload::from(verification), severity, notices, whole)
            }
            Content::Export {
                bundle,
                first,
                end,
                disclosures,
                exported_at,
            } => {
                let export = ExportCreated {
                    bundle,
                    first,
                    end,
                    disclosures,
                    exported_at,
                };
                (Payload::from(export), Severity::Low, Vec::new(), None)
            }
        };
        let appended = self
            .store
            .write(&report.tenant, move |tx| {
                let tenant = tx.tenant().clone();
                if tx.db().tenant(&tenant)?.is_none() {
                    return Err(CaseError::Store(store::StoreError::NoTenant));
                }
                let appended = tx.append(NewEntry {
                    payload,
                    beside: Vec::new(),
                    subject: "ledger".to_owned(),
                    severity,
                    actor: server(),
                    source: "COUNTERSIGN",
                    once,
                })?;
                // A report that comes again has told its tickets already.
                for notice in notices.into_iter().filter(|_| appended.fresh) {
                    let Notice {
                        site,
                        issue,
                        property,
                        comment,
                        may_begin,
                    } = notice;
                    tell_of_integrity(tx, &site, &issue, property, &comment, may_begin)?;
                }
                if let Some(whole) = whole.filter(|_| appended.fresh) {
                    tell_of_ledger(tx, &whole.site, &whole.ticket, &whole.comment)?;
                }
                Ok(appended)
            })
            .await?;
        Ok(appended)
    }
}
