//! The rows of feeds.

use serde::Serialize;

use crate::entries::{EntryType, FeedChanged, FeedForm, IntegrationState};
use crate::ids::FeedId;
use crate::scale::Severity;

/// An address to which entries are sent as they come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Feed {
    /// Its id.
    pub feed: FeedId,
    /// The host that entries are sent to.
    pub host: String,
    /// In what form.
    pub form: FeedForm,
    /// Only those that matter at least this much.
    pub least: Severity,
    /// Only those of these types; all if there is none.
    pub types: Vec<EntryType>,
    /// Whether entries are sent.
    pub state: IntegrationState,
    /// SHA-256 of the encrypted address and secret as stored; hex.
    pub secret_digest: String,
    /// The entry it follows from.
    pub seq: u64,
}

impl Feed {
    pub(super) fn of(change: FeedChanged, seq: u64) -> Self {
        Self {
            feed: change.feed,
            host: change.host,
            form: change.form,
            least: change.least,
            types: change.types,
            state: change.state,
            secret_digest: change.secret_digest,
            seq,
        }
    }
}
