//! Payloads about code that is said to meet requirements.

use serde::{Deserialize, Serialize};

use crate::entries::{Reporter, TicketId};
use crate::ids::CommitSha;

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
}
