//! Parameters of a requirement: the strictest value wins, and what it overruled stays visible.

use std::collections::BTreeSet;

use crate::assessment::FrameworkMatch;
use crate::catalog::{Direction, ParameterRule};
use crate::requirement_set::{Origin, Overruled, Parameter, Strictness, Value};

/// The parameter under these frameworks. The house value always takes part.
pub(crate) fn parameter(rule: &ParameterRule, frameworks: &[FrameworkMatch]) -> Parameter {
    let (value, direction, origins, overruled) = match &rule.direction {
        Direction::AllOf(values) => (
            Value::All(values.clone()),
            Strictness::AllOf,
            vec![Origin::Policy],
            vec![],
        ),
        Direction::AtLeast(house) => {
            numbers(rule, *house, frameworks, Strictness::AtLeast, u64::max)
        }
        Direction::AtMost(house) => numbers(rule, *house, frameworks, Strictness::AtMost, u64::min),
    };
    Parameter {
        name: rule.name.clone(),
        value,
        unit: rule.unit.clone(),
        direction,
        origins,
        overruled,
    }
}

fn numbers(
    rule: &ParameterRule,
    house: u64,
    frameworks: &[FrameworkMatch],
    direction: Strictness,
    stricter: fn(u64, u64) -> u64,
) -> (Value, Strictness, Vec<Origin>, Vec<Overruled>) {
    let asked: Vec<(u64, Origin)> = std::iter::once((house, Origin::Policy))
        .chain(frameworks.iter().filter_map(|framework| {
            let (value, control) = rule.frameworks.get(&framework.id)?;
            let origin = Origin::Framework {
                framework: framework.id.clone(),
                version: framework.version.clone(),
                control: control.clone(),
            };
            Some((*value, origin))
        }))
        .collect();
    let winner = asked
        .iter()
        .map(|(value, _)| *value)
        .reduce(stricter)
        .unwrap_or(house);
    let (winners, milder): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|(value, _)| *value == winner);
    let overruled = milder
        .into_iter()
        .map(|(value, origin)| Overruled {
            value: Value::Number(value),
            origin,
        })
        .collect();
    (
        Value::Number(winner),
        direction,
        winners.into_iter().map(|(_, origin)| origin).collect(),
        overruled,
    )
}

/// The statement with its slots filled. `data` names what the ticket handles.
pub(crate) fn fill(statement: &str, parameters: &[Parameter], data: &BTreeSet<&str>) -> String {
    let mut filled = String::with_capacity(statement.len() + 32);
    let mut parts = statement.split('{');
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (slot, rest) = part.split_once('}').unwrap_or((part, ""));
        match parameters.iter().find(|parameter| parameter.name == slot) {
            Some(parameter) => filled.push_str(&parameter.written()),
            None => filled.push_str(&names(data)),
        }
        filled.push_str(rest);
    }
    filled
}

impl Parameter {
    /// The value with its unit, as the statement has it.
    #[must_use]
    pub fn written(&self) -> String {
        match (&self.value, &self.unit) {
            (Value::All(values), _) => enumerate(values.iter().map(String::as_str)),
            (Value::Number(number), Some(unit)) => format!("{number} {unit}"),
            (Value::Number(number), None) => number.to_string(),
        }
    }
}

fn names(data: &BTreeSet<&str>) -> String {
    if data.is_empty() {
        "sensitive data".to_owned()
    } else {
        let lower: Vec<String> = data.iter().map(|name| lower_first(name)).collect();
        enumerate(lower.iter().map(String::as_str))
    }
}

fn enumerate<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.collect();
    match items.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        all => all.concat(),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
