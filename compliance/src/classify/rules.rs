//! What the rules that people wrote make of a ticket: each concept and each indicator with how far it is there, and the
//! term that says so most. Adds nothing up.

use super::fields::deep;
use super::score::{certainty, points};
use super::{Classified, Counted};
use crate::catalog::{Catalog, GroupId};
use crate::finding::Certainty;

/// Percent that each further term of a concept adds, and how many do.
const EACH_MORE: u32 = 20;
const MORE: usize = 3;
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
    /// How sure the rules are of an indicator.
    pub(crate) certainty: Option<(Certainty, u32)>,
    pub(crate) heaviest: &'a Counted,
}

/// The rules that hold, in the catalog's order.
pub(crate) fn held<'a>(catalog: &'a Catalog, classified: &'a Classified<'_>) -> Vec<Held<'a>> {
    let concepts = &catalog.relevance.concepts;
    let first = concepts.len();
    let cosmetic = classified.is_cosmetic();
    let concepts = concepts.iter().enumerate().filter_map(|(at, concept)| {
        let live = classified.live(concept.group);
        let factor = |counted: &Counted| {
            deep(
                catalog,
                classified.field(counted),
                counted.start,
                counted.factor,
            )
        };
        let heaviest = live.clone().max_by_key(|counted| factor(counted))?;
        let others = u32::try_from(live.count().saturating_sub(1).min(MORE)).unwrap_or(0);
        Some(Held {
            at,
            name: concept.id.as_str(),
            title: &concept.title,
            percent: factor(heaviest) * (100 + EACH_MORE * others) / 100,
            certainty: None,
            heaviest,
        })
    });
    let indicators = catalog.indicators().iter().enumerate();
    let indicators = indicators.filter_map(|(at, indicator)| {
        let group = GroupId(at);
        let live = classified.live(group);
        let heaviest = live.clone().max_by_key(|term| points(catalog, term))?;
        let certainty = certainty(catalog, classified, group, cosmetic);
        let sum: u32 = live.map(|term| points(catalog, term)).sum();
        let percent = sum.min(MOST) * 100 / WHOLE;
        let suggested = matches!(certainty, Some((Certainty::Suggested, _)));
        Some(Held {
            at: first + at,
            name: indicator.id.as_str(),
            title: &indicator.title,
            percent: if suggested { percent } else { percent / 2 },
            certainty,
            heaviest,
        })
    });
    concepts.chain(indicators).collect()
}
