//! How a ticket's gate stands, and payloads about ways past it that are no approval: somebody opens it in an emergency,
//! somebody writes where only the app is to write, or the ticket comes without one to where its project asks for one.

use serde::{Deserialize, Serialize};

use crate::entries::review::Reviewer;
use crate::entries::ticket::TicketId;
use crate::ids::{EventId, IssueId, PersonId};

/// Somebody whom the project's settings name for it opened a ticket's gate in an emergency, until it is decided on or the
/// time is over. Beside it: `displayName`, and why: `reason`, or `reasonInPanel` where a security level hides the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmergencyReleased {
    /// The ticket.
    pub ticket: TicketId,
    /// Who, and by what right.
    pub by: Reviewer,
    /// What the ticket said then.
    pub content_hash: String,
    /// The version of the requirement set that applied then.
    pub requirement_set: String,
    /// Until when somebody has to decide.
    pub until: String,
}

/// A ticket was released in an emergency, and nobody decided on it in time: its gate is shut again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmergencyOverdue {
    /// The ticket.
    pub ticket: TicketId,
    /// The release: its EMERGENCY_RELEASED entry.
    pub release: EventId,
    /// Until when somebody had to decide.
    pub until: String,
}

/// A ticket came into a status that its project's settings ask an approval for, and none counted then. Beside it:
/// `displayName` of who moved it, where the tracker says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GateBypassed {
    /// The ticket.
    pub ticket: TicketId,
    /// The status, as the settings name it.
    pub status: String,
    /// The tracker's id of the change in the ticket's history.
    pub changelog: IssueId,
    /// Who moved it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// When, as the tracker says.
    pub moved_at: String,
}

/// How a ticket's gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum GateState {
    /// The ticket may pass.
    Open,
    /// It may not.
    Closed,
}

/// Somebody else wrote or removed the property of a ticket in which its gate stands; it is set back. Beside it:
/// `displayName` of who did, where the tracker says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GateTampered {
    /// The ticket.
    pub ticket: TicketId,
    /// What the property said of the gate when it was read after that; absent where it said nothing, or may have been the
    /// app's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<GateState>,
    /// How the gate stood by the ledger when it was read.
    pub stands: GateState,
    /// Who, where the tracker says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// When, as the tracker says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<String>,
}
