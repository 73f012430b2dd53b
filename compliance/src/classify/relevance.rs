//! Whether somebody in security or privacy should look at a ticket: what the rules that hold and the lexicon's words add up
//! to. One sum for each of the two; every part of a sum has its words.

use super::rules::Held;
use super::{Classified, Counted};
use crate::assessment::{Aspect, Reason, Relevance};
use crate::catalog::{Catalog, Target};
use crate::finding::Field;
use crate::fitting::scale;

/// Reasons that are told, at most.
const TOLD: usize = 12;

/// Judges what was found.
pub(crate) fn relevance(
    catalog: &Catalog,
    classified: &Classified<'_>,
    held: &[Held<'_>],
) -> Relevance {
    let judged = |target| Sum::of(catalog, classified, held, target).judged();
    Relevance {
        security: judged(Target::Security),
        privacy: judged(Target::Privacy),
    }
}

/// What a rule says about a target where it is wholly there, in hundredths: as fitted, else as people wrote it.
pub(super) fn rule_weight(catalog: &Catalog, held: &Held<'_>, target: Target) -> i32 {
    if let Some(fit) = catalog.lexicon.fit(target) {
        return fit.rules.get(held.at).copied().unwrap_or_default();
    }
    let concepts = &catalog.relevance.concepts;
    let weights = match concepts.get(held.at) {
        Some(concept) => concept.weights,
        None if held.suggested => catalog
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

/// The lexicon's words with what each says about a target, in hundredths, never 0.
pub(super) fn words<'a>(
    catalog: &'a Catalog,
    classified: &'a Classified<'_>,
    target: Target,
) -> impl Iterator<Item = (&'a Counted, i32)> {
    let scale = scale(classified.length);
    classified.words.values().filter_map(move |counted| {
        let weights = catalog.lexicon.weights(counted.term).iter();
        let (_, weight) = weights.copied().find(|(of, _)| *of == target)?;
        let points = share(weight, counted.factor * scale / 100);
        (points != 0).then_some((counted, points))
    })
}

/// Percent of a weight that a term brings by where it stands: far down in a description stands mostly context.
pub(super) fn deep(catalog: &Catalog, field: &Field, start: u32, factor: u32) -> u32 {
    let deep = catalog.relevance.deep;
    if *field == Field::Description && start >= deep.from {
        factor * deep.factor / 100
    } else {
        factor
    }
}

pub(super) fn share(weight: i32, percent: u32) -> i32 {
    weight.saturating_mul(i32::try_from(percent).unwrap_or(i32::MAX)) / 100
}

struct Sum<'a> {
    catalog: &'a Catalog,
    classified: &'a Classified<'a>,
    points: i32,
    because: Vec<(i32, &'a str, &'a str, &'a Counted)>,
}

impl<'a> Sum<'a> {
    fn of(
        catalog: &'a Catalog,
        classified: &'a Classified<'_>,
        held: &[Held<'a>],
        target: Target,
    ) -> Self {
        let mut sum = Self {
            catalog,
            classified,
            points: catalog.lexicon.fit(target).map_or(0, |fit| fit.base),
            because: Vec::new(),
        };
        for held in held {
            let points = share(rule_weight(catalog, held, target), held.percent);
            if points != 0 {
                sum.add(held.name, held.title, points, held.heaviest);
            }
        }
        for (counted, points) in words(catalog, classified, target) {
            sum.add("words", "Words", points, counted);
        }
        sum
    }

    fn add(&mut self, name: &'a str, title: &'a str, points: i32, term: &'a Counted) {
        self.points = self.points.saturating_add(points);
        self.because.push((points, name, title, term));
    }

    fn judged(mut self) -> Aspect {
        self.because
            .sort_by_key(|(points, name, _, _)| (-points.abs(), *name));
        let threshold = self.catalog.relevance.threshold;
        let score = u32::try_from(self.points).unwrap_or(0);
        let (mut because, mut against) = (Vec::new(), Vec::new());
        for (points, name, title, term) in self.because.into_iter().take(TOLD) {
            let size = points.unsigned_abs();
            let reason = Reason {
                name: name.to_owned(),
                title: title.to_owned(),
                points: size,
                evidence: self.classified.evidence(term, size),
            };
            if points > 0 { &mut because } else { &mut against }.push(reason);
        }
        Aspect {
            relevant: score >= threshold,
            confidence: confidence(score, threshold),
            score,
            because,
            against,
        }
    }
}

/// Percent: 50 at the threshold, rising with the score to 99.
fn confidence(score: u32, threshold: u32) -> u32 {
    (score.saturating_mul(100) / score.saturating_add(threshold).max(1)).min(99)
}
