//! A ticket of a report, as the API shows it. No text of the ticket: who may read the report need not be allowed to read
//! the ticket.

use compliance::coverage::{Recorded, Stage};
use compliance::ids::FrameworkId;
use compliance::requirement_set::Requirement;
use record::entries::HumanReview;
use record::ids::{EventId, PersonId, SiteId};
use record::state::{Ticket, TicketApproval};
use serde::Serialize;
use utoipa::ToSchema;

use super::told::{Told, ToldClaim};
use crate::developing::{ClaimView, FrameworkGiven};
use crate::panel::requirements::controls_of;

/// A ticket, and what became of what was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CoveredTicket {
    /// Its key, as last seen.
    #[schema(example = "PAY-142")]
    pub ticket: String,
    /// The site it is on.
    #[schema(value_type = String)]
    pub site: SiteId,
    /// Whether it was deleted in Jira since.
    pub deleted: bool,
    /// Whether the words behind its assessment were erased or cannot be read: then nothing is known of what it was asked
    /// for.
    pub unreadable: bool,
    /// How carefully it was to be treated: INFO, LOW, MEDIUM, HIGH or CRITICAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// The risk score, 0 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<f32>,
    /// Whether somebody in security or privacy should have looked at it.
    pub relevant: bool,
    /// Frameworks that applied or might apply.
    pub frameworks: Vec<FrameworkGiven>,
    /// When it was assessed first.
    pub first_assessed: String,
    /// When it was approved first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_approved: Option<String>,
    /// Where approval stood at the end.
    pub approval: CoveredApproval,
    /// When it was deployed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployed: Option<CoveredDeployment>,
    /// When it was deployed in the period without an approval, the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unapproved_at: Option<String>,
    /// What it was asked for.
    pub requirements: Vec<CoveredRequirement>,
    /// Whether it has more entries of some kind, links or deployments than were looked at, the earliest of which are
    /// missing here.
    pub truncated: bool,
}

/// Where approval stood.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CoveredApproval {
    /// NONE, APPROVED, REJECTED or STALE.
    #[schema(value_type = String)]
    pub state: TicketApproval,
    /// Who decided last, by the random id that stands in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub by: Option<PersonId>,
    /// In what role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Default for CoveredApproval {
    fn default() -> Self {
        Self {
            state: TicketApproval::None,
            by: None,
            role: None,
            at: None,
        }
    }
}

impl CoveredApproval {
    pub(super) fn by(state: TicketApproval, review: HumanReview) -> Self {
        Self {
            state,
            by: Some(review.reviewer.person),
            role: Some(review.reviewer.role),
            at: Some(review.reviewed_at),
        }
    }
}

/// A deployment of what is linked with a ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CoveredDeployment {
    /// Its entry.
    #[schema(value_type = String)]
    pub event: EventId,
    /// When, as its source says.
    pub at: String,
    /// Where to, as its source calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Whether an approval of the ticket counted when it was received.
    pub approved: bool,
}

/// That a requirement need not be met for a while.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CoveredWaiver {
    /// Its entry.
    #[schema(value_type = String)]
    pub event: EventId,
    /// From when on it holds no longer.
    pub until: String,
    /// Who gave it, by the random id that stands in the ledger.
    #[schema(value_type = String)]
    pub by: PersonId,
    /// In what role.
    pub role: String,
    /// Why, where it was not erased and no security level hid the issue.
    pub reason: Option<String>,
}

/// A requirement, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CoveredRequirement {
    /// Its id.
    #[schema(example = "REQ-ENC-AT-REST")]
    pub id: String,
    /// Its name.
    pub title: String,
    /// The controls it serves, of the framework that is wanted; else of all.
    pub controls: Vec<String>,
    /// MET, FAILED, WAIVED or UNKNOWN.
    #[schema(value_type = String)]
    pub coverage: compliance::coverage::Coverage,
    /// What is missing: NOT_SAID, NOT_APPROVED, DEPLOYED_UNAPPROVED.
    #[schema(value_type = Vec<String>)]
    pub lacks: Vec<compliance::coverage::Lack>,
    /// Where the code is said to meet it, the latest last; only what was said before the last deployment counts.
    pub claims: Vec<ClaimView>,
    /// That it need not be met, where that held at the end; it counts if it was given before the last deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<CoveredWaiver>,
}

