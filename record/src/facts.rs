//! What a source says happened. A fact is a claim until it was re-read at its source; it only says
//! where to look. Each has a key under which it counts once, however often it is delivered.

mod capture;
mod code;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, EventId, IssueId, ProjectKey, SiteId, TicketKey};

pub use capture::{CapturedDetail, CapturedTicket};
pub use code::CodeEvent;

/// A ticket, as one tenant's site knows it. Its `id` never changes; its `key` may.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TicketRef {
    /// Which kind of tracker holds it.
    pub tracker: Tracker,
    /// The site it lives on.
    pub site: SiteId,
    /// The tracker's own id.
    pub id: IssueId,
    /// The key people use.
    pub key: TicketKey,
}

/// The kinds of ticket trackers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Tracker {
    /// Jira, Cloud or Data Center.
    Jira,
}

/// A ticket as its source shows it at one moment: the only input of an assessment.
/// Holds ticket text, so it is never logged and never part of the ledger's bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketSnapshot {
    /// Which ticket.
    pub id: IssueId,
    /// Its key at that moment.
    pub key: TicketKey,
    /// Its project.
    pub project: ProjectKey,
    /// One line of text.
    pub summary: String,
    /// The description as plain text, paragraphs separated by line breaks.
    pub description: String,
    /// The issue type's name.
    pub issue_type: String,
    /// The priority's name, where the project has priorities.
    pub priority: Option<String>,
    /// Labels, as the tracker orders them.
    pub labels: Vec<String>,
    /// Names of components, as the tracker orders them.
    pub components: Vec<String>,
    /// Attachments, by the tracker's ids.
    pub attachments: Vec<Attachment>,
    /// Mapped custom fields as text, by the tracker's field id.
    pub fields: BTreeMap<String, String>,
    /// The summary of the ticket that it is a part of; none if there is none, or the source does not show it.
    pub parent: Option<String>,
    /// The status's name.
    pub status: String,
    /// Whether the status belongs to the category of finished work.
    pub done: bool,
    /// Who works on it.
    pub assignee: Option<AccountId>,
    /// Who asked for it.
    pub reporter: Option<AccountId>,
    /// Whether a security level hides it from part of the project.
    pub restricted: bool,
    /// When the source says it last changed (RFC 3339, or as the source writes it).
    pub updated: String,
}

impl std::fmt::Debug for TicketSnapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketSnapshot")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A file on a ticket: only what shows that it changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attachment {
    /// The tracker's id of it.
    pub id: String,
    /// Bytes.
    pub size: u64,
}

/// What is to be looked into: mostly what a tracker's notification claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A ticket was created or edited.
    TicketChanged(TicketChanged),
    /// A ticket was deleted.
    TicketDeleted(TicketDeleted),
    /// A comment was written, edited or deleted.
    CommentChanged(CommentChanged),
    /// Work was logged, or what was logged was changed or deleted.
    WorklogChanged(WorklogChanged),
    /// A property of a ticket was written or removed.
    PropertyChanged(PropertyChanged),
    /// An event was recorded that may name tickets of the site.
    EventRecorded(EventRecorded),
}

/// An event was recorded that may name tickets of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecorded {
    /// Its entry.
    pub event: EventId,
}

/// A ticket was created or edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketChanged {
    /// Which ticket.
    pub id: IssueId,
    /// Its key, as claimed.
    pub key: TicketKey,
    /// Whether it is new.
    pub change: Change,
    /// The changelog entry that tells of the edit, where there is one.
    pub changelog: Option<String>,
    /// What the changelog says was edited: the tracker's field ids, or names on old servers.
    pub edited: Vec<String>,
    /// When the source says it happened, milliseconds since 1970.
    pub claimed_at_ms: Option<i64>,
    /// Whose doing it was, as claimed.
    pub by: Option<AccountId>,
}

