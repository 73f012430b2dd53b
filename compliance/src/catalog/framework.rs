//! A framework: what it is, when it may apply, and which of its controls our requirements refer to.

use serde::Deserialize;

use super::rules::Condition;
use crate::ids::{ControlId, FrameworkId};

/// A framework as one pack describes it.
#[derive(Debug)]
pub struct Framework {
    /// Its id.
    pub id: FrameworkId,
    /// The name people use.
    pub title: String,
    /// The name its publisher gives it.
    pub official_title: String,
    /// Its edition, as its publisher names it. Control ids belong to this edition.
    pub edition: String,
    /// Who publishes it.
    pub publisher: String,
    /// What may be quoted of it.
    pub licence: String,
    /// When what came into force.
    pub effective: Vec<EffectiveDate>,
    /// What an organisation has to ask itself to know whether it is bound.
    pub question: String,
    /// What is often misread.
    pub note: String,
    /// With which tickets it is listed whatever they are about.
    pub baseline: Option<Baseline>,
    /// Whether it is listed only where the organisation said that it is bound.
    pub optional: bool,
    /// The controls our requirements refer to.
    pub controls: Vec<Control>,
    pub(crate) applies: Vec<Condition>,
    /// Components of the organisation that list it, in lower case.
    pub(crate) components: Vec<String>,
    /// Labels of the organisation that list it, in lower case.
    pub(crate) labels: Vec<String>,
}

/// Tickets that a framework is listed with whatever they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Baseline {
    /// Those that security should look at.
    Security,
    /// Those that privacy should look at.
    Privacy,
}

/// A control, described in our own words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Its id in the framework's edition.
    pub id: ControlId,
    /// What it asks for.
    pub text: String,
    /// The framework's own word for how binding it is, where it has one, such as `addressable`.
    #[serde(default)]
    pub kind: Option<String>,
}

/// Something came into force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectiveDate {
    /// Year, month or day (ISO 8601).
    pub date: String,
    /// What.
    pub what: String,
}
