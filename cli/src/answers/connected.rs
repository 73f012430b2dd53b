//! What is said of Jira sites that are connected, and of what was read of one.

use serde::Deserialize;

use crate::printable::Printable;

/// A Jira site that was connected.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectedJira {
    /// Its id.
    pub id: Printable,
    /// The webhook's URL.
    pub webhook_url: Printable,
    /// The webhook's secret, shown this once.
    pub webhook_secret: Option<Printable>,
    /// Whose account opens it.
    pub account: Printable,
    /// The events to choose.
    pub events: Vec<Printable>,
    /// What is not as was asked for, and was done without.
    pub warnings: Vec<Printable>,
    /// Some keys of its projects.
    pub link_preview: Vec<KeyPreview>,
}

/// A key, and whether it would be linked.
#[derive(Debug, Deserialize)]
pub struct KeyPreview {
    /// The key.
    pub key: Printable,
    /// Whether it would be linked.
    pub linked: bool,
}

/// The Jira sites that are or were connected.
#[derive(Debug, Deserialize)]
pub struct ConnectedSites {
    /// The sites.
    pub integrations: Vec<ConnectedSite>,
}

/// A Jira site that is or was connected.
#[derive(Debug, Deserialize)]
pub struct ConnectedSite {
    /// Its id.
    pub id: Printable,
    /// ENABLED or REMOVED.
    pub state: Printable,
}

impl ConnectedSite {
    /// Whether it is still connected.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.state.as_str() == "ENABLED"
    }
}

/// What a reading found.
#[derive(Debug, Deserialize)]
pub struct Synced {
    /// How many issues had changed.
    pub tickets: u64,
}