/// A ticket was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketDeleted {
    /// Which ticket.
    pub id: IssueId,
    /// Its key, as claimed.
    pub key: TicketKey,
    /// When the source says it happened, milliseconds since 1970.
    pub claimed_at_ms: Option<i64>,
}

/// A comment was written, edited or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentChanged {
    /// The ticket, where the notification names it.
    pub ticket: Option<(IssueId, TicketKey)>,
    /// The ticket's id alone, where the notification tells no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<IssueId>,
    /// The tracker's id of the comment: digits.
    pub comment: IssueId,
    /// What happened to it.
    pub change: Change,
    /// Who wrote it, as claimed.
    pub author: Option<AccountId>,
    /// When the comment says it last changed, as the source writes it.
    pub updated: Option<String>,
    /// When the source says it happened, milliseconds since 1970.
    pub claimed_at_ms: Option<i64>,
}

/// Work was logged, or what was logged was changed or deleted. Notifications of it name the ticket by its id alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorklogChanged {
    /// The ticket.
    pub issue: IssueId,
    /// The tracker's id of what was logged: digits.
    pub worklog: IssueId,
    /// What happened to it.
    pub change: Change,
    /// Who logged it, as claimed.
    pub author: Option<AccountId>,
    /// When it says it last changed, as the source writes it.
    pub updated: Option<String>,
    /// When the source says it happened, milliseconds since 1970.
    pub claimed_at_ms: Option<i64>,
}

/// The property of a ticket that the app writes was written or removed; or one of which it is not said which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyChanged {
    /// The ticket.
    pub issue: IssueId,
    /// What happened to it.
    pub change: Change,
    /// Whose doing it was, as claimed; nobody's where it is not said which property it was.
    pub by: Option<AccountId>,
    /// When the source says it happened, milliseconds since 1970.
    pub claimed_at_ms: Option<i64>,
}

/// What can happen to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Change {
    /// It is new.
    Created,
    /// It was edited.
    Updated,
    /// It is gone.
    Deleted,
}

impl Change {
    /// The word that stands in keys and in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Deleted => "DELETED",
        }
    }
}

impl Fact {
    /// The key under which this fact counts once on its site, whatever door it came through and
    /// however often. Holds ids and times only.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::TicketChanged(f) => {
                let which = match (&f.changelog, f.claimed_at_ms) {
                    (Some(changelog), _) => format!("changelog:{changelog}"),
                    (None, Some(ms)) => format!("at:{ms}"),
                    (None, None) => "unknown".to_owned(),
                };
                format!("ticket:{}:{}:{which}", f.id, f.change.as_str())
            }
            Self::TicketDeleted(f) => format!("ticket:{}:DELETED", f.id),
            Self::CommentChanged(f) => format!(
                "comment:{}:{}:{}",
                f.comment,
                f.change.as_str(),
                f.updated.as_deref().unwrap_or_default()
            ),
            Self::WorklogChanged(f) => format!(
                "worklog:{}:{}:{}",
                f.worklog,
                f.change.as_str(),
                f.updated.as_deref().unwrap_or_default()
            ),
            Self::PropertyChanged(f) => {
                let at = f.claimed_at_ms.map(|ms| ms.to_string());
                let at = at.as_deref().unwrap_or("unknown");
                format!("property:{}:{}:{at}", f.issue, f.change.as_str())
            }
            Self::EventRecorded(f) => format!("event:{}", f.event),
        }
    }

    /// The ticket it is about, where the notification names one.
    #[must_use]
    pub fn ticket(&self) -> Option<(&IssueId, &TicketKey)> {
        match self {
            Self::TicketChanged(f) => Some((&f.id, &f.key)),
            Self::TicketDeleted(f) => Some((&f.id, &f.key)),
            Self::CommentChanged(f) => f.ticket.as_ref().map(|(id, key)| (id, key)),
            Self::WorklogChanged(_) | Self::PropertyChanged(_) | Self::EventRecorded(_) => None,
        }
    }
}
