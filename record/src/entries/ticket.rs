//! Payloads about tickets and their comments.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entries::Reporter;
use crate::facts::{Change, TicketRef, Tracker};
use crate::ids::{EventId, IssueId, PersonId, SiteId, TicketKey};
use crate::scale::{RiskTenths, Severity};

/// A ticket as entries name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketId {
    /// The kind of tracker.
    pub tracker: Tracker,
    /// The site.
    pub site: SiteId,
    /// The tracker's own id.
    pub id: IssueId,
    /// The key at the time of the entry.
    pub key: TicketKey,
}

impl From<TicketRef> for TicketId {
    fn from(ticket: TicketRef) -> Self {
        let TicketRef {
            tracker,
            site,
            id,
            key,
        } = ticket;
        Self {
            tracker,
            site,
            id,
            key,
        }
    }
}

/// A framework with the version that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FrameworkRef {
    /// The pack's id, such as `pci_dss`.
    pub id: String,
    /// The framework's version, such as `4.0.1`.
    pub version: String,
}

/// How an assessment differs from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerdictChange {
    /// There was none before.
    First,
    /// The severity or the risk went up.
    Raised,
    /// The severity or the risk went down.
    Lowered,
    /// Frameworks, indicators or requirements differ at the same severity and risk.
    Changed,
    /// The verdict is the same; the ticket's text or the catalog differs.
    Confirmed,
}

/// A ticket's assessment changed, or what it rests on did. Beside it: `assessment`, the whole with the
/// words that caused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketAssessed {
    /// Which ticket.
    pub ticket: TicketId,
    /// How it differs from the one before.
    pub change: VerdictChange,
    /// HMAC-SHA256 over the ticket's content under the ticket's own, erasable key; hex.
    pub content_hash: String,
    /// SHA-256 of that key; hex.
    pub content_key_digest: String,
    /// The version of the catalog: a hash over its packs.
    pub catalog: String,
    /// The version of the requirement set: a hash over it.
    pub requirement_set: String,
    /// The highest of risk band, security level and change risk.
    pub severity: Severity,
    /// The risk score.
    pub risk_tenths: RiskTenths,
    /// The indicators found, by id.
    pub indicators: Vec<String>,
    /// The frameworks that may apply.
    pub frameworks: Vec<FrameworkRef>,
    /// The assessment before, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<EventId>,
}

/// A requirement set is used for the first time. Its text is the catalog's, never the ticket's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequirementsPublished {
    /// The version: a hash over the set.
    pub set: String,
    /// The version of the catalog it was made from.
    pub catalog: String,
    /// The set itself, as `compliance` writes it.
    pub requirements: Value,
}

/// A pack of a catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackRef {
    /// What it calls itself.
    pub name: String,
    /// Its version, as it states it.
    pub version: String,
    /// SHA-256 of its bytes; hex.
    pub sha256: String,
}

/// Open tickets are assessed anew from here on, because what they are assessed with changed. What follows for each is an
/// entry of its own; tickets that are done keep what they were approved under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CatalogChanged {
    /// The version of the catalog that they are assessed with: a hash over its packs and the organisation's answers.
    pub catalog: String,
    /// The built-in packs.
    pub packs: Vec<PackRef>,
    /// Who had it applied.
    pub by: Reporter,
    /// The change before, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<EventId>,
}

/// How we know of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Observed {
    /// Read again at its source.
    Read,
    /// Only claimed by a notification; the source no longer shows it.
    Webhook,
}

/// A ticket was deleted at its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketDeleted {
    /// Which ticket.
    pub ticket: TicketId,
    /// How we know: `READ` when the source says that it is not there.
    pub observed: Observed,
}

/// A comment was written, edited or deleted at its source. Beside it: `body`, its text, where it could
/// be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommentRecorded {
    /// Which ticket.
    pub ticket: TicketId,
    /// The tracker's id of the comment.
    pub comment: IssueId,
    /// What happened to it.
    pub change: Change,
    /// How we know.
    pub observed: Observed,
    /// Who wrote it, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    /// When the source says it last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<String>,
}
