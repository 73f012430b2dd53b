//! Tickets and what was decided on them.

use serde::Deserialize;

use super::CoveredClaim;
use crate::printable::Printable;

/// A ticket.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// Its key.
    pub key: Printable,
    /// Whether it was deleted in Jira.
    pub deleted: bool,
    /// How much it matters.
    pub severity: Printable,
    /// The risk score, 0 to 10.
    pub risk: f64,
    /// Where approval stands: NONE, APPROVED, REJECTED or STALE.
    pub approval: Printable,
    /// Why its approval is stale, if it is.
    #[serde(default)]
    pub stale: Option<Printable>,
    /// What was decided on it, the latest first.
    pub decisions: Vec<Decision>,
    /// Decisions that do not count, and ways around its gate.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Where the code is said to meet what it asks for, the latest first.
    #[serde(default)]
    pub claims: Vec<TicketClaim>,
}

/// Where the code is said to meet a requirement of a ticket.
#[derive(Debug, Deserialize)]
pub struct TicketClaim {
    /// The requirement, by id.
    pub requirement: Printable,
    /// Where.
    #[serde(flatten)]
    pub claim: CoveredClaim,
}

/// Something that whoever relies on a ticket's approval should know.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Its entry.
    pub event: Printable,
    /// What kind.
    pub event_type: Printable,
    /// When it was recorded.
    pub recorded_at: Printable,
    /// What it says.
    pub what: Printable,
    /// Who did it.
    #[serde(default)]
    pub who: Option<Printable>,
}

/// A decision on a ticket.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// APPROVED or REJECTED.
    pub decision: Printable,
    /// COUNTING, SUPERSEDED or STALE.
    pub state: Printable,
    /// Who decided.
    pub reviewer: Printable,
    /// In what role.
    pub role: Printable,
    /// Where the role came from: PROJECT_ROLE or GROUP.
    #[serde(default)]
    pub role_source: Option<Printable>,
    /// In whose place.
    #[serde(default)]
    pub in_place_of: Option<Printable>,
    /// When.
    pub reviewed_at: Printable,
}
