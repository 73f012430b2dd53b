//! From the terms of a group to how sure a finding is.

use super::relevance::{self, rule_weight};
use super::rules::Held;
use super::{Classified, Counted, GroupTerms};
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
pub(crate) fn findings(
    catalog: &Catalog,
    classified: &Classified<'_>,
    held: &[Held<'_>],
) -> (Vec<Finding>, Vec<Denied>) {
    let cosmetic = classified.is_cosmetic(catalog);
    let mut findings = Vec::new();
    let mut denied = Vec::new();
    for (at, indicator) in catalog.indicators().iter().enumerate() {
        let terms = classified.group(GroupId(at));
        let by_rules = certainty(catalog, terms, cosmetic);
        if let Some((certainty, score)) = weighed(catalog, classified, held, at, by_rules) {
            let (evidence, evidence_omitted) =
                evidence(catalog, classified, Some(at), terms.live.values());
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
        if !terms.denied.is_empty() {
            let (evidence, _) = evidence(catalog, classified, None, terms.denied.values());
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
    terms: &GroupTerms,
    cosmetic: bool,
) -> Option<(Certainty, u32)> {
    let fire = &catalog.matching.fire;
    let prose = || terms.live.values().filter(|term| !term.code);
    let count = |weight| prose().filter(|term| term.weight == weight).count();
    let (strong, medium, weak) = (
        count(Weight::Strong),
        count(Weight::Medium),
        count(Weight::Weak),
    );
    let sum: u32 = terms
        .live
        .values()
        .map(|term| points(catalog, term))
        .sum();
    let score = if cosmetic && strong == 0 {
        sum / 2
    } else {
        sum
    };
    let outside = |term: &Counted| !matches!(term.field, Field::Description | Field::Custom(_));
    // Code adds to what prose says, and never suggests by itself.
    let enough = if strong > 0 {
        true
    } else if medium > 0 {
        terms.live.len() > 1
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
fn weighed(
    catalog: &Catalog,
    classified: &Classified<'_>,
    held: &[Held<'_>],
    at: usize,
    by_rules: Option<(Certainty, u32)>,
) -> Option<(Certainty, u32)> {
    let target = Target::Indicator(at);
    let Some(fit) = catalog.lexicon.fit(target) else {
        return by_rules;
    };
    let rules: i32 = held
        .iter()
        .map(|held| relevance::share(rule_weight(catalog, held, target), held.percent))
        .sum();
    let words: i32 = relevance::words(catalog, classified, target)
        .map(|(_, points)| points)
        .sum();
    let score = u32::try_from(fit.base + rules + words).unwrap_or(0);
    let fire = &catalog.matching.fire;
    if score >= fire.suggested {
        Some((Certainty::Suggested, score))
    } else {
        let known = score >= fire.maybe || by_rules.is_some();
        known.then_some((Certainty::Maybe, score))
    }
}

/// The heaviest evidence, and how many terms are left out. Of an indicator, what the lexicon adds stands there too.
fn evidence<'a>(
    catalog: &Catalog,
    classified: &Classified<'_>,
    indicator: Option<usize>,
    terms: impl Iterator<Item = &'a Counted>,
) -> (Vec<Evidence>, u32) {
    let mut weighed: Vec<(u32, &Counted)> = terms
        .map(|term| (points(catalog, term), term))
        .collect();
    if let Some(at) = indicator {
        let words = relevance::words(catalog, classified, Target::Indicator(at));
        weighed.extend(
            words.filter_map(|(term, points)| Some((u32::try_from(points).ok()?, term))),
        );
    }
    weighed.retain(|(points, _)| *points > 0);
    let rule = |term: &Counted| catalog.rules.index.written(term.term);
    weighed.sort_by(|(a_points, a), (b_points, b)| {
        (b_points, &a.field, a.start, rule(a)).cmp(&(a_points, &b.field, b.start, rule(b)))
    });
    let most = catalog.matching.evidence_per_finding;
    let omitted = u32::try_from(weighed.len().saturating_sub(most)).unwrap_or(u32::MAX);
    let kept = weighed.into_iter().take(most);
    let kept = kept.map(|(points, term)| classified.evidence(term, points));
    (kept.collect(), omitted)
}
