//! Events, their links, and what was found when their bytes were looked at.

use serde::Deserialize;
use serde_json::Value;

use crate::printable::Printable;

/// An event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its id.
    pub id: Printable,
    /// Its position in the ledger.
    pub chain_position: u64,
    /// Its type.
    pub event_type: Printable,
    /// Where the news came from.
    pub source: Printable,
    /// When it happened, as the source says.
    pub timestamp: Printable,
    /// How much it matters.
    pub severity: Printable,
    /// The model that it is about.
    #[serde(default)]
    pub model_id: Option<Printable>,
    /// What happened, in the source's form; nothing where it was erased.
    #[serde(default)]
    pub payload: Value,
    /// The tickets that belong to it.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Whether the entry, and each link that holds, is what a signed checkpoint covers.
    pub verified: bool,
    /// How that was computed.
    pub verification: Proven,
}

/// A ticket that belongs to an event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The link's own entry.
    pub id: Printable,
    /// The key by which the ticket was named.
    pub external_id: Printable,
    /// Where the ticket is.
    #[serde(default)]
    pub url: Option<Printable>,
    /// RESOLVED if Jira showed the ticket.
    pub state: Printable,
    /// Where the ticket was named.
    pub found_in: Printable,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// What was found when an entry's bytes were looked at.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proven {
    /// What was found.
    pub standing: Standing,
    /// When.
    pub checked_at: Printable,
    /// The number of entries of the checkpoint that covers it.
    #[serde(default)]
    pub checkpoint_size: Option<u64>,
}

/// What was found. Another word makes the answer unreadable: it is never taken for verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// The bytes are in the tree of a signed checkpoint.
    Verified,
    /// No signed checkpoint covers them yet.
    NotCoveredYet,
    /// Something does not fit.
    Broken,
}

/// A page of events.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// The events, the latest first, as they were given.
    pub events: Vec<Value>,
    /// What to ask the next page with; none on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// That what was deployed is watched.
#[derive(Debug, Deserialize)]
pub struct Acknowledged {
    /// The entry that says so.
    pub event: Printable,
    /// The ticket that it was deployed for.
    pub ticket: Printable,
}
