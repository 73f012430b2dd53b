//! Findings that people set right: an approver says that a ticket is not about something although its words say so, or is
//! although they do not. It holds for that ticket alone, and a dismissal only while the same words speak for the finding.

mod view;

use std::collections::BTreeMap;

use compliance::{Certainty, Corrections, Finding, ids::IndicatorId};
use hmac::{Hmac, KeyInit, Mac};
use record::entries::{Correction, FindingCorrected};
use record::scale::Severity;
use record::state::CorrectedFinding;
use sha2::Sha256;
use store::{NewEntry, StoreError, Tx};
use ulid::Ulid;

pub use view::CorrectionLine;
pub(crate) use view::corrections_of;

use crate::assess::{Judged, Recording};
use crate::error::CaseError;
use crate::statement::{Statement, StatementRefused, Stating};
use crate::{ActiveSite, Casework, person, subject_of};

/// What somebody says of a finding.
#[derive(Debug, Clone)]
pub struct CorrectionRequest {
    /// Who, of which ticket, and why.
    pub stating: Stating,
    /// Of which finding: an indicator of the catalog.
    pub indicator: IndicatorId,
    /// What.
    pub correction: Correction,
}

/// Why nothing was set right.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionRefused {
    /// Nothing can be stated of the ticket.
    #[error(transparent)]
    Statement(#[from] StatementRefused),
    /// The catalog has no such indicator.
    #[error("The catalog knows nothing of this name. Nothing was recorded.")]
    Unknown,
    /// It is as it would be afterwards.
    #[error("The issue is assessed like that already. Nothing was recorded.")]
    NoChange,
}

impl From<StoreError> for CorrectionRefused {
    fn from(error: StoreError) -> Self {
        Self::Statement(error.into())
    }
}

impl From<CaseError> for CorrectionRefused {
    fn from(error: CaseError) -> Self {
        Self::Statement(error.into())
    }
}

/// What was last said of a ticket's findings, by indicator; of a dismissal, for which words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said(BTreeMap<String, (Correction, Option<String>)>);

impl From<Vec<CorrectedFinding>> for Said {
    fn from(rows: Vec<CorrectedFinding>) -> Self {
        let said = rows.into_iter();
        Self(
            said.map(|it| (it.indicator, (it.correction, it.of_words)))
                .collect(),
        )
    }
}

impl Said {
    /// Whether somebody dismissed this finding, for just the words that speak for it.
    fn dismisses(&self, finding: &Finding, key: &[u8]) -> bool {
        match self.0.get(finding.indicator.as_str()) {
            Some((Correction::Dismissed, Some(of_words))) => {
                words_behind(finding, key).as_ref() == Some(of_words)
            }
            _ => false,
        }
    }

