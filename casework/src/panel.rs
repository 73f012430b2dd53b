//! The panel: what somebody who looks at a ticket is shown. Looking appends nothing. What is shown as
//! recorded comes from the ledger; the ticket is read again only to say whether it is still the same.

mod history;
mod integrity;
mod needed;
pub(crate) mod requirements;
mod verdict;

use std::sync::Arc;

use compliance::{Assessment, Catalog, Form, Moment, prompt};
use jira::rest::TicketName;
use record::entries::EmergencyRule;
use record::facts::TicketSnapshot;
use record::ids::{IssueId, SiteId, TenantId};
use record::state::TicketApproval;
use serde::Serialize;
use store::{Db, StoreError, TicketRow};
use utoipa::ToSchema;

use needed::Needed;

pub use history::HistoryLine;
pub(crate) use history::{in_words, not_counted, of as history_of};
pub use integrity::Integrity;
pub use requirements::{RequirementGroup, RequirementLine};
pub(crate) use verdict::words;
pub use verdict::{EvidenceLine, FrameworkLine, Verdict, Words};

use crate::acknowledgements::{AcknowledgementView, acknowledgements_of};
use crate::assess::ASSESSMENT;
use crate::content::content_hash;
use crate::corrections::{CorrectionLine, corrections_of};
use crate::developing::{ClaimView, claims_about};
use crate::emergency::ReleaseView;
use crate::error::CaseError;
use crate::licence::NoLicence;
use crate::waivers::{WaiverView, waivers_about};
use crate::{ActiveSite, Casework, subject_of};

/// The panel of one ticket.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Panel {
    /// What is shown, and how far it is to be relied on.
    pub state: PanelState,
    /// The ticket's key, where known.
    pub key: Option<String>,
    /// What security the ticket needs.
    pub verdict: Option<Verdict>,
    /// The requirements by group.
    pub groups: Vec<RequirementGroup>,
    /// Who has read them.
    pub acknowledgements: Vec<AcknowledgementView>,
    /// What people said of its findings.
    pub corrections: Vec<CorrectionLine>,
    /// What a ticket can be about: what may be said to be involved or not.
    pub indicators: Vec<IndicatorChoice>,
    /// Ready to paste into an AI coding assistant.
    pub prompt: Option<String>,
    /// Where approval stands: NONE, PARTLY, APPROVED, REJECTED or STALE.
    pub approval: &'static str,
    /// What it needs to count as approved, where that is more than usual.
    pub needed: Option<String>,
    /// The latest link of a commit, which a decision says it has seen where it covers the code.
    pub covers: Option<String>,
    /// Its release in an emergency, if nobody has decided on it since.
    pub release: Option<ReleaseView>,
    /// Who may release it in an emergency, where that is possible.
    pub emergency: Option<EmergencyRule>,
    /// The latest decision in words.
    pub decision: Option<HistoryLine>,
    /// What happened, the latest first.
    pub history: Vec<HistoryLine>,
    /// Whether anything may be decided here.
    pub licensed: bool,
    /// The entry that a decision would be about.
    pub seen: Option<String>,
    /// Where it stands in the ledger and when that was verified.
    pub integrity: Option<Integrity>,
}

/// Something that a ticket can be about.
#[derive(Debug, Serialize)]
pub struct IndicatorChoice {
    /// Its id in the catalog.
    pub id: String,
    /// Its title.
    pub title: String,
}

impl IndicatorChoice {
    fn all(catalog: &Catalog) -> Vec<Self> {
        let all = catalog.indicators().iter().map(|indicator| Self {
            id: indicator.id.as_str().to_owned(),
            title: indicator.title.clone(),
        });
        all.collect()
    }
}

/// How far what is shown is to be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum PanelState {
    /// Recorded, and the ticket is as it was then.
    Current,
    /// Recorded, but the ticket was edited since; the new assessment is on its way.
    Edited,
    /// Recorded; Jira cannot be asked whether the ticket is still the same.
    Unchecked,
    /// Computed just now and not recorded yet.
    Preview,
    /// Nothing is recorded, and Jira cannot be asked.
    Unknown,
}

impl PanelState {
    /// Of a recorded ticket, beside how it is now where Jira could be asked.
    pub(crate) fn of_recorded(row: &TicketRow, now: Option<&TicketSnapshot>) -> Self {
        match now {
            None => Self::Unchecked,
            Some(now) if content_hash(now, &row.content_key) == row.ticket.content_hash => {
                Self::Current
            }
            Some(_) => Self::Edited,
        }
    }
}

