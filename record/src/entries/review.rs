//! Payloads about what people decide.

use serde::{Deserialize, Serialize};

use crate::entries::ticket::TicketId;
use crate::ids::{EventId, PersonId, TicketKey};

/// What kind of review it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewType {
    /// The approval of a change.
    ChangeApproval,
}

/// What a review is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewScope {
    /// A ticket's content and its requirement set.
    Plan,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// The change may go ahead.
    Approved,
    /// The change may not go ahead as it is.
    Rejected,
}

impl Decision {
    /// The word that stands in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
        }
    }
}

/// Where a reviewer's role came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoleSource {
    /// A project role of the tracker.
    ProjectRole,
    /// A group of the tracker.
    Group,
}

/// Who decided, and in what role at that time. Beside the entry: `displayName`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reviewer {
    /// The person.
    pub person: PersonId,
    /// The role's or group's name.
    pub role: String,
    /// Where the role came from.
    pub role_source: RoleSource,
}

/// Somebody decided on a change. Beside it: `displayName` and, where one was written, `comment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HumanReview {
    /// The ticket's key at that time.
    pub ticket_key: TicketKey,
    /// The ticket.
    pub ticket: TicketId,
    /// What kind of review.
    pub review_type: ReviewType,
    /// What it is about.
    pub scope: ReviewScope,
    /// What was decided.
    pub decision: Decision,
    /// Who decided.
    pub reviewer: Reviewer,
    /// The content hash of what was decided on.
    pub content_hash: String,
    /// The version of the requirement set that was decided on.
    pub requirement_set: String,
    /// When the decision was received.
    pub reviewed_at: String,
    /// The entries this decision is about: the assessment first.
    pub linked_audit_events: Vec<EventId>,
}

/// Why an approval no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StaleReason {
    /// The ticket was edited.
    ContentChanged,
    /// Other requirements apply.
    RequirementsChanged,
    /// The ticket was deleted.
    TicketDeleted,
}

impl StaleReason {
    /// The word that stands in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContentChanged => "CONTENT_CHANGED",
            Self::RequirementsChanged => "REQUIREMENTS_CHANGED",
            Self::TicketDeleted => "TICKET_DELETED",
        }
    }
}

/// What was approved is no longer what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalStale {
    /// The ticket.
    pub ticket: TicketId,
    /// The approval: its HUMAN_REVIEW entry.
    pub approval: EventId,
    /// Why.
    pub reason: StaleReason,
    /// The entry that shows the change.
    pub shown_by: EventId,
}
