//! What single words and pairs of words say, as the pack `lexicon` has it: weights that were fitted to labelled tickets of
//! our own, beside the rules that people wrote. Knows nothing of how they were fitted.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::CatalogError;
use super::relevance::Concept;
use super::rules::{GroupId, Role};
use super::term_loader::TermLoader;
use crate::ids::IndicatorId;
use crate::term::TermId;

/// The pack as written. Hundredths.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LexiconPack {
    pub(super) pack: String,
    pub(super) version: String,
    pub(super) targets: BTreeMap<String, FitShape>,
    /// A term a line: `often as: security 6, authn 7`. One text, since a list of so many nodes is slow to read.
    pub(super) terms: Spanned<String>,
}

/// How a target is told, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FitShape {
    base: i32,
    #[serde(default)]
    rules: BTreeMap<String, i32>,
}

/// How a target is told.
#[derive(Debug)]
pub(crate) struct Fit {
    /// Hundredths before anything was read.
    pub(crate) base: i32,
    /// Hundredths by concept and by indicator, in the order of [`rule_names`].
    pub(crate) rules: Vec<i32>,
}

/// What is told: whether security or privacy should look, or an indicator by its place in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Target {
    Security,
    Privacy,
    Indicator(usize),
}

impl Target {
    /// How many there are beside this many indicators.
    pub(crate) const fn count(indicators: usize) -> usize {
        indicators + 2
    }

    /// Its place among all of them.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Security => 0,
            Self::Privacy => 1,
            Self::Indicator(at) => at + 2,
        }
    }

    /// The target of this place.
    pub(crate) const fn at(index: usize) -> Self {
        match index {
            0 => Self::Security,
            1 => Self::Privacy,
            at => Self::Indicator(at - 2),
        }
    }
}

/// All weights.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// By target.
    fits: Vec<Option<Fit>>,
    /// By term: where its weights begin; they end where those of the next term begin.
    places: Vec<u32>,
    /// Term by term.
    weights: Vec<Says>,
}

/// What a term says of a target. There are many of them, so that they are kept small.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Says {
    target: u16,
    hundredths: i16,
}

impl Says {
    /// The target's [`Target::index`].
    pub(crate) fn target(self) -> usize {
        self.target.into()
    }

    /// How much it says.
    pub(crate) fn hundredths(self) -> i32 {
        self.hundredths.into()
    }
}

impl Lexicon {
    /// How a target is told; nothing where it was not fitted.
    pub(crate) fn fit(&self, target: Target) -> Option<&Fit> {
        self.fits.get(target.index())?.as_ref()
    }

    /// What a term says.
    pub(crate) fn weights(&self, term: TermId) -> &[Says] {
        let [from, to] = match self.places.get(term.index()..term.index() + 2) {
            Some([from, to]) => [*from as usize, *to as usize],
            _ => return &[],
        };
        self.weights.get(from..to).unwrap_or_default()
    }
}

/// What has a weight besides words: the concepts, then the indicators.
fn rule_names<'a>(
    concepts: &'a [Concept],
    indicators: &'a [IndicatorId],
) -> impl Iterator<Item = &'a str> {
    let concepts = concepts.iter().map(|concept| concept.id.as_str());
    concepts.chain(indicators.iter().map(IndicatorId::as_str))
}

/// The weights, their terms among those of all packs.
pub(super) fn load(
    file: &str,
    pack: &LexiconPack,
    concepts: &[Concept],
    indicators: &[IndicatorId],
    group: GroupId,
    terms: &mut TermLoader<'_>,
) -> Result<Lexicon, CatalogError> {
    let target = |name: &str| match name {
        "security" => Ok(Target::Security),
        "privacy" => Ok(Target::Privacy),
        name => indicators
            .iter()
            .position(|id| id.as_str() == name)
            .map(Target::Indicator)
            .ok_or_else(|| CatalogError::Unknown {
                file: file.to_owned(),
                what: name.to_owned(),
            }),
    };
    let rules: Vec<&str> = rule_names(concepts, indicators).collect();
    let mut lexicon = Lexicon::default();
    lexicon
        .fits
        .resize_with(Target::count(indicators.len()), || None);
    for (name, shape) in &pack.targets {
        let mut fit = Fit {
            base: shape.base,
            rules: vec![0; rules.len()],
        };
        for (rule, weight) in &shape.rules {
            let at = rules.iter().position(|known| known == rule);
            let slot = at.and_then(|at| fit.rules.get_mut(at));
            *slot.ok_or_else(|| CatalogError::Unknown {
                file: file.to_owned(),
                what: rule.clone(),
            })? = *weight;
        }
        if let Some(slot) = lexicon.fits.get_mut(target(name)?.index()) {
            *slot = Some(fit);
        }
    }
    let mut by_term = BTreeMap::new();
    for (line, written) in (pack.terms.referenced.line()..).zip(pack.terms.value.lines()) {
        let malformed = || CatalogError::Yaml {
            file: file.to_owned(),
            message: format!("line {line}: not a term and its weights"),
        };
        let (term, weights) = written.rsplit_once(": ").ok_or_else(malformed)?;
        let id = terms.add_one(file, line, term, Role::Weigh(group))?;
        let mut says = Vec::new();
        for weight in weights.split(", ") {
            let (name, weight) = weight.split_once(' ').ok_or_else(malformed)?;
            let hundredths = weight.parse().map_err(|_| malformed())?;
            let target = u16::try_from(target(name)?.index()).map_err(|_| malformed())?;
            says.push(Says { target, hundredths });
        }
        by_term.insert(id, says);
    }
    for (id, says) in by_term {
        let from = short(lexicon.weights.len());
        lexicon.weights.extend(says);
        lexicon.places.resize(id.index() + 1, from);
        lexicon.places.push(short(lexicon.weights.len()));
    }
    Ok(lexicon)
}

/// A pack of more than 2^32 weights cannot be read into memory.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
