//! Findings that people set right: an approver says that a ticket is not about something although its words say so, or is
//! although they do not. It holds for that ticket alone, and a dismissal only while the same words speak for the finding.

mod view;

use compliance::{Certainty, Corrections, Finding, ids::IndicatorId};
use hmac::{Hmac, KeyInit, Mac};
use record::entries::{Correction, FindingCorrected, Reviewer};
use record::facts::TicketSnapshot;
use record::ids::{AccountId, EventId, IssueId};
use record::scale::Severity;
use record::state::CorrectedFinding;
use serde_json::Value;
use sha2::Sha256;
use store::{NewEntry, StoreError};
use ulid::Ulid;

pub use view::CorrectionLine;
pub(crate) use view::corrections_of;

use crate::assess::{Judged, Recording};
use crate::error::CaseError;
use crate::licence::NoLicence;
use crate::people::person_for;
use crate::reviewers::NotAReviewer;
use crate::waivers::{REASON, REASON_IN_PANEL, WaiverRefused, named};
use crate::{ActiveSite, Casework, person, subject_of};

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 4_000;

/// What somebody says of a finding. Holds that person's words, so it is never logged.
#[derive(Clone)]
pub struct CorrectionRequest {
    /// Who, as the platform signed it.
    pub account: AccountId,
    /// On which ticket, as the platform signed it.
    pub issue: IssueId,
    /// Of which finding: an indicator of the catalog.
    pub indicator: IndicatorId,
    /// What.
    pub correction: Correction,
    /// Why.
    pub reason: String,
    /// The assessment that the person saw.
    pub seen: EventId,
}

impl std::fmt::Debug for CorrectionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CorrectionRequest")
            .field("issue", &self.issue)
            .finish_non_exhaustive()
    }
}

/// Why nothing was set right.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionRefused {
    /// The person may not.
    #[error(transparent)]
    NotAReviewer(#[from] NotAReviewer),
    /// The site has no licence.
    #[error(transparent)]
    NoLicence(#[from] NoLicence),
    /// It says no reason.
    #[error("Say why: the reason is empty. Nothing was recorded.")]
    NoReason,
    /// The reason is too long.
    #[error("The reason is longer than {LONGEST_REASON} characters. Nothing was recorded.")]
    TooLong,
    /// The catalog has no such indicator.
    #[error("The catalog knows nothing of this name. Nothing was recorded.")]
    Unknown,
    /// It is as it would be afterwards.
    #[error("The issue is assessed like that already. Nothing was recorded.")]
    NoChange,
    /// What the person saw is not what is there.
    #[error(
        "The issue changed since you opened it. Nothing was recorded: read it again, then decide."
    )]
    Changed,
    /// The ticket is gone or cannot be seen.
    #[error("Jira does not show this issue any more. Nothing was recorded.")]
    Gone,
    /// The source or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for CorrectionRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl From<WaiverRefused> for CorrectionRefused {
    fn from(refused: WaiverRefused) -> Self {
        match refused {
            WaiverRefused::NotAReviewer(why) => Self::NotAReviewer(why),
            WaiverRefused::NoLicence(why) => Self::NoLicence(why),
            WaiverRefused::Case(error) => Self::Case(error),
            _ => Self::Gone,
        }
    }
}

/// What was last said of a ticket's findings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said(Vec<CorrectedFinding>);

impl From<Vec<CorrectedFinding>> for Said {
    fn from(rows: Vec<CorrectedFinding>) -> Self {
        Self(rows)
    }
}

impl Said {
    /// Whether somebody dismissed this finding, for just the words that speak for it.
    pub(crate) fn dismisses(&self, finding: &Finding, key: &[u8]) -> bool {
        let said = self
            .0
            .iter()
            .find(|it| it.indicator == finding.indicator.as_str());
        let of_words = said
            .filter(|it| it.correction == Correction::Dismissed)
            .and_then(|it| it.of_words.as_deref());
        of_words.is_some_and(|of_words| words_behind(finding, key).as_deref() == Some(of_words))
    }

