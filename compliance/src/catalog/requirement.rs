//! A requirement as the packs have it: what calls for it, which controls it serves, and its parameters.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::rules::Condition;
use crate::ids::{ControlId, FrameworkId, RequirementId};

#[derive(Debug)]
pub(crate) struct RequirementRule {
    pub(crate) id: RequirementId,
    pub(crate) group: String,
    /// Where its group stands among the groups.
    pub(crate) order: u32,
    pub(crate) title: String,
    pub(crate) statement: String,
    pub(crate) provides: Vec<ProvidedFact>,
    pub(crate) parameters: Vec<ParameterRule>,
    pub(crate) when: Vec<Condition>,
    pub(crate) controls: BTreeMap<FrameworkId, Vec<ControlId>>,
}

/// What an assessment says in one word when the requirement is in its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ProvidedFact {
    AuditLogging,
    EncryptionAtRest,
    EncryptionInTransit,
}

/// A slot of a statement. The house value is always there; frameworks may ask for more.
#[derive(Debug)]
pub(crate) struct ParameterRule {
    pub(crate) name: String,
    pub(crate) direction: Direction,
    pub(crate) unit: Option<String>,
    pub(crate) frameworks: BTreeMap<FrameworkId, (u64, ControlId)>,
}

/// Which value is the stricter, with the house value.
#[derive(Debug)]
pub(crate) enum Direction {
    /// All of these.
    AllOf(Vec<String>),
    /// The largest wins.
    AtLeast(u64),
    /// The smallest wins.
    AtMost(u64),
}

/// Two requirements that pull in different directions when both are in a set.
#[derive(Debug)]
pub(crate) struct ConflictRule {
    pub(crate) between: Vec<RequirementId>,
    pub(crate) note: String,
}
