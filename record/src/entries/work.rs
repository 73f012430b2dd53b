//! Payloads about what happens to a ticket in its tracker besides edits and decisions: work is logged on it, it is
//! resolved, it moves to another key.

use serde::{Deserialize, Serialize};

use crate::entries::ticket::{Observed, TicketId};
use crate::facts::Change;
use crate::ids::{IssueId, PersonId, TicketKey};

/// Work on a ticket was logged, or what was logged was changed or deleted. Beside it, where it was read: `body`, what
/// its author wrote of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorklogRecorded {
    /// Which ticket.
    pub ticket: TicketId,
    /// The tracker's id of what was logged.
    pub worklog: IssueId,
    /// What happened to it.
    pub change: Change,
    /// How we know.
    pub observed: Observed,
    /// Who logged it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    /// How long the work took, as its author says; seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// When the work began, as its author says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// When the source says it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<String>,
}

/// What shows that a ticket was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResolvedBy {
    /// It was given a resolution.
    Resolution,
    /// It came into a status of finished work from one that is none, and was given no resolution with that.
    Status,
}

/// A ticket was resolved, as its history tells: trackers send no notification of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketResolved {
    /// Which ticket.
    pub ticket: TicketId,
    /// What shows it.
    pub through: ResolvedBy,
    /// The tracker's id of the change in the ticket's history.
    pub changelog: IssueId,
    /// Who made the change, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// When, as the tracker says.
    pub resolved_at: String,
}

/// A ticket has another key since: it moved to another project. What is linked with it stays so, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketMoved {
    /// Which ticket, with the key that it moved to.
    pub ticket: TicketId,
    /// The key it had before.
    pub from: TicketKey,
    /// The tracker's id of the change in the ticket's history.
    pub changelog: IssueId,
    /// Who moved it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// When, as the tracker says.
    pub moved_at: String,
}
