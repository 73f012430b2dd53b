//! From the terms of a group to how sure a finding is.

use super::{Classified, Counted, GroupTerms};
use crate::catalog::{Catalog, GroupId, Weight};
use crate::finding::{Certainty, Denied, Evidence, Field, Finding};

/// What a term weighs in a field, in hundredths.
pub(super) fn points(catalog: &Catalog, weight: Weight, factor: u32) -> u32 {
    let weights = &catalog.matching.weights;
    let weight = match weight {
        Weight::Strong => weights.strong,
        Weight::Medium => weights.medium,
        Weight::Weak => weights.weak,
    };
    weight.saturating_mul(factor) / 100
}

/// Findings and denials, ordered by indicator.
pub(crate) fn findings(catalog: &Catalog, classified: &Classified) -> (Vec<Finding>, Vec<Denied>) {
    let cosmetic = !classified.group(catalog.rules.cosmetic).live.is_empty();
    let mut findings = Vec::new();
    let mut denied = Vec::new();
    for (at, indicator) in catalog.indicators().iter().enumerate() {
        let terms = classified.group(GroupId(at));
        if let Some((certainty, score)) = certainty(catalog, terms, cosmetic) {
            let (evidence, evidence_omitted) = evidence(catalog, terms.live.values());
            findings.push(Finding {
                indicator: indicator.id.clone(),
                title: indicator.title.clone(),
                score,
                certainty,
                evidence,
                evidence_omitted,
                clears: indicator.clears.clone(),
            });
        }
        if !terms.denied.is_empty() {
            let (evidence, _) = evidence(catalog, terms.denied.values());
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
        .map(|term| points(catalog, term.weight, term.factor))
        .sum();
    let score = if cosmetic && strong == 0 {
        sum / 2
    } else {
        sum
    };
    let outside =
        |term: &Counted| !matches!(term.evidence.field, Field::Description | Field::Custom(_));
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

/// The heaviest evidence, and how many terms are left out.
fn evidence<'a>(
    catalog: &Catalog,
    terms: impl Iterator<Item = &'a Counted>,
) -> (Vec<Evidence>, u32) {
    let mut evidence: Vec<&Evidence> = terms.map(|term| &term.evidence).collect();
    evidence.sort_by(|a, b| {
        (b.weight, &a.field, a.start, &a.rule).cmp(&(a.weight, &b.field, b.start, &b.rule))
    });
    let omitted = evidence
        .len()
        .saturating_sub(catalog.matching.evidence_per_finding);
    let kept = evidence
        .into_iter()
        .take(catalog.matching.evidence_per_finding)
        .cloned()
        .collect();
    (kept, u32::try_from(omitted).unwrap_or(u32::MAX))
}
