//! Requirements by group, with the controls they serve.

use compliance::requirement_set::{Origin, Requirement, RequirementSet, Source};
use serde::Serialize;
use utoipa::ToSchema;

use crate::developing::ClaimView;
use crate::waivers::WaiverView;

/// Requirements under one heading.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequirementGroup {
    /// The heading.
    pub name: String,
    /// The requirements.
    pub requirements: Vec<RequirementLine>,
}

/// One requirement.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequirementLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What has to be true.
    pub statement: String,
    /// The controls with the edition that numbers them, such as `PCI DSS 4.0.1: 3.5.1`. What an edition is
    /// called after its first comma is left to the list of frameworks.
    pub controls: Vec<String>,
    /// Whether a value in it is a house rule rather than a framework's.
    pub policy: bool,
    /// Where the code is said to meet it, the latest first.
    pub claims: Vec<ClaimView>,
    /// That it need not be met for a while.
    pub waiver: Option<WaiverView>,
}

pub(crate) fn groups(
    set: &RequirementSet,
    claims: &[ClaimView],
    waivers: &[(String, WaiverView)],
) -> Vec<RequirementGroup> {
    let mut groups: Vec<RequirementGroup> = Vec::new();
    for requirement in &set.requirements {
        let line = line(requirement, claims, waivers);
        match groups.last_mut() {
            Some(group) if group.name == requirement.group => group.requirements.push(line),
            _ => groups.push(RequirementGroup {
                name: requirement.group.clone(),
                requirements: vec![line],
            }),
        }
    }
    groups
}

/// The controls with the edition that numbers them, a text for each of these frameworks that names any.
pub(crate) fn controls_of<'s>(
    sources: impl Iterator<Item = &'s Source>,
) -> impl Iterator<Item = String> {
    let with_controls = sources.filter(|source| !source.controls.is_empty());
    with_controls.map(|source| {
        let ids = source.controls.iter().map(|control| control.id.as_str());
        let ids: Vec<&str> = ids.collect();
        let edition = source.version.split(',').next().unwrap_or_default();
        format!("{} {edition}: {}", source.title, ids.join(", "))
    })
}

fn line(
    requirement: &Requirement,
    claims: &[ClaimView],
    waivers: &[(String, WaiverView)],
) -> RequirementLine {
    RequirementLine {
        id: requirement.id.as_str().to_owned(),
        title: requirement.title.clone(),
        statement: requirement.statement.clone(),
        controls: controls_of(requirement.frameworks.iter()).collect(),
        policy: requirement
            .parameters
            .iter()
            .any(|p| p.origins.contains(&Origin::Policy)),
        claims: claims
            .iter()
            .filter(|claim| claim.requirement == requirement.id.as_str())
            .cloned()
            .collect(),
        waiver: waivers
            .iter()
            .find(|(waived, _)| waived == requirement.id.as_str())
            .map(|(_, waiver)| waiver.clone()),
    }
}