/// Why an assessment was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum AssessRefused {
    /// The site has no licence.
    #[error(transparent)]
    NoLicence(#[from] NoLicence),
    /// The source or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

/// What is recorded of a ticket.
struct Recorded {
    row: TicketRow,
    assessment: Option<Assessment>,
    claims: Vec<ClaimView>,
    waivers: Vec<(String, WaiverView)>,
    acknowledgements: Vec<AcknowledgementView>,
    corrections: Vec<CorrectionLine>,
    needed: Needed,
    history: Vec<HistoryLine>,
    integrity: Integrity,
}

impl Casework {
    /// What the panel of this ticket shows.
    ///
    /// # Errors
    /// If the store fails. Jira's failure is a state of the panel.
    pub async fn panel(&self, site: &ActiveSite, issue: &IssueId) -> Result<Panel, CaseError> {
        let (tenant, id, which) = (site.tenant.clone(), site.site.clone(), issue.clone());
        let assessor = Arc::clone(&self.assessor);
        let recorded = self
            .store
            .read(move |db| recorded(db, &tenant, &id, &which, assessor.catalog()))
            .await?;
        let calls = self.calls_for_a_person(site);
        let snapshot = calls.ticket(TicketName::Id(issue), &[]).await;
        let snapshot = snapshot
            .map_err(|error| tracing::warn!(%error, "a panel is shown without Jira"))
            .ok();
        let assessor = Arc::clone(&self.assessor);
        let showing = tokio::task::spawn_blocking(move || match (recorded, snapshot) {
            (Some(recorded), snapshot) => {
                show_recorded(recorded, snapshot.as_ref(), assessor.catalog())
            }
            (None, Some(snapshot)) => show_preview(&assessor.assess(&snapshot), &snapshot),
            (None, None) => Panel::empty(PanelState::Unknown),
        });
        let shown = showing
            .await
            .map_err(|_| CaseError::Unreadable("a panel"))?;
        Ok(Panel {
            licensed: site.is_licensed(),
            ..shown
        })
    }

    /// Records an assessment that was only a preview.
    ///
    /// # Errors
    /// If the site has no licence, or Jira or the store fails.
    pub async fn assess_now(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
    ) -> Result<(), AssessRefused> {
        site.demand_licence()?;
        self.assess_ticket(site, issue, None).await?;
        Ok(())
    }
}

impl Panel {
    const fn empty(state: PanelState) -> Self {
        Self {
            state,
            key: None,
            verdict: None,
            groups: Vec::new(),
            acknowledgements: Vec::new(),
            corrections: Vec::new(),
            indicators: Vec::new(),
            prompt: None,
            approval: TicketApproval::None.as_str(),
            needed: None,
            covers: None,
            release: None,
            emergency: None,
            decision: None,
            history: Vec::new(),
            licensed: true,
            seen: None,
            integrity: None,
        }
    }
}

/// What was assessed last; nothing where its words were erased.
pub(crate) fn recorded_assessment(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &TicketRow,
) -> Result<Option<Assessment>, StoreError> {
    let entry = db.entry(tenant, row.ticket.assessed_seq)?;
    let assessment = match &entry {
        Some(entry) => db.beside(tenant, &entry.entry, ASSESSMENT)?,
        None => None,
    };
    Ok(assessment.and_then(|value| serde_json::from_value(value).ok()))
}

fn recorded(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &SiteId,
    issue: &IssueId,
    catalog: &Catalog,
) -> Result<Option<Recorded>, StoreError> {
    let Some(row) = db.ticket(tenant, site, issue)? else {
        return Ok(None);
    };
    let assessment = recorded_assessment(db, tenant, &row)?;
    let claims = claims_about(db, tenant, &row.ticket)?;
    let waivers = waivers_about(db, tenant, &row.ticket, true)?;
    let acknowledgements = acknowledgements_of(db, tenant, &row.ticket)?;
    let corrections = corrections_of(db, tenant, &row.ticket, catalog)?;
    let needed = needed::of(db, tenant, &row.ticket)?;
    let history = history::of(db, tenant, &subject_of(site, issue))?;
    let latest = history
        .first()
        .map_or(row.ticket.assessed_seq, |line| line.seq);
    let integrity = integrity::of(db, tenant, latest)?;
    Ok(Some(Recorded {
        row,
        assessment,
        claims,
        waivers,
        acknowledgements,
        corrections,
        needed,
        history,
        integrity,
    }))
}

fn show_recorded(
    recorded: Recorded,
    snapshot: Option<&TicketSnapshot>,
    catalog: &Catalog,
) -> Panel {
    let Recorded {
        row,
        assessment,
        claims,
        waivers,
        acknowledgements,
        corrections,
        needed,
        history,
        integrity,
    } = recorded;
    let state = PanelState::of_recorded(&row, snapshot);
    let ticket = row.ticket;
    Panel {
        state,
        key: Some(ticket.key.to_string()),
        groups: assessment
            .as_ref()
            .map(|a| requirements::groups(&a.requirements, &claims, &waivers))
            .unwrap_or_default(),
        acknowledgements,
        corrections,
        indicators: IndicatorChoice::all(catalog),
        prompt: assessment
            .as_ref()
            .zip(snapshot)
            .map(|(a, now)| prompt(a, now, None, Form::Markdown, &moment_of(state, &waivers))),
        verdict: assessment.as_ref().map(verdict::of),
        approval: ticket.approval.as_str(),
        needed: needed.words,
        covers: needed.covers,
        release: needed.release,
        emergency: needed.emergency,
        decision: history
            .iter()
            .find(|line| line.kind == "HUMAN_REVIEW")
            .cloned(),
        history,
        licensed: true,
        seen: Some(ticket.assessed_by.to_string()),
        integrity: Some(integrity),
    }
}

/// What is recorded of a ticket that was edited since may not be all; what is waived need not be met.
pub(crate) fn moment_of(state: PanelState, waivers: &[(String, WaiverView)]) -> Moment {
    let waived = waivers.iter();
    Moment {
        edited: matches!(state, PanelState::Edited),
        waived: waived
            .map(|(requirement, waiver)| (requirement.clone(), waiver.until.clone()))
            .collect(),
    }
}

fn show_preview(assessment: &Assessment, snapshot: &TicketSnapshot) -> Panel {
    Panel {
        key: Some(snapshot.key.to_string()),
        verdict: Some(verdict::of(assessment)),
        groups: requirements::groups(&assessment.requirements, &[], &[]),
        prompt: Some(prompt(
            assessment,
            snapshot,
            None,
            Form::Markdown,
            &Moment::default(),
        )),
        ..Panel::empty(PanelState::Preview)
    }
}
