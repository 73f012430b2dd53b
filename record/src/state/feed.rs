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
    /// Whether an entry of this type that matters this much is sent to it, while it is in use.
    #[must_use]
    pub fn carries(&self, kind: &str, matters: Severity) -> bool {
        let of_a_type = self.types.iter().any(|wanted| wanted.as_str() == kind);
        matters >= self.least && (self.types.is_empty() || of_a_type)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_carries_what_matters_enough_and_is_of_its_types() {
        let feed = |types: &[EntryType]| Feed {
            feed: "feed_01HZABCDEF1234567890ABCDEF".parse().unwrap(),
            host: "siem.test".to_owned(),
            form: FeedForm::Plain,
            least: Severity::High,
            types: types.to_vec(),
            state: IntegrationState::Enabled,
            secret_digest: String::new(),
            seq: 7,
        };
        let (all, some) = (feed(&[]), feed(&[EntryType::Deployment]));
        assert!(all.carries("HUMAN_REVIEW", Severity::High));
        assert!(!all.carries("HUMAN_REVIEW", Severity::Medium));
        assert!(some.carries("DEPLOYMENT", Severity::Critical));
        assert!(!some.carries("HUMAN_REVIEW", Severity::Critical));
    }
}
