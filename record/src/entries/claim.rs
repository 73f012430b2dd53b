//! Payloads about code that is said to meet requirements.

use serde::{Deserialize, Serialize};

use crate::entries::{Reporter, TicketId};
use crate::ids::{CommitSha, EventId, RepositoryId};

/// Lines of a file, both ends among them, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRange {
    /// The first.
    pub first: u32,
    /// The last; not before the first.
    pub last: u32,
}

/// Somebody says that code meets a requirement: an assertion, which approves nothing. Beside it: `place`, the file as
/// that somebody names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImplementationClaimed {
    /// Of which ticket.
    pub ticket: TicketId,
    /// Who says so.
    pub by: Reporter,
    /// Which requirement, by the catalog's id.
    pub requirement: String,
    /// The version of the requirement set that it stood in then.
    pub requirement_set: String,
    /// The commit that the lines are of, where it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitSha>,
    /// Which lines, where it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineRange>,
    /// The repository, by its host's id: of a marker, which is looked for again as the repository goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<RepositoryId>,
    /// The earlier claim that this one is made instead of, since its code changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<EventId>,
}

/// What became of the marker of a claim, and of the code that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Found {
    /// Both are where they were.
    Present,
    /// The same code stands elsewhere.
    Moved,
    /// The marker is there, and its code is another.
    Drifted,
    /// The marker is not there.
    Gone,
}

/// The marker of a claim was looked for in a later commit, and what was found is not what was known: an assertion, as the
/// claim is. Beside it, where the marker is elsewhere or its code changed: `place`, the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimChecked {
    /// Of which ticket.
    pub ticket: TicketId,
    /// Who says so.
    pub by: Reporter,
    /// The claim.
    pub claim: EventId,
    /// What was found.
    pub found: Found,
    /// In which commit.
    pub commit: CommitSha,
    /// Which lines, where the marker is elsewhere or its code changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineRange>,
}
