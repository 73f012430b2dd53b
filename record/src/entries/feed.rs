//! Payloads about feeds: addresses to which entries are sent as they come.

use serde::{Deserialize, Serialize};

use super::access::words;
use crate::entries::{EntryType, IntegrationState};
use crate::ids::FeedId;
use crate::scale::Severity;

words! {
    /// The form in which entries are sent.
    FeedForm {
        /// An object of type, time and event.
        Plain = "PLAIN",
        /// CloudEvents 1.0, structured.
        CloudEvents = "CLOUDEVENTS",
        /// Mails that say in words what came.
        Email = "EMAIL",
    }
}

/// A feed was set up or removed. Every member is the value from now on. Of the address only its host stands here: the
/// rest may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedChanged {
    /// Which one.
    pub feed: FeedId,
    /// The host that entries are sent to; of a mailbox its domain.
    pub host: String,
    /// In what form.
    pub form: FeedForm,
    /// Only those that matter at least this much.
    pub least: Severity,
    /// Only those of these types; all if there is none.
    pub types: Vec<EntryType>,
    /// Whether entries are sent from now on.
    pub state: IntegrationState,
    /// SHA-256 of the encrypted address and secret as stored; hex.
    pub secret_digest: String,
}