/// The most claims that are shown of one requirement, the latest.
const MOST_CLAIMS: usize = 10;

/// Whether a framework is the one that is wanted, or of the family that is.
fn is_wanted(framework: &FrameworkId, wanted: Option<&FrameworkId>) -> bool {
    wanted.is_none_or(|wanted| {
        let rest = framework.as_str().strip_prefix(wanted.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    })
}

impl Told {
    /// None if it was asked for nothing of a framework that is wanted. What nobody can read any more may have been.
    pub(super) fn shown(
        self,
        ticket: &Ticket,
        framework: Option<&FrameworkId>,
    ) -> Option<CoveredTicket> {
        let asked = self.assessment.iter();
        let asked = asked.flat_map(|assessment| &assessment.requirements.requirements);
        let requirements = asked.filter_map(|it| self.requirement(it, framework));
        let requirements: Vec<CoveredRequirement> = requirements.collect();
        if framework.is_some() && self.assessment.is_some() && requirements.is_empty() {
            return None;
        }
        let recorded = self.assessment.as_ref();
        let frameworks = recorded.map_or_else(Vec::new, |it| it.frameworks.iter().collect());
        let relevance = recorded.map(|it| &it.relevance);
        Some(CoveredTicket {
            ticket: ticket.key.to_string(),
            site: ticket.site.clone(),
            deleted: ticket.deleted,
            unreadable: recorded.is_none(),
            severity: recorded.map(|it| it.security_level.as_str().to_owned()),
            risk: recorded.map(|it| f32::from(it.risk.score.tenths()) / 10.0),
            relevant: relevance.is_some_and(|it| it.security.relevant || it.privacy.relevant)
                || !requirements.is_empty(),
            frameworks: frameworks
                .into_iter()
                .filter(|it| is_wanted(&it.id, framework))
                .map(FrameworkGiven::of)
                .collect(),
            first_assessed: self.first_assessed,
            first_approved: self.first_approved,
            approval: self.approval,
            deployed: self.deployed.map(|(_, deployed)| deployed),
            unapproved_at: self.unapproved_at,
            requirements,
            truncated: self.truncated,
        })
    }

    fn stage(&self) -> Stage {
        match &self.deployed {
            Some((_, deployed)) => Stage::Deployed {
                approved: deployed.approved && self.unapproved_at.is_none(),
            },
            None => Stage::Open {
                approved: self.approval.state == TicketApproval::Approved,
            },
        }
    }

    /// What was said before it was deployed last; whatever was, if it was not.
    fn in_time(&self, seq: u64) -> bool {
        let deployed = self.deployed.as_ref();
        deployed.is_none_or(|(deployed, _)| seq < *deployed)
    }

    fn requirement(
        &self,
        requirement: &Requirement,
        framework: Option<&FrameworkId>,
    ) -> Option<CoveredRequirement> {
        let serves = requirement.frameworks.iter();
        let serves = serves.filter(|source| is_wanted(&source.framework, framework));
        let controls: Vec<String> = controls_of(serves.clone()).collect();
        if framework.is_some() && serves.count() == 0 {
            return None;
        }
        let id = requirement.id.as_str();
        let claims = || {
            let all = self.claims.iter();
            all.filter(|claim| claim.view.requirement == id)
        };
        let says = |claim: &ToldClaim| {
            self.in_time(claim.seq) && !claim.ended.is_some_and(|ended| self.in_time(ended))
        };
        let waiver = self.waivers.get(id);
        let recorded = Recorded {
            said: claims().any(says),
            waived: waiver.is_some_and(|(seq, _)| self.in_time(*seq)),
            stage: self.stage(),
        };
        // The latest are enough to go by.
        let mut shown: Vec<ClaimView> = claims()
            .filter(|claim| !claim.replaced)
            .map(|claim| claim.view.clone())
            .collect();
        shown.drain(..shown.len().saturating_sub(MOST_CLAIMS));
        Some(CoveredRequirement {
            id: requirement.id.to_string(),
            title: requirement.title.clone(),
            controls,
            coverage: recorded.coverage(),
            lacks: recorded.lacks(),
            claims: shown,
            waiver: waiver.map(|(_, waiver)| waiver.clone()),
        })
    }
}
