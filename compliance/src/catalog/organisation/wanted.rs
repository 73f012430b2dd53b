//! What an organisation asks of requirements, put together: what one place asks for no other may switch off, and of two
//! values the stricter counts.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shapes::{ConditionShape, RequirementPack, RequirementShape};
use super::known::Asked;
use crate::ids::FrameworkId;

/// What was asked so far.
#[derive(Default)]
pub(super) struct Wanted {
    on: BTreeSet<String>,
    off: BTreeSet<String>,
    /// By requirement and parameter.
    values: BTreeMap<(String, String), u64>,
}

impl Wanted {
    /// Asks for a requirement wherever one of these frameworks is listed, or for no such requirement at all.
    pub(super) fn add(
        &mut self,
        packs: &mut [(&str, RequirementPack)],
        asked: Asked,
        frameworks: &[FrameworkId],
    ) -> Result<(), String> {
        let id = asked.requirement;
        let mut all = packs
            .iter_mut()
            .flat_map(|(_, pack)| &mut pack.requirements);
        let shape = all.find(|shape| shape.id.value.as_str() == id);
        let shape = shape.ok_or_else(|| format!("`{id}` is not in the catalog"))?;
        let (asked_for, against) = match asked.off {
            true => (&mut self.off, &self.on),
            false => (&mut self.on, &self.off),
        };
        if against.contains(&id) {
            return Err(format!("{id} is asked for and switched off in one file"));
        }
        asked_for.insert(id.clone());
        if asked.off {
            return Ok(());
        }
        shape.when.push(ConditionShape {
            frameworks: frameworks.to_vec(),
            ..ConditionShape::default()
        });
        match asked.parameter {
            Some((name, value)) => self.set(shape, id, name, value),
            None => Ok(()),
        }
    }

    /// Takes out what is switched off, and what would conflict with it.
    pub(super) fn drop_switched_off(&self, packs: &mut [(&str, RequirementPack)]) {
        for (_, pack) in packs {
            let is_off = |id: &str| self.off.contains(id);
            pack.requirements.retain(|it| !is_off(it.id.value.as_str()));
            pack.conflicts
                .retain(|it| !it.between.iter().any(|id| is_off(id.as_str())));
        }
    }

    fn set(
        &mut self,
        shape: &mut RequirementShape,
        id: String,
        name: String,
        value: u64,
    ) -> Result<(), String> {
        let parameter = shape.parameters.iter_mut().find(|it| it.name == name);
        let parameter = parameter.ok_or_else(|| format!("it has no parameter `{name}`"))?;
        let (slot, stricter): (_, fn(u64, u64) -> u64) =
            match (&mut parameter.at_most, &mut parameter.at_least) {
                (Some(slot), _) => (slot, u64::min),
                (_, Some(slot)) => (slot, u64::max),
                _ => return Err(format!("`{name}` is no number")),
            };
        let known = self.values.entry((id, name)).or_insert(value);
        *known = stricter(*known, value);
        *slot = *known;
        Ok(())
    }
}
