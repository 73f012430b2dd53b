//! From the terms of a group to how sure a finding is.

use super::sums::Sums;
use super::{Classified, Counted};
use crate::catalog::{Catalog, GroupId, Target, Weight};
use crate::finding::{Certainty, Denied, Evidence, Field, Finding};

/// What a term weighs in its field, in hundredths.
pub(crate) fn points(catalog: &Catalog, counted: &Counted) -> u32 {
    let weights = &catalog.matching.weights;
    let weight = match counted.weight {
        Weight::Strong => weights.strong,
        Weight::Medium => weights.medium,
        Weight::Weak => weights.weak,
    };
    weight.saturating_mul(counted.factor) / 100
}

/// Findings and denials, ordered by indicator.
pub(super) fn findings(
    catalog: &Catalog,
    classified: &Classified<'_>,
    sums: &Sums<'_>,
) -> (Vec<Finding>, Vec<Denied>) {
    let mut findings = Vec::new();
    let mut denied = Vec::new();
    for (at, indicator) in catalog.indicators().iter().enumerate() {
        let group = GroupId(at);
        if let Some(own) = weighed(catalog, sums, at) {
            let (certainty, score) = with_parent(catalog, classified, group, own);
            let is_by_parent = certainty != own.0;
            let (evidence, evidence_omitted) = {
                let suggested = certainty == Certainty::Suggested;
                let words = suggested.then_some((at, sums));
                let of_parent = classified.of_parent(group).filter(|_| is_by_parent);
                let terms = classified.live(group).chain(of_parent);
                evidence(catalog, classified, words, terms)
            };
            findings.push(Finding {
                indicator: indicator.id.clone(),
                title: indicator.title.clone(),
                pack: indicator.pack.clone(),
                score,
                certainty,
                evidence,
                evidence_omitted,
                clears: indicator.clears.clone(),
            });
        }
        if classified.denied(group).next().is_some() {
            let (evidence, _) = evidence(catalog, classified, None, classified.denied(group));
            denied.push(Denied {
                indicator: indicator.id.clone(),
                title: indicator.title.clone(),
                evidence,
            });
        }
    }
    (findings, denied)
}

/// How sure the terms of a group are, with their score; nothing below the lower threshold.
pub(crate) fn certainty(
    catalog: &Catalog,
    classified: &Classified<'_>,
    group: GroupId,
    cosmetic: bool,
) -> Option<(Certainty, u32)> {
    let fire = &catalog.matching.fire;
    let live = classified.live(group);
    let prose = || live.clone().filter(|term| !term.code);
    let count = |weight| prose().filter(|term| term.weight == weight).count();
    let (strong, medium, weak) = (
        count(Weight::Strong),
        count(Weight::Medium),
        count(Weight::Weak),
    );
    let sum: u32 = live.clone().map(|term| points(catalog, term)).sum();
    let score = if cosmetic && strong == 0 {
        sum / 2
    } else {
        sum
    };
    let outside = |term: &Counted| {
        !matches!(
            classified.field(term),
            Field::Description | Field::Custom(_)
        )
    };
    // Code adds to what prose says, and never suggests by itself.
    let enough = if strong > 0 {
        true
    } else if medium > 0 {
        live.clone().count() > 1
    } else {
        weak >= catalog.matching.weak_terms_to_suggest && prose().any(outside)
    };
    if score >= fire.suggested && enough {
        Some((Certainty::Suggested, score))
    } else {
        (score >= fire.maybe).then_some((Certainty::Maybe, score))
    }
}

/// How sure a finding is once the lexicon has been heard too. It may suggest what no rule does, and damp what one does;
/// it is not asked about an indicator for which nothing was fitted.
fn weighed(catalog: &Catalog, sums: &Sums<'_>, at: usize) -> Option<(Certainty, u32)> {
    let by_rules = sums.by_rules(at);
    let target = Target::Indicator(at);
    if catalog.lexicon.fit(target).is_none() {
        return by_rules;
    }
    let score = sums.score(target);
    let fire = &catalog.matching.fire;
    if score >= fire.suggested {
        Some((Certainty::Suggested, score))
    } else {
        let known = score >= fire.maybe || by_rules.is_some();
        known.then_some((Certainty::Maybe, score))
    }
}

/// What a ticket leaves open, its parent decides: whether something may be involved is asked of the ticket alone, and what
/// it denies stays denied.
fn with_parent(
    catalog: &Catalog,
    classified: &Classified<'_>,
    group: GroupId,
    own: (Certainty, u32),
) -> (Certainty, u32) {
    let of_parent = classified.of_parent(group);
    let of_parent: u32 = of_parent.map(|term| points(catalog, term)).sum();
    let score = own.1.saturating_add(of_parent);
    match own.0 {
        Certainty::Maybe if of_parent > 0 && score >= catalog.matching.fire.suggested => {
            (Certainty::Suggested, score)
        }
        _ => own,
    }
}

/// The heaviest evidence, and how many terms are left out. Of an indicator, what the lexicon adds stands there too; its
/// words that say little, only where nothing says more.
fn evidence<'a>(
    catalog: &Catalog,
    classified: &Classified<'_>,
    indicator: Option<(usize, &Sums<'a>)>,
    terms: impl Iterator<Item = &'a Counted>,
) -> (Vec<Evidence>, u32) {
    let mut weighed: Vec<(u32, &Counted)> =
        terms.map(|term| (points(catalog, term), term)).collect();
    weighed.retain(|(points, _)| *points > 0);
    if let Some((at, sums)) = indicator {
        let words = sums.words(Target::Indicator(at));
        let words = words.filter_map(|(term, points)| Some((u32::try_from(points).ok()?, term)));
        let least = catalog.matching.word_speaks;
        let (speaking, murmuring): (Vec<_>, Vec<_>) =
            words.partition(|(points, _)| *points >= least);
        weighed.extend(speaking);
        if weighed.is_empty() {
            weighed.extend(murmuring);
        }
    }
    let place = |term: &Counted| (classified.field(term), term.start, term.term);
    let order =
        |a: &(u32, &Counted), b: &(u32, &Counted)| (b.0, place(a.1)).cmp(&(a.0, place(b.1)));
    let most = catalog.matching.evidence_per_finding;
    let omitted = weighed.len().saturating_sub(most);
    if omitted > 0 {
        weighed.select_nth_unstable_by(most, order);
        weighed.truncate(most);
    }
    weighed.sort_unstable_by(order);
    let kept = weighed
        .into_iter()
        .map(|(points, term)| classified.evidence(term, points));
    (kept.collect(), u32::try_from(omitted).unwrap_or(u32::MAX))
}
