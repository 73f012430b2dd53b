//! What makes a ticket worth the eyes of somebody in security or privacy, as the pack `relevance` has it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::indicator::IndicatorKind;
use super::rules::GroupId;
use super::shapes::Terms;
use crate::ids::{ConceptId, IndicatorId};

/// The pack as written. Weights are in hundredths.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelevancePack {
    pub(super) pack: String,
    pub(super) version: String,
    pub(super) threshold: u32,
    pub(super) deep: Deep,
    pub(super) indicators: BTreeMap<IndicatorId, Weights>,
    pub(super) concepts: Vec<ConceptShape>,
}

/// What stands far down in a description is mostly context.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deep {
    /// Unicode scalar values from the start of the description.
    pub(crate) from: u32,
    /// Percent.
    pub(crate) factor: u32,
}

/// What something adds to either score, in hundredths.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Weights {
    #[serde(default)]
    pub(crate) security: i32,
    #[serde(default)]
    pub(crate) privacy: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConceptShape {
    pub(super) id: ConceptId,
    pub(super) title: String,
    #[serde(default)]
    pub(super) kind: IndicatorKind,
    #[serde(default)]
    pub(super) security: i32,
    #[serde(default)]
    pub(super) privacy: i32,
    pub(super) terms: Terms,
    #[serde(default)]
    pub(super) not: Terms,
}

/// How relevance is told.
#[derive(Debug)]
pub(crate) struct RelevanceRules {
    pub(crate) threshold: u32,
    pub(crate) deep: Deep,
    pub(crate) indicators: BTreeMap<IndicatorId, Weights>,
    pub(crate) concepts: Vec<Concept>,
}

/// One thing that a ticket may say.
#[derive(Debug)]
pub(crate) struct Concept {
    pub(crate) id: ConceptId,
    pub(crate) title: String,
    pub(crate) weights: Weights,
    pub(crate) group: GroupId,
}