    /// Runs `assess` with what holds of it for a ticket with this key.
    pub(crate) fn with<T>(&self, key: &[u8], assess: impl FnOnce(&Corrections<'_>) -> T) -> T {
        let dismisses = |finding: &Finding| self.dismisses(finding, key);
        let added = self
            .0
            .iter()
            .filter(|it| it.correction == Correction::Added);
        let added: Vec<IndicatorId> = added.filter_map(|it| it.indicator.parse().ok()).collect();
        assess(&Corrections {
            dismisses: Some(&dismisses),
            added: &added,
        })
    }

    fn and(mut self, one: CorrectedFinding) -> Self {
        self.0.retain(|it| it.indicator != one.indicator);
        self.0.push(one);
        self
    }
}

/// A keyed hash over which rules speak for a finding, where, and how much. None of an erased key.
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
            "finding\n{}\n{}\n",
            finding.indicator.as_str(),
            finding.score
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
        match request.reason.trim() {
            "" => return Err(CorrectionRefused::NoReason),
            reason if reason.chars().count() > LONGEST_REASON => {
                return Err(CorrectionRefused::TooLong);
            }
            _ => {}
        }
        let mut indicators = self.assessor.catalog().indicators().iter();
        if !indicators.any(|it| it.id == request.indicator) {
            return Err(CorrectionRefused::Unknown);
        }
        let (judged, entitled) = self
            .entitled_on(site, &request.issue, &request.account)
            .await?;
        let of_words = match request.correction {
            Correction::Dismissed => Some(judged.words_behind(&request.indicator)?),
            Correction::Added | Correction::Restored => None,
        };
        let (tenant, id, issue) = (
            site.tenant.clone(),
            site.site.clone(),
            request.issue.clone(),
        );
        let said = self
            .store
            .read(move |db| -> Result<_, StoreError> { db.corrections(&tenant, &id, &issue) });
        let said = Said::from(said.await?).and(CorrectedFinding {
            site: site.site.clone(),
            issue: request.issue.clone(),
            indicator: request.indicator.as_str().to_owned(),
            correction: request.correction,
            of_words: of_words.clone(),
            event: request.seen.clone(),
            seq: 0,
        });
        let before = judged.assessment.clone();
        let restricted = judged.snapshot.restricted;
        let seen_content = judged.content_hash.clone();
        let corrected = self.judge_again(site, judged.snapshot, said).await?;
        if corrected.assessment == before {
            return Err(CorrectionRefused::NoChange);
        }
        let record = Recording::of(&corrected, site);
        let site_id = site.site.clone();
        let once = format!("corrected:{}", Ulid::generate());
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CorrectionRefused> {
                let tenant = tx.tenant().clone();
                let row = tx.db().ticket(&tenant, &site_id, &request.issue)?;
                let ticket = row.ok_or(CorrectionRefused::Gone)?.ticket;
                if ticket.assessed_by != request.seen || ticket.content_hash != seen_content {
                    return Err(CorrectionRefused::Changed);
                }
                let by = person_for(tx, &site_id, &request.account)?;
                let reason = match restricted {
                    true => REASON_IN_PANEL,
                    false => REASON,
                };
                let beside: Vec<(&'static str, Value)> = vec![
                    ("displayName", entitled.display_name.into()),
                    (reason, request.reason.trim().into()),
                ];
                tx.append(NewEntry {
                    subject: subject_of(&site_id, &ticket.issue),
                    payload: FindingCorrected {
                        ticket: named(&ticket),
                        indicator: request.indicator.as_str().to_owned(),
                        correction: request.correction,
                        by: Reviewer {
                            person: by.clone(),
                            role: entitled.role,
                            role_source: entitled.role_source,
                        },
                        seen: request.seen,
                        of_words,
                    }
                    .into(),
                    beside,
                    severity: Severity::Medium,
                    actor: person(&by),
                    source: "JIRA",
                    once,
                })?;
                record.into_ledger(tx).map_err(|error| match error {
                    CaseError::Overtaken => CorrectionRefused::Changed,
                    error => error.into(),
                })
            })
            .await
    }

    async fn judge_again(
        &self,
        site: &ActiveSite,
        snapshot: TicketSnapshot,
        said: Said,
    ) -> Result<Judged, CaseError> {
        self.judge(site, snapshot, Some(said)).await
    }
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
