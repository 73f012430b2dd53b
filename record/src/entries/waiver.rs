//! Payloads about requirements that a ticket need not meet for a while.

use serde::{Deserialize, Serialize};

use crate::entries::{Reviewer, TicketId};
use crate::ids::{EventId, PersonId};

/// An approver says that a ticket need not meet a requirement, until a time. Beside it: `displayName`, and why: `reason`,
/// or `reasonInPanel` where a security level hides the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequirementWaived {
    /// The ticket.
    pub ticket: TicketId,
    /// Which requirement, by the catalog's id.
    pub requirement: String,
    /// The version of the requirement set that it stood in then.
    pub requirement_set: String,
    /// Who says so.
    pub by: Reviewer,
    /// From when on it holds no longer.
    pub until: String,
}

/// A waiver will soon hold no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WaiverExpiring {
    /// The ticket.
    pub ticket: TicketId,
    /// The waiver: its REQUIREMENT_WAIVED entry.
    pub waiver: EventId,
    /// Of which requirement.
    pub requirement: String,
    /// From when on it holds no longer.
    pub until: String,
}

/// Why a waiver holds no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaiverEnd {
    /// Its time came.
    Expired,
    /// The ticket is not asked for the requirement any more.
    NotAsked,
    /// An approver took it back.
    Withdrawn,
}

/// A waiver holds no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WaiverEnded {
    /// The ticket.
    pub ticket: TicketId,
    /// The waiver: its REQUIREMENT_WAIVED entry.
    pub waiver: EventId,
    /// Of which requirement.
    pub requirement: String,
    /// Why.
    pub reason: WaiverEnd,
    /// Who took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}
