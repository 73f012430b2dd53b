//! Whether what packs refer to is there: parameters in statements, controls in frameworks, ids in the catalog.

use std::collections::BTreeSet;

use super::CatalogError;
use super::framework::Framework;
use super::indicator::Indicator;
use super::relevance::RelevanceRules;
use super::requirement::{ConflictRule, Direction, ParameterRule, RequirementRule};
use super::rules::Condition;
use super::shapes::{ParameterShape, RequirementShape};
use crate::ids::{ControlId, FrameworkId, IndicatorId};

/// The slot that names the classes of data a ticket is about; every statement may have it.
pub(crate) const DATA_SLOT: &str = "data";

type Read<'a, T> = Vec<(&'a str, T)>;

/// A requirement whose parameters are exactly the slots of its statement.
pub(super) fn requirement(
    file: &str,
    group: &str,
    order: u32,
    shape: RequirementShape,
    when: Vec<Condition>,
) -> Result<RequirementRule, CatalogError> {
    let id = shape.id.value;
    let wrong = |parameter: &str, why| CatalogError::Parameter {
        file: file.to_owned(),
        requirement: id.to_string(),
        parameter: parameter.to_owned(),
        why,
    };
    let slots = slots(&shape.statement).ok_or_else(|| wrong("", "has an open brace"))?;
    let mut parameters = Vec::new();
    for parameter in shape.parameters {
        if !slots.contains(parameter.name.as_str()) {
            return Err(wrong(&parameter.name, "stands nowhere in the statement"));
        }
        let name = parameter.name.clone();
        parameters.push(self::parameter(parameter).ok_or_else(|| {
            wrong(&name, "needs exactly one of atMost, atLeast and allOf; only numbers have units and framework values")
        })?);
    }
    let unknown = slots
        .iter()
        .find(|slot| **slot != DATA_SLOT && !parameters.iter().any(|p| p.name == **slot));
    if let Some(slot) = unknown {
        return Err(wrong(slot, "is not declared"));
    }
    Ok(RequirementRule {
        id,
        group: group.to_owned(),
        order,
        title: shape.title,
        provides: shape.provides,
        parameters,
        when,
        controls: shape.controls,
        statement: shape.statement.clone(),
    })
}

fn slots(statement: &str) -> Option<BTreeSet<&str>> {
    statement
        .split('{')
        .skip(1)
        .map(|rest| rest.split_once('}').map(|(slot, _)| slot))
        .collect()
}

fn parameter(shape: ParameterShape) -> Option<ParameterRule> {
    let direction = match (shape.at_most, shape.at_least, shape.all_of) {
        (Some(value), None, None) => Direction::AtMost(value),
        (None, Some(value), None) => Direction::AtLeast(value),
        (None, None, Some(values)) if !values.is_empty() => Direction::AllOf(values),
        _ => return None,
    };
    if matches!(direction, Direction::AllOf(_))
        && !(shape.unit.is_none() && shape.frameworks.is_empty())
    {
        return None;
    }
    let frameworks = shape
        .frameworks
        .into_iter()
        .map(|(id, value)| (id, (value.value, value.control)))
        .collect();
    Some(ParameterRule {
        name: shape.name,
        direction,
        unit: shape.unit,
        frameworks,
    })
}

/// Every id that a pack names is one that a pack has, and each stands once.
pub(super) fn references(
    indicators: &Read<'_, Indicator>,
    frameworks: &Read<'_, Framework>,
    rules: &[(&str, u64, RequirementRule)],
    conflicts: &Read<'_, ConflictRule>,
) -> Result<(), CatalogError> {
    unique(
        indicators
            .iter()
            .map(|(file, it)| (*file, 0, it.id.as_str())),
    )?;
    unique(
        frameworks
            .iter()
            .map(|(file, it)| (*file, 0, it.id.as_str())),
    )?;
    unique(
        rules
            .iter()
            .map(|(file, line, it)| (*file, *line, it.id.as_str())),
    )?;
    let known = Known {
        indicators,
        frameworks,
    };
    for (file, indicator) in indicators {
        known.indicators(file, &indicator.absorbed_by)?;
    }
    for (file, framework) in frameworks {
        unique(
            framework
                .controls
                .iter()
                .map(|control| (*file, 0, control.id.as_str())),
        )?;
        known.conditions(file, &framework.applies)?;
    }
    for (file, _, rule) in rules {
        known.conditions(file, &rule.when)?;
        let named = rule
            .controls
            .iter()
            .flat_map(|(id, controls)| controls.iter().map(move |control| (id, control)));
        let valued = rule
            .parameters
            .iter()
            .flat_map(|p| p.frameworks.iter().map(|(id, (_, control))| (id, control)));
        for (framework, control) in named.chain(valued) {
            known.control(file, framework, control)?;
        }
    }
    for (file, conflict) in conflicts {
        for id in &conflict.between {
            if !rules.iter().any(|(_, _, rule)| rule.id == *id) {
                return Err(CatalogError::Unknown {
                    file: (*file).to_owned(),
                    what: id.to_string(),
                });
            }
        }
    }
    Ok(())
}

/// What adds to relevance is there, each concept once.
pub(super) fn relevance(
    file: &str,
    rules: &RelevanceRules,
    indicators: &Read<'_, Indicator>,
) -> Result<(), CatalogError> {
    unique(
        rules
            .concepts
            .iter()
            .map(|concept| (file, 0, concept.id.as_str())),
    )?;
    let named: Vec<_> = rules.indicators.keys().cloned().collect();
    let known = Known {
        indicators,
        frameworks: &Vec::new(),
    };
    known.indicators(file, &named)
}

struct Known<'a> {
    indicators: &'a Read<'a, Indicator>,
    frameworks: &'a Read<'a, Framework>,
}

impl Known<'_> {
    fn conditions(&self, file: &str, conditions: &[Condition]) -> Result<(), CatalogError> {
        for condition in conditions {
            self.indicators(file, &condition.indicators)?;
            self.indicators(file, &condition.also)?;
            for id in &condition.frameworks {
                self.framework(file, id)?;
            }
        }
        Ok(())
    }

    fn indicators(&self, file: &str, ids: &[IndicatorId]) -> Result<(), CatalogError> {
        match ids
            .iter()
            .find(|id| !self.indicators.iter().any(|(_, it)| it.id == **id))
        {
            Some(id) => Err(CatalogError::Unknown {
                file: file.to_owned(),
                what: id.to_string(),
            }),
            None => Ok(()),
        }
    }

    fn framework(&self, file: &str, id: &FrameworkId) -> Result<&Framework, CatalogError> {
        let found = self
            .frameworks
            .iter()
            .find(|(_, it)| it.id == *id)
            .map(|(_, it)| it);
        found.ok_or_else(|| CatalogError::Unknown {
            file: file.to_owned(),
            what: id.to_string(),
        })
    }

    fn control(
        &self,
        file: &str,
        framework: &FrameworkId,
        control: &ControlId,
    ) -> Result<(), CatalogError> {
        if self
            .framework(file, framework)?
            .controls
            .iter()
            .any(|it| it.id == *control)
        {
            return Ok(());
        }
        Err(CatalogError::Unknown {
            file: file.to_owned(),
            what: format!("{framework} {control}"),
        })
    }
}

fn unique<'a>(items: impl Iterator<Item = (&'a str, u64, &'a str)>) -> Result<(), CatalogError> {
    let mut seen = BTreeSet::new();
    for (file, line, what) in items {
        if !seen.insert(what) {
            return Err(CatalogError::Duplicate {
                file: file.to_owned(),
                line,
                what: what.to_owned(),
            });
        }
    }
    Ok(())
}
