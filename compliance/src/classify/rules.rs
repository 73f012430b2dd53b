//! What the rules that people wrote make of a ticket: each concept and each indicator with how far it is there, and the
//! term that says so most. Adds nothing up.

use super::relevance::deep;
use super::score::{certainty, points};
use super::{Classified, Counted};
use crate::catalog::{Catalog, GroupId};
use crate::finding::Certainty;

/// Percent that each further term of a concept adds, and how many do.
const EACH_MORE: u32 = 20;
const MORE: u32 = 3;
/// Hundredths of an indicator's score beyond which it tells nothing more.
const MOST: u32 = 600;
/// Hundredths of an indicator's score that are 100 %.
const WHOLE: u32 = 300;

/// A rule that holds in a ticket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held<'a> {
    /// Its place among the concepts, then the indicators.
    pub(crate) at: usize,
    pub(crate) name: &'a str,
    pub(crate) title: &'a str,
    /// How far it is there: 100 for one term of a concept in running text, or an indicator that is just suggested.
    pub(crate) percent: u32,
    pub(crate) suggested: bool,
    pub(crate) heaviest: &'a Counted,
}

/// The rules that hold, in the catalog's order.
pub(crate) fn held<'a>(catalog: &'a Catalog, classified: &'a Classified<'_>) -> Vec<Held<'a>> {
    let concepts = &catalog.relevance.concepts;
    let first = concepts.len();
    let cosmetic = classified.is_cosmetic(catalog);
    let concepts = concepts.iter().enumerate().filter_map(|(at, concept)| {
        let live = &classified.group(concept.group).live;
        let factor =
            |counted: &Counted| deep(catalog, &counted.field, counted.start, counted.factor);
        let heaviest = live.values().max_by_key(|counted| factor(counted))?;
        let others = u32::try_from(live.len() - 1).unwrap_or(u32::MAX).min(MORE);
        Some(Held {
            at,
            name: concept.id.as_str(),
            title: &concept.title,
            percent: factor(heaviest) * (100 + EACH_MORE * others) / 100,
            suggested: false,
            heaviest,
        })
    });
    let indicators = catalog.indicators().iter().enumerate();
    let indicators = indicators.filter_map(|(at, indicator)| {
        let terms = classified.group(GroupId(at));
        let heaviest = terms.live.values().max_by_key(|term| points(catalog, term))?;
        let suggested = matches!(
            certainty(catalog, terms, cosmetic),
            Some((Certainty::Suggested, _))
        );
        let sum: u32 = terms.live.values().map(|term| points(catalog, term)).sum();
        let percent = sum.min(MOST) * 100 / WHOLE;
        Some(Held {
            at: first + at,
            name: indicator.id.as_str(),
            title: &indicator.title,
            percent: if suggested { percent } else { percent / 2 },
            suggested,
            heaviest,
        })
    });
    concepts.chain(indicators).collect()
}
