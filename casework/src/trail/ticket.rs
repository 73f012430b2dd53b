//! A ticket as the trail shows it: how it was assessed, who decided what on it in which role. No text of the ticket: who
//! may read the trail need not be allowed to read the ticket.

use record::entries::{Payload, StaleReason};
use record::ids::{EventId, PersonId, SiteId, TenantId};
use record::state::{Ticket, TicketApproval};
use serde::Serialize;
use store::{Db, StoreError};
use utoipa::ToSchema;

use crate::developing::{ClaimView, claims_about};
use crate::lately::Lately;
use crate::panel::history_of;
use crate::subject_of;

/// A ticket of the trail.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketView {
    /// Its key, as last seen.
    #[schema(example = "AI-GOV-142")]
    pub key: String,
    /// The site it is on.
    #[schema(value_type = String)]
    pub site: SiteId,
    /// Whether it was deleted in Jira.
    pub deleted: bool,
    /// How much it matters: INFO, LOW, MEDIUM, HIGH or CRITICAL.
    pub severity: String,
    /// The risk score, 0 to 10.
    pub risk: f32,
    /// The version of the requirement set that applies.
    pub requirement_set: String,
    /// The entry of its assessment.
    #[schema(value_type = String)]
    pub assessed_by: EventId,
    /// Where approval stands: NONE, PARTLY, APPROVED, REJECTED or STALE.
    pub approval: &'static str,
    /// Why its approval is stale, if it is: CONTENT_CHANGED, REQUIREMENTS_CHANGED, COMMENT_EDITED, COMMENT_DELETED, MOVED
    /// or COMMITS_ADDED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub stale: Option<StaleReason>,
    /// Until when a release in an emergency opens its gate, if one does.
    pub released_until: Option<String>,
    /// What was decided on it, the latest first.
    pub decisions: Vec<DecisionView>,
    /// Decisions that do not count, and ways around its gate, among the latest entries about it; the latest first.
    pub findings: Vec<FindingView>,
    /// Where the code is said to meet what it asks for, the latest first.
    pub claims: Vec<ClaimView>,
}

/// Something that whoever relies on a ticket's approval should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingView {
    /// Its entry.
    pub event: String,
    /// REVIEW_NOT_COUNTED, EMERGENCY_RELEASED, EMERGENCY_OVERDUE, GATE_BYPASSED, GATE_TAMPERED or MONITORING_OVERDUE.
    pub event_type: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// What it says.
    pub what: String,
    /// Who did it, where that is known and was not erased.
    pub who: Option<String>,
}

/// The types of entries that are findings.
const FINDINGS: [&str; 6] = [
    "REVIEW_NOT_COUNTED",
    "EMERGENCY_RELEASED",
    "EMERGENCY_OVERDUE",
    "GATE_BYPASSED",
    "GATE_TAMPERED",
    "MONITORING_OVERDUE",
];

/// A decision on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionView {
    /// Its HUMAN_REVIEW entry.
    #[schema(value_type = String)]
    pub event: EventId,
    /// APPROVED or REJECTED.
    pub decision: String,
    /// COUNTING, SUPERSEDED or STALE.
    pub state: &'static str,
    /// Who decided: that person's name as it was then, or the random id where it was erased.
    pub reviewer: String,
    /// In what role.
    pub role: String,
    /// Where the role came from: PROJECT_ROLE or GROUP.
    pub role_source: Option<String>,
    /// In whose place, as that one's deputy: the random id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub in_place_of: Option<PersonId>,
    /// When.
    pub reviewed_at: String,
}

pub(super) fn view(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: Ticket,
) -> Result<TicketView, StoreError> {
    let mut decisions = Vec::new();
    for approval in db.approvals(tenant, &ticket.site, &ticket.issue)? {
        let (mut name, mut role_source) = (None, None);
        if let Some(row) = db.entry(tenant, approval.seq)? {
            name = db.beside(tenant, &row.entry, "displayName")?;
            if let Payload::HumanReview(review) =
                Payload::parse(&row.entry.kind, &row.entry.payload)?
            {
                let word = serde_json::to_value(review.reviewer.role_source).ok();
                role_source = word.and_then(|word| word.as_str().map(str::to_owned));
            }
        }
        let name = name.and_then(|name| name.as_str().map(str::to_owned));
        decisions.push(DecisionView {
            event: approval.event,
            decision: approval.decision,
            state: approval.state.as_str(),
            reviewer: name.unwrap_or_else(|| approval.reviewer.to_string()),
            role: approval.role,
            role_source,
            in_place_of: approval.in_place_of,
            reviewed_at: approval.reviewed_at,
        });
    }
    let history = history_of(db, tenant, &subject_of(&ticket.site, &ticket.issue))?;
    let findings = history
        .into_iter()
        .filter(|line| FINDINGS.contains(&line.kind.as_str()))
        .map(|line| FindingView {
            event: line.id,
            event_type: line.kind,
            recorded_at: line.at,
            what: line.what,
            who: line.who,
        });
    let stale = match ticket.approval {
        TicketApproval::Stale => Lately::of(db, tenant, &ticket)?.stale,
        _ => None,
    };
    let claims = claims_about(db, tenant, &ticket)?;
    let released_until = ticket.released_at(&store::now()).map(str::to_owned);
    Ok(TicketView {
        released_until,
        stale,
        claims,
        key: ticket.key.to_string(),
        site: ticket.site,
        deleted: ticket.deleted,
        severity: ticket.severity,
        risk: f32::from(ticket.risk_tenths) / 10.0,
        requirement_set: ticket.requirement_set,
        assessed_by: ticket.assessed_by,
        approval: ticket.approval.as_str(),
        decisions,
        findings: findings.collect(),
    })
}