    /// Runs `assess` with what holds of it for a ticket with this key.
    pub(crate) fn with<T>(&self, key: &[u8], assess: impl FnOnce(&Corrections<'_>) -> T) -> T {
        let dismisses = |finding: &Finding| self.dismisses(finding, key);
        let added = self.0.iter();
        let added = added.filter(|(_, (correction, _))| *correction == Correction::Added);
        let added: Vec<IndicatorId> = added.filter_map(|(id, _)| id.parse().ok()).collect();
        assess(&Corrections {
            dismisses: Some(&dismisses),
            added: &added,
        })
    }
}

/// A point of a finding's score, which is in hundredths.
const POINT: u32 = 100;

/// A keyed hash over which rules speak for a finding, in which words and fields, and how much in whole points. None of an
/// erased key. Each word more or less in a ticket moves the score a little, and is no news; many that say little each
/// come to a point.
fn words_behind(finding: &Finding, key: &[u8]) -> Option<String> {
    if key.is_empty() {
        return None;
    }
    let mut rules: Vec<String> = finding
        .evidence
        .iter()
        .map(|it| format!("{}\u{1f}{}\u{1f}{}", it.field, it.rule, it.words))
        .collect();
    rules.sort_unstable();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(
        format!(
            "finding\n{}\n{}\n{}\n",
            finding.indicator.as_str(),
            finding.score / POINT,
            finding.evidence_omitted
        )
        .as_bytes(),
    );
    mac.update(rules.join("\n").as_bytes());
    let digest = mac.finalize().into_bytes();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Casework {
    /// Records what somebody said of a finding, and in the same change the assessment that follows.
    ///
    /// # Errors
    /// Why it was not recorded. Then nothing of it was.
    pub async fn correct(
        &self,
        site: &ActiveSite,
        request: CorrectionRequest,
    ) -> Result<(), CorrectionRefused> {
        let CorrectionRequest {
            stating,
            indicator,
            correction,
        } = request;
        let mut indicators = self.assessor.catalog().indicators().iter();
        if !indicators.any(|it| it.id == indicator) {
            return Err(CorrectionRefused::Unknown);
        }
        let (judged, entitled) = self
            .entitled_on(site, &stating.issue, &stating.account)
            .await?;
        let of_words = match correction {
            Correction::Dismissed => Some(judged.words_behind(&indicator)?),
            Correction::Added | Correction::Restored => None,
        };
        let (tenant, id, issue) = (
            site.tenant.clone(),
            site.site.clone(),
            stating.issue.clone(),
        );
        let said = self
            .store
            .read(move |db| -> Result<_, StoreError> { db.corrections(&tenant, &id, &issue) });
        let mut said = Said::from(said.await?);
        let now = (correction, of_words.clone());
        said.0.insert(indicator.as_str().to_owned(), now);
        let statement = Statement {
            of: stating,
            site: site.site.clone(),
            entitled,
            content_hash: judged.content_hash,
            restricted: judged.snapshot.restricted,
        };
        let corrected = self.judge(site, judged.snapshot, Some(said)).await?;
        if corrected.assessment == judged.assessment {
            return Err(CorrectionRefused::NoChange);
        }
        let record = Recording::of(&corrected, site);
        let once = format!("corrected:{}", Ulid::generate());
        self.store
            .write(&site.tenant, move |tx| {
                correct(tx, &statement, (indicator, correction, of_words), once)?;
                record.replaced(tx).map_err(|error| match error {
                    CaseError::Overtaken => StatementRefused::Changed.into(),
                    error => error.into(),
                })
            })
            .await
    }
}

fn correct(
    tx: &mut Tx<'_>,
    statement: &Statement,
    (indicator, correction, of_words): (IndicatorId, Correction, Option<String>),
    once: String,
) -> Result<(), CorrectionRefused> {
    let ticket = statement.ticket(tx)?.ticket;
    let by = statement.reviewer(tx)?;
    let actor = person(&by.person);
    tx.append(NewEntry {
        subject: subject_of(&ticket.site, &ticket.issue),
        payload: FindingCorrected {
            ticket: ticket.named(),
            indicator: indicator.as_str().to_owned(),
            correction,
            by,
            seen: statement.of.seen.clone(),
            of_words,
        }
        .into(),
        beside: statement.beside(),
        severity: Severity::Medium,
        actor,
        source: "JIRA",
        once,
    })?;
    Ok(())
}

impl Judged {
    /// Over what speaks for a finding from which something follows.
    fn words_behind(&self, indicator: &IndicatorId) -> Result<String, CorrectionRefused> {
        let mut found = self.assessment.findings.iter();
        let finding =
            found.find(|it| it.indicator == *indicator && it.certainty == Certainty::Suggested);
        let finding = finding.ok_or(CorrectionRefused::NoChange)?;
        words_behind(finding, &self.content_key).ok_or(CorrectionRefused::NoChange)
    }
}

#[cfg(test)]
mod tests {
    use compliance::{Catalog, Switches, TicketText, classification};

    use super::*;

    fn payment() -> Finding {
        let ticket = TicketText {
            summary: "Pay by credit card",
            ..TicketText::default()
        };
        let found = classification(Catalog::embedded(), &Switches::default(), ticket).findings;
        let mut found = found.into_iter();
        found.find(|it| it.indicator.as_str() == "payment").unwrap()
    }

    #[test]
    fn a_dismissal_holds_for_the_words_and_as_much_as_they_say() {
        let mut finding = payment();
        finding.score = 320;
        let dismissed = words_behind(&finding, b"key");
        assert!(dismissed.is_some());
        finding.score = 390;
        assert_eq!(words_behind(&finding, b"key"), dismissed);
        finding.score = 420;
        assert_ne!(words_behind(&finding, b"key"), dismissed, "a point more");
        finding.score = 320;
        finding.evidence_omitted += 1;
        assert_ne!(words_behind(&finding, b"key"), dismissed, "words not told");
        finding.evidence_omitted -= 1;
        finding.evidence.pop();
        assert_ne!(words_behind(&finding, b"key"), dismissed, "other words");
        assert_eq!(words_behind(&finding, b""), None, "an erased key");
    }
}
