//! Payloads about what people decide.

use serde::{Deserialize, Serialize};

use crate::entries::rules::Needs;
use crate::entries::ticket::TicketId;
use crate::ids::{EventId, IssueId, PersonId, TicketKey};

/// What kind of review it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewType {
    /// The approval of a change.
    ChangeApproval,
}

/// What a review is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewScope {
    /// A ticket's content and its requirement set. Commits that come later leave it standing.
    #[default]
    Plan,
    /// These, and the commits that were linked with the ticket. Another commit makes it stale.
    Code,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// The change may go ahead.
    Approved,
    /// The change may not go ahead as it is.
    Rejected,
    /// Whoever decided takes the decision back.
    Withdrawn,
}

impl Decision {
    /// The word that stands in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Withdrawn => "WITHDRAWN",
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

/// Who decided, and in what role at that time. Beside the entry: `displayName`, and `email` where the person's profile shows
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reviewer {
    /// The person.
    pub person: PersonId,
    /// The role's or group's name.
    pub role: String,
    /// Where the role came from.
    pub role_source: RoleSource,
    /// The group that the ticket needs an approval of, where the person is a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaks_for: Option<String>,
    /// In whose place the person decided, as that one's deputy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<PersonId>,
}

impl Reviewer {
    /// Whether somebody who decided, or in whose place it was decided, is behind this decision too.
    #[must_use]
    pub fn is_one_with(&self, person: &PersonId, in_place_of: Option<&PersonId>) -> bool {
        let behind = |who: &PersonId| *who == self.person || self.in_place_of.as_ref() == Some(who);
        behind(person) || in_place_of.is_some_and(behind)
    }
}

/// Somebody decided on a change. Beside it: `displayName`, `email` where the person's profile shows it and, where one was
/// written, `comment`.
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
    /// When the decision was received; where it was made in the tracker, when it was made, as the tracker says.
    pub reviewed_at: String,
    /// The entries this decision is about: the assessment first, and where it covers code, the events of its commits.
    pub linked_audit_events: Vec<EventId>,
    /// What the ticket needs to count as approved, by the rules at that time; absent where one approval is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Needs>,
    /// Through what in the tracker it was made; absent where it was made in our own panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<ReviewVia>,
}

/// Through what in the tracker a decision was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReviewVia {
    /// A comment, by the tracker's id.
    Comment(IssueId),
    /// A change of status, by the tracker's id of its changelog entry.
    Transition(IssueId),
    /// An approval step of a service project, by the tracker's id of it. Several people may have answered it.
    Approval(IssueId),
}

/// Why a decision that somebody made in the tracker does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NotCounted {
    /// A program made it.
    Machine,
    /// The account is switched off.
    Inactive,
    /// The person may not see the ticket or comment on it.
    NoPermission,
    /// The person is assignee or reporter.
    OwnTicket,
    /// The person wrote commits that are linked with the ticket.
    Author,
    /// The person is not in the role or group.
    NotInRole,
    /// Nobody may decide.
    NoRole,
    /// The comment was edited.
    CommentEdited,
    /// The ticket was edited after the decision was made.
    ChangedSince,
    /// A rejection without a reason.
    NoReason,
    /// A later decision was recorded before this one was heard of.
    Overtaken,
    /// No decision of that person's stood.
    NothingToWithdraw,
}

/// Somebody made a decision in the tracker that does not count. It could not be prevented there. Beside it: `displayName`,
/// where the tracker says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewNotCounted {
    /// The ticket.
    pub ticket: TicketId,
    /// What was decided.
    pub decision: Decision,
    /// Who decided.
    pub person: PersonId,
    /// Through what.
    pub via: ReviewVia,
    /// Why it does not count.
    pub reason: NotCounted,
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
    /// The comment that approved was edited.
    CommentEdited,
    /// The comment that approved was deleted.
    CommentDeleted,
    /// A commit came that the approval does not cover.
    CommitsAdded,
    /// The ticket moved to another project, whose people and rules are others.
    Moved,
}

impl StaleReason {
    /// The word that stands in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContentChanged => "CONTENT_CHANGED",
            Self::RequirementsChanged => "REQUIREMENTS_CHANGED",
            Self::TicketDeleted => "TICKET_DELETED",
            Self::CommentEdited => "COMMENT_EDITED",
            Self::CommentDeleted => "COMMENT_DELETED",
            Self::CommitsAdded => "COMMITS_ADDED",
            Self::Moved => "MOVED",
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
