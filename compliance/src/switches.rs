//! Which frameworks bind an organisation, as it says itself. Words in a ticket never decide that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::FrameworkId;

/// An organisation's answers. A framework without an answer may apply.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Switches(BTreeMap<FrameworkId, Switch>);

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Switch {
    /// The organisation is bound, where a ticket touches it.
    Applies,
    /// Not answered yet.
    #[default]
    MayApply,
    /// The organisation is not bound: never listed.
    Off,
}

impl Switches {
    /// Sets an answer.
    #[must_use]
    pub fn with(mut self, framework: FrameworkId, switch: Switch) -> Self {
        self.0.insert(framework, switch);
        self
    }

    /// The answer for a framework.
    #[must_use]
    pub fn of(&self, framework: &FrameworkId) -> Switch {
        self.0.get(framework).copied().unwrap_or_default()
    }
}
