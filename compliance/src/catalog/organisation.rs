//! An organisation's own `compliance-config.yml`: which frameworks bind it, by which words, components and labels it knows
//! its own tickets, and where it asks for more than the packs or for less. It changes packs before they are loaded; what it
//! cannot be understood in is refused with line and column. Knows no ticket.

mod known;
mod shape;

use serde_saphyr::{Location, Spanned};

use super::CatalogError;
use super::shapes::{ConditionShape, FrameworkPack, RequirementPack, RequirementShape};
use crate::ids::FrameworkId;
use crate::switches::{Switch, Switches};
use known::{Asked, asked};
use shape::{Entries, OrganisationShape, OwnFramework};

/// What an organisation says.
pub(super) struct Organisation {
    file: String,
    shape: OrganisationShape,
}

impl Organisation {
    /// Reads it.
    pub(super) fn read(file: &str, text: &str) -> Result<Self, CatalogError> {
        let shape = serde_saphyr::from_str(text).map_err(|error| CatalogError::Yaml {
            file: file.to_owned(),
            message: error.to_string(),
        })?;
        Ok(Self {
            file: file.to_owned(),
            shape,
        })
    }

    /// Changes packs, and gives the organisation's answers.
    pub(super) fn apply(
        self,
        frameworks: &mut [(&str, FrameworkPack)],
        requirements: &mut [(&str, RequirementPack)],
    ) -> Result<Switches, CatalogError> {
        let mut switches = Switches::default();
        for (_, pack) in frameworks.iter() {
            switches = switches.with(pack.id.clone(), self.shape.others);
        }
        let Entries(own) = self.shape.frameworks;
        for (name, own) in own {
            let meant: Vec<_> = frameworks
                .iter_mut()
                .map(|(_, pack)| pack)
                .filter(|pack| is_meant(&pack.id, &name.value))
                .collect();
            if meant.is_empty() {
                let what = format!("no framework of the catalog is called `{}`", name.value);
                return Err(refused(&self.file, &name, what));
            }
            let mut ids = Vec::new();
            for pack in meant {
                switches = switches.with(pack.id.clone(), own.applies);
                triggers(&self.file, pack, &own)?;
                ids.push(pack.id.clone());
            }
            for Entries(entries) in &own.requirements {
                for (name, value) in entries {
                    let asked = asked(&name.value, value)
                        .map_err(|what| refused(&self.file, name, what))?;
                    let ids = (own.applies != Switch::Off).then_some(ids.as_slice());
                    require(requirements, &asked, ids.unwrap_or_default())
                        .map_err(|what| refused(&self.file, name, what))?;
                }
            }
        }
        Ok(switches)
    }
}

/// A framework by its id, or by its family: `hipaa` means both rules of HIPAA.
fn is_meant(id: &FrameworkId, name: &str) -> bool {
    id.as_str()
        .strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

fn refused(file: &str, at: &Spanned<String>, what: String) -> CatalogError {
    refused_at(file, at.referenced, what)
}

fn refused_at(file: &str, at: Location, what: String) -> CatalogError {
    CatalogError::Organisation {
        file: file.to_owned(),
        line: at.line(),
        column: at.column(),
        what,
    }
}

fn triggers(file: &str, pack: &mut FrameworkPack, own: &OwnFramework) -> Result<(), CatalogError> {
    if own.triggers.only {
        pack.baseline = None;
        pack.applies.clear();
    }
    for keyword in &own.triggers.keywords {
        let words: Vec<String> = keyword
            .value
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if words.is_empty() {
            return Err(refused(file, keyword, "a keyword has no letter".to_owned()));
        }
        let term = words.join(" ");
        if pack.direct.iter().all(|known| known.value != term) {
            let place = (keyword.referenced, keyword.defined);
            pack.direct.push(Spanned::new(term, place.0, place.1));
        }
    }
    pack.components.extend(own.triggers.components.clone());
    pack.labels.extend(own.triggers.labels.clone());
    Ok(())
}

/// Asks for a requirement wherever one of these frameworks is listed, or for no such requirement at all.
fn require(
    packs: &mut [(&str, RequirementPack)],
    asked: &Asked,
    frameworks: &[FrameworkId],
) -> Result<(), String> {
    let requirements = packs.iter_mut().map(|(_, pack)| &mut pack.requirements);
    for requirements in requirements {
        let Some(at) = requirements
            .iter()
            .position(|it| it.id.value.as_str() == asked.requirement)
        else {
            continue;
        };
        if asked.off {
            requirements.remove(at);
            return Ok(());
        }
        let Some(shape) = requirements.get_mut(at) else {
            continue;
        };
        if !frameworks.is_empty() {
            shape.when.push(ConditionShape {
                frameworks: frameworks.to_vec(),
                ..ConditionShape::default()
            });
        }
        return match &asked.parameter {
            Some((name, value)) => set(shape, name, *value),
            None => Ok(()),
        };
    }
    Err(format!("`{}` is not in the catalog", asked.requirement))
}

fn set(shape: &mut RequirementShape, name: &str, value: u64) -> Result<(), String> {
    let parameter = shape.parameters.iter_mut().find(|it| it.name == name);
    let parameter = parameter.ok_or_else(|| format!("it has no parameter `{name}`"))?;
    let slot = match (&mut parameter.at_most, &mut parameter.at_least) {
        (Some(slot), _) | (_, Some(slot)) => slot,
        _ => return Err(format!("`{name}` is no number")),
    };
    *slot = value;
    Ok(())
}
