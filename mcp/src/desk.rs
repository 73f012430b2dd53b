//! Who answers the tools.

use record::ids::{CommitSha, SiteId, TicketKey};
use serde_json::Value;

/// Which ticket is meant.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its key.
    pub key: TicketKey,
    /// The site, where several have the key.
    pub site: Option<SiteId>,
}

/// Where the code is said to meet a requirement.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The requirement, by id.
    pub requirement: String,
    /// The file, from the repository's root.
    pub path: String,
    /// Its first and last line, from 1.
    pub lines: Option<(u32, u32)>,
}

/// Why a tool gives nothing, in words that the assistant and its user read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Answers for one caller, who is known by then. Values are as the API gives them.
pub trait Desk: Clone + Send + Sync + 'static {
    /// What a ticket asks for.
    fn requirements(&self, of: Ticket) -> impl Future<Output = Result<Value, Refused>> + Send;

    /// A prompt, Markdown: requirements, then the ticket as quoted data.
    fn prompt(
        &self,
        of: Ticket,
        intent: Option<String>,
    ) -> impl Future<Output = Result<String, Refused>> + Send;

    /// Whether what a ticket asks for says all that it has to.
    fn validation(&self, of: Ticket) -> impl Future<Output = Result<Value, Refused>> + Send;

    /// Records claims.
    fn claim(
        &self,
        of: Ticket,
        commit: Option<CommitSha>,
        claims: Vec<Claim>,
    ) -> impl Future<Output = Result<Value, Refused>> + Send;
}
