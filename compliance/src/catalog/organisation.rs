//! An organisation's own `compliance-config.yml`: which frameworks bind it, by which words, components and labels it knows
//! its own tickets, and where it asks for more than the packs or for less. It changes packs before they are loaded; what it
//! cannot be understood in is refused with line and column. Knows no ticket.

mod known;
mod shape;
mod wanted;

use std::collections::BTreeSet;

use serde_saphyr::{Location, Spanned};

use super::CatalogError;
use super::shapes::{FrameworkPack, RequirementPack};
use crate::ids::FrameworkId;
use crate::switches::{Switch, Switches};
use crate::term::Term;
use crate::text::Passage;
use known::asked;
use shape::{Entries, OrganisationShape, OwnFramework, Triggers};
use wanted::Wanted;

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
        let Entries(mut own) = self.shape.frameworks;
        // What is said of one framework stands above what is said of its family.
        own.sort_by_key(|(name, _)| name.value.len());
        let mut wanted = Wanted::default();
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
            let ids: Vec<_> = meant.iter().map(|pack| pack.id.clone()).collect();
            for pack in meant {
                switches = switches.with(pack.id.clone(), own.applies);
                triggers(&self.file, &name, pack, &own)?;
            }
            for Entries(entries) in &own.requirements {
                for (name, value) in entries {
                    let asked = asked(&name.value, value);
                    let taken = asked.and_then(|asked| match own.applies {
                        Switch::Off => Ok(()),
                        _ => wanted.add(requirements, asked, &ids),
                    });
                    taken.map_err(|what| refused(&self.file, name, what))?;
                }
            }
        }
        wanted.drop_switched_off(requirements);
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

/// Words of a keyword at most.
const LONGEST_KEYWORD: usize = 16;

fn triggers(
    file: &str,
    name: &Spanned<String>,
    pack: &mut FrameworkPack,
    own: &OwnFramework,
) -> Result<(), CatalogError> {
    let Triggers {
        keywords,
        components,
        labels,
        only,
    } = &own.triggers;
    if *only {
        if keywords.is_empty() && components.is_empty() && labels.is_empty() {
            let what = "`only` without a keyword, a component or a label would never list it";
            return Err(refused(file, name, what.to_owned()));
        }
        pack.baseline = None;
        pack.applies.clear();
        pack.direct.clear();
    }
    let mut known: BTreeSet<String> = pack.direct.iter().map(|it| it.value.clone()).collect();
    for keyword in keywords {
        let term = term(&keyword.value).map_err(|what| refused(file, keyword, what.to_owned()))?;
        // The organisation knows better than the pack what it means.
        pack.not.retain(|not| not.value != term);
        if known.insert(term.clone()) {
            let place = (keyword.referenced, keyword.defined);
            pack.direct.push(Spanned::new(term, place.0, place.1));
        }
    }
    pack.components.extend(components.clone());
    pack.labels.extend(labels.clone());
    Ok(())
}

/// A keyword in the language of terms: read as a ticket's text is.
fn term(keyword: &str) -> Result<String, &'static str> {
    let passage = Passage::read(keyword);
    let mut runs = passage.runs();
    let (Some(run), None) = (runs.next(), runs.next()) else {
        return Err("a keyword is one phrase with at least one letter");
    };
    let tokens = run.streams().last().unwrap_or(run.split());
    let words: Vec<&str> = (0..tokens.len()).map(|at| tokens.word(at)).collect();
    if words.len() > LONGEST_KEYWORD {
        return Err("a keyword has at most 16 words");
    }
    let term = words.join(" ");
    match words.iter().any(|word| word.is_empty()) || Term::parse(&term).is_err() {
        true => Err("a word of this keyword could never be found in a ticket"),
        false => Ok(term),
    }
}
