//! Payloads about what belongs together: events and tickets.

use serde::{Deserialize, Serialize};

use crate::entries::ticket::TicketId;
use crate::ids::{EventId, PersonId, TicketKey};

/// Where a ticket was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FoundIn {
    /// A commit's message.
    CommitMessage,
    /// The name of a branch.
    Branch,
    /// The title of a pull request.
    PullRequestTitle,
    /// The description of a pull request.
    PullRequestDescription,
    /// The description or the notes of a deployment or a release.
    Notes,
    /// A caller said so.
    Manual,
}

impl FoundIn {
    /// The word that stands in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CommitMessage => "COMMIT_MESSAGE",
            Self::Branch => "BRANCH",
            Self::PullRequestTitle => "PULL_REQUEST_TITLE",
            Self::PullRequestDescription => "PULL_REQUEST_DESCRIPTION",
            Self::Notes => "NOTES",
            Self::Manual => "MANUAL",
        }
    }
}

/// An event and a ticket belong together. Beside it: `ticket`, the ticket as it was when it was read, `assignee` and
/// `reporter`, those people's names, where it could be read and nothing hides it; and `asserted`, what the caller of a
/// manual link says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkAdded {
    /// The event: its entry.
    pub event: EventId,
    /// The key by which the ticket was named.
    pub ticket_key: TicketKey,
    /// The ticket, once its tracker showed it. Without it the link is unresolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// Who worked on it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// Who had asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<PersonId>,
    /// Where it was named.
    pub found_in: FoundIn,
    /// When it was read from its tracker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<String>,
}

/// A link no longer holds. Beside it: `reason`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkRevoked {
    /// The link: its LINK_ADDED entry.
    pub link: EventId,
    /// The event that was linked.
    pub event: EventId,
    /// The ticket that was linked, where its tracker had shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
}
