//! What a code host says happened, as events: one for each entry it leads to. A delivery is believed because the host
//! signed it; what people wrote in it stays what they wrote.

use serde_json::Value;

use crate::entries::EventType;
use crate::ids::{Action, CommitSha, RepositoryId};

/// Something that happened on a code host. Holds what people wrote and who they are, so it is never logged.
#[derive(Clone, PartialEq)]
pub struct CodeEvent {
    /// What it becomes in the ledger.
    pub kind: EventType,
    /// What was done, as the host calls it.
    pub action: Action,
    /// Where.
    pub repository: RepositoryId,
    /// The commit that it is about; of several, the last.
    pub commit: Option<CommitSha>,
    /// Of several commits, the one before the first.
    pub base: Option<CommitSha>,
    /// When it happened, as the host says: RFC 3339, UTC, milliseconds.
    pub claimed_at: Option<String>,
    /// Who did it, by the host's name of the account.
    pub actor: Option<String>,
    /// The event in the shape of the API: `repository`, `branch`, `commit`, `pullRequest`, …
    pub payload: Value,
    /// The key under which it counts once on its host, however often it is delivered. Holds ids and hashes only.
    pub once: String,
}

impl std::fmt::Debug for CodeEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeEvent")
            .field("kind", &self.kind)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}
