//! The requirements of a ticket, with where each comes from. Holds no ticket text, so it may stand in a ledger.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::catalog::hex;
use crate::ids::{ControlId, FrameworkId, IndicatorId, RequirementId};

/// Requirements ordered by group and id, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequirementSet {
    /// The requirements.
    pub requirements: Vec<Requirement>,
    /// Pairs that pull in different directions, and how to serve both.
    pub conflicts: Vec<Conflict>,
}

/// One requirement, its parameters merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requirement {
    /// Its id in the catalog.
    pub id: RequirementId,
    /// The heading it stands under.
    pub group: String,
    /// Its name.
    pub title: String,
    /// What has to be true, with all values filled in.
    pub statement: String,
    /// The values.
    pub parameters: Vec<Parameter>,
    /// The frameworks it serves, with the controls, ordered by id.
    pub frameworks: Vec<Source>,
    /// The findings that call for it.
    pub indicators: Vec<IndicatorId>,
}

/// A framework that a requirement serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Which.
    pub framework: FrameworkId,
    /// The name people use.
    pub title: String,
    /// Its edition.
    pub version: String,
    /// The controls, ids of that edition.
    pub controls: Vec<ControlReference>,
}

/// A control that a requirement serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ControlReference {
    /// Its id.
    pub id: ControlId,
    /// What it asks for, in our words.
    pub text: String,
    /// The framework's own word for how binding it is, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A value of a requirement: the strictest of those asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// Its name in the statement.
    pub name: String,
    /// The value.
    pub value: Value,
    /// What it counts, where it is a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Which way is stricter.
    pub direction: Strictness,
    /// Who asks for this value.
    pub origins: Vec<Origin>,
    /// Milder values that were asked for too.
    pub overruled: Vec<Overruled>,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number of its unit.
    Number(u64),
    /// All of these.
    All(Vec<String>),
}

/// Which of two values is the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Strictness {
    /// Every value asked for has to be met.
    AllOf,
    /// The larger.
    AtLeast,
    /// The smaller.
    AtMost,
}

/// Who asks for a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Origin {
    /// A house rule: no framework names this value.
    Policy,
    /// A framework does.
    Framework {
        /// Which.
        framework: FrameworkId,
        /// Its edition.
        version: String,
        /// Where.
        control: ControlId,
    },
}

/// A value that a stricter one replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overruled {
    /// The value.
    pub value: Value,
    /// Who asked for it.
    pub origin: Origin,
}

/// Requirements that pull in different directions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// Which.
    pub between: Vec<RequirementId>,
    /// How to serve all of them.
    pub note: String,
}

impl RequirementSet {
    /// The set's version: lower-case hex SHA-256 over its canonical JSON (RFC 8785). Equal sets have equal versions,
    /// whatever ticket or catalog they came from.
    #[must_use]
    pub fn version(&self) -> String {
        #[expect(
            clippy::expect_used,
            reason = "strings, lists and integers below 2^53 always have a canonical form"
        )]
        let canonical =
            serde_json_canonicalizer::to_vec(self).expect("a requirement set has a canonical form");
        hex(&Sha256::digest(&canonical))
    }

    /// The requirement with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Requirement> {
        self.requirements
            .iter()
            .find(|requirement| requirement.id.as_str() == id)
    }
}
