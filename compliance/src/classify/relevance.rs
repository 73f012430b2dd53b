//! Whether somebody in security or privacy should look at a ticket, and because of which words: the heaviest parts of a sum,
//! for and against.

use super::sums::Sums;
use super::{Classified, Counted};
use crate::assessment::{Aspect, Reason, Relevance};
use crate::catalog::{Catalog, Target};

/// Reasons that are told, at most.
const TOLD: usize = 12;

/// Judges what was found.
pub(super) fn relevance(
    catalog: &Catalog,
    classified: &Classified<'_>,
    sums: &Sums<'_>,
) -> Relevance {
    let judged = |target| judged(catalog, classified, sums, target);
    Relevance {
        security: judged(Target::Security),
        privacy: judged(Target::Privacy),
    }
}

/// Reasons are told of what is relevant alone.
fn judged(
    catalog: &Catalog,
    classified: &Classified<'_>,
    sums: &Sums<'_>,
    target: Target,
) -> Aspect {
    let threshold = catalog.relevance.threshold;
    let score = sums.score(target);
    let relevant = score >= threshold;
    let mut aspect = Aspect {
        relevant,
        confidence: confidence(score, threshold),
        score,
        ..Aspect::default()
    };
    if !relevant {
        return aspect;
    }
    let rules = sums
        .rules(target)
        .map(|(held, points)| (points, held.name, held.title, held.heaviest));
    let words = sums
        .words(target)
        .map(|(counted, points)| (points, "words", "Words", counted));
    let mut parts: Vec<(i32, &str, &str, &Counted)> = rules.chain(words).collect();
    parts.sort_by_key(|(points, name, _, counted)| (-points.abs(), *name, counted.term));
    for (points, name, title, counted) in parts.into_iter().take(TOLD) {
        let size = points.unsigned_abs();
        let reason = Reason {
            name: name.to_owned(),
            title: title.to_owned(),
            points: size,
            evidence: classified.evidence(counted, size),
        };
        if points > 0 {
            aspect.because.push(reason);
        } else {
            aspect.against.push(reason);
        }
    }
    aspect
}

/// Percent: 50 at the threshold, rising with the score to 99.
fn confidence(score: u32, threshold: u32) -> u32 {
    (score.saturating_mul(100) / score.saturating_add(threshold).max(1)).min(99)
}
