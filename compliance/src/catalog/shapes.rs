//! The packs as they are written, before anything in them is trusted.

use std::collections::BTreeMap;

use record::scale::Severity;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::framework::{Baseline, Control, EffectiveDate};
use super::indicator::IndicatorKind;
use super::requirement::ProvidedFact;
use crate::ids::{ControlId, FrameworkId, IndicatorId, RequirementId};

pub(super) type Terms = Vec<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct IndicatorPack {
    pub(super) pack: String,
    pub(super) version: String,
    pub(super) id: IndicatorId,
    pub(super) title: String,
    pub(super) kind: IndicatorKind,
    pub(super) data_class: Option<String>,
    pub(super) level: Severity,
    pub(super) risk: RiskShape,
    pub(super) clears: String,
    #[serde(default)]
    pub(super) urls: bool,
    pub(super) strong: Terms,
    pub(super) medium: Terms,
    pub(super) weak: Terms,
    #[serde(default)]
    pub(super) not: Terms,
    #[serde(default)]
    pub(super) not_near: Vec<NearShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RiskShape {
    pub(super) tenths: u32,
    pub(super) reason: String,
    #[serde(default)]
    pub(super) absorbed_by: Vec<IndicatorId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NearShape {
    pub(super) terms: Terms,
    pub(super) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct FrameworkPack {
    pub(super) pack: String,
    pub(super) version: String,
    pub(super) id: FrameworkId,
    pub(super) title: String,
    pub(super) official_title: String,
    pub(super) edition: String,
    pub(super) publisher: String,
    pub(super) licence: String,
    pub(super) effective: Vec<EffectiveDate>,
    pub(super) question: String,
    #[serde(default)]
    pub(super) note: String,
    #[serde(default)]
    pub(super) baseline: Option<Baseline>,
    #[serde(default)]
    pub(super) optional: bool,
    pub(super) direct: Terms,
    /// An organisation's own.
    #[serde(skip)]
    pub(super) components: Vec<String>,
    /// An organisation's own.
    #[serde(skip)]
    pub(super) labels: Vec<String>,
    #[serde(default)]
    pub(super) not: Terms,
    #[serde(default)]
    pub(super) applies: Vec<ConditionShape>,
    pub(super) controls: Vec<Control>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionShape {
    #[serde(default)]
    pub(super) indicators: Vec<IndicatorId>,
    #[serde(default)]
    pub(super) also: Vec<IndicatorId>,
    #[serde(default)]
    pub(super) frameworks: Vec<FrameworkId>,
    #[serde(default)]
    pub(super) terms: Terms,
    #[serde(default)]
    pub(super) unless: Terms,
    #[serde(default)]
    pub(super) despite: Terms,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequirementPack {
    pub(super) pack: String,
    pub(super) version: String,
    pub(super) group: String,
    pub(super) order: u32,
    pub(super) requirements: Vec<RequirementShape>,
    #[serde(default)]
    pub(super) conflicts: Vec<ConflictShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequirementShape {
    pub(super) id: Spanned<RequirementId>,
    pub(super) title: String,
    pub(super) statement: String,
    #[serde(default)]
    pub(super) provides: Vec<ProvidedFact>,
    #[serde(default)]
    pub(super) parameters: Vec<ParameterShape>,
    pub(super) when: Vec<ConditionShape>,
    pub(super) controls: BTreeMap<FrameworkId, Vec<ControlId>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ParameterShape {
    pub(super) name: String,
    pub(super) at_most: Option<u64>,
    pub(super) at_least: Option<u64>,
    pub(super) all_of: Option<Vec<String>>,
    pub(super) unit: Option<String>,
    #[serde(default)]
    pub(super) frameworks: BTreeMap<FrameworkId, FrameworkValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrameworkValue {
    pub(super) value: u64,
    pub(super) control: ControlId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConflictShape {
    pub(super) between: Vec<RequirementId>,
    pub(super) note: String,
}
