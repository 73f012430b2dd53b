//! Payloads of events that are reported from outside. What a caller wrote stands beside them: `payload`, and where
//! given `actor` and `tags`. In the ledger's bytes are ids and hashes alone.

use serde::{Deserialize, Serialize};

use crate::ids::{Action, ApiKeyId, CodeHostId, CommitSha, ModelId, RepositoryId};

/// Who reported an event, and so what it is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reporter {
    /// Whoever has this key: an assertion.
    ApiKey(ApiKeyId),
    /// A code host, in a delivery that it signed.
    CodeHost(CodeHostId),
}

/// An event that was reported from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reported {
    /// By whom.
    pub by: Reporter,
    /// What was done, as the source calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The repository, by its host's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<RepositoryId>,
    /// The commit that it is about; of several, the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitSha>,
    /// Of several commits, the one before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<CommitSha>,
    /// The model that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<ModelId>,
    /// When it happened, as the source says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<String>,
}

impl Reported {
    /// Of a deployment: whether it is done, and not only asked for or under way. A host names each state that it comes to;
    /// a caller of the API reports one that is done.
    #[must_use]
    pub fn is_deployed(&self) -> bool {
        let state = self.action.as_ref();
        state.is_none_or(|state| state.as_str() == "SUCCESS")
    }
}
