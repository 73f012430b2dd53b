//! Every target's sum at once: what the rules that hold and the lexicon's words say of it.

use super::rules::{Held, held};
use super::{Classified, Counted};
use crate::catalog::{Catalog, Fit, Target};
use crate::finding::Certainty;

/// The sums of a ticket.
pub(crate) struct Sums<'a> {
    catalog: &'a Catalog,
    classified: &'a Classified<'a>,
    held: Vec<Held<'a>>,
    /// Percent that a word counts in a ticket of this length.
    scale: u32,
    /// By target, hundredths.
    points: Vec<i64>,
}

impl<'a> Sums<'a> {
    /// Adds up.
    pub(crate) fn of(catalog: &'a Catalog, classified: &'a Classified<'_>) -> Self {
        let targets = Target::count(catalog.indicators().len());
        let mut sums = Self {
            catalog,
            classified,
            held: held(catalog, classified),
            scale: scale(classified.length),
            points: vec![0; targets],
        };
        let mut points = std::mem::take(&mut sums.points);
        for (at, sum) in points.iter_mut().enumerate() {
            let target = Target::at(at);
            let base = catalog.lexicon.fit(target).map_or(0, |fit| fit.base);
            let rules = sums.rules(target).map(|(_, points)| i64::from(points));
            *sum = i64::from(base) + rules.sum::<i64>();
        }
        for counted in classified.words() {
            let percent = i64::from(counted.factor * sums.scale / 100);
            for says in catalog.lexicon.weights(counted.term) {
                if let Some(sum) = points.get_mut(says.target()) {
                    *sum += i64::from(says.hundredths()) * percent / 100;
                }
            }
        }
        sums.points = points;
        sums
    }

    /// Hundredths; never below 0.
    pub(crate) fn score(&self, target: Target) -> u32 {
        let points = self.points.get(target.index()).copied();
        u32::try_from(points.unwrap_or_default().max(0)).unwrap_or(u32::MAX)
    }

    /// What the rules alone make of an indicator.
    pub(super) fn by_rules(&self, indicator: usize) -> Option<(Certainty, u32)> {
        let at = self.catalog.relevance.concepts.len() + indicator;
        self.held
            .iter()
            .find(|held| held.at == at)
            .and_then(|held| held.certainty)
    }

    /// What each rule that holds says of a target, in hundredths, never 0.
    pub(super) fn rules(&self, target: Target) -> impl Iterator<Item = (&Held<'a>, i32)> {
        let fit = self.catalog.lexicon.fit(target);
        self.held.iter().filter_map(move |held| {
            let points = share(weight(self.catalog, fit, held, target), held.percent);
            (points != 0).then_some((held, points))
        })
    }

    /// What each of the lexicon's words says of a target, in hundredths, never 0.
    pub(super) fn words(&self, target: Target) -> impl Iterator<Item = (&'a Counted, i32)> {
        self.classified.words().filter_map(move |counted| {
            let weights = self.catalog.lexicon.weights(counted.term).iter();
            let says = weights
                .copied()
                .find(|says| says.target() == target.index())?;
            let points = share(says.hundredths(), counted.factor * self.scale / 100);
            (points != 0).then_some((counted, points))
        })
    }
}

/// What a rule says about a target where it is wholly there, in hundredths: as fitted, else as people wrote it.
fn weight(catalog: &Catalog, fit: Option<&Fit>, held: &Held<'_>, target: Target) -> i32 {
    if let Some(fit) = fit {
        return fit.rules.get(held.at).copied().unwrap_or_default();
    }
    let concepts = &catalog.relevance.concepts;
    let suggested = matches!(held.certainty, Some((Certainty::Suggested, _)));
    let weights = match concepts.get(held.at) {
        Some(concept) => concept.weights,
        None if suggested => catalog
            .indicators()
            .get(held.at - concepts.len())
            .and_then(|indicator| catalog.relevance.indicators.get(&indicator.id))
            .copied()
            .unwrap_or_default(),
        None => return 0,
    };
    match target {
        Target::Security => weights.security,
        Target::Privacy => weights.privacy,
        Target::Indicator(_) => 0,
    }
}

fn share(weight: i32, percent: u32) -> i32 {
    weight.saturating_mul(i32::try_from(percent).unwrap_or(i32::MAX)) / 100
}

/// Percent of its weight that a word brings in a ticket of this many words: what a long ticket says is spread over more. Less
/// than it is longer, since a point is often made in one sentence of many.
pub(crate) fn scale(words: usize) -> u32 {
    let words = u64::try_from(words).unwrap_or(u64::MAX).max(FEWEST_WORDS);
    let fourth_root = words.saturating_mul(FINE.pow(4)).isqrt().isqrt();
    u32::try_from(SPREAD * FINE / fourth_root.max(1)).unwrap_or(u32::MAX)
}

/// Shorter tickets count as this long.
const FEWEST_WORDS: u64 = 9;
/// Percent times the fourth root of words: 100 % at 36 words.
const SPREAD: u64 = 245;
/// Roots are taken to this part.
const FINE: u64 = 100;

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn a_word_says_less_in_a_longer_ticket_but_not_as_much_less_as_it_is_longer() {
        assert_eq!([0, 9, 36, 576].map(scale), [141, 141, 100, 50]);
        assert_eq!(scale(usize::MAX), 0);
    }
}
