//! From a ticket to the terms that stand in it, per group of terms: what counts, and what is denied.
//! Adds nothing up: scores, frameworks and requirements come afterwards.

mod cover;
mod denial;
mod fields;
mod hits;
mod score;

use std::collections::BTreeMap;

use record::facts::TicketSnapshot;

use crate::catalog::{Catalog, GroupId, Role, Weight};
use crate::finding::{Evidence, Field};
use crate::term::TermId;
use crate::text::{Passage, Run};

use hits::{Cancel, RunHits};
pub(crate) use score::{certainty, findings};

/// All terms of a ticket, by group.
#[derive(Debug)]
pub(crate) struct Classified {
    groups: Vec<GroupTerms>,
}

/// The terms of one group: each once, where it weighs most.
#[derive(Debug, Default)]
pub(crate) struct GroupTerms {
    pub(crate) live: BTreeMap<TermId, Counted>,
    pub(crate) denied: BTreeMap<TermId, Counted>,
}

/// A term where it weighs most.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) weight: Weight,
    /// Percent.
    pub(crate) factor: u32,
    /// It stands in code or a stack trace only.
    pub(crate) code: bool,
    pub(crate) evidence: Evidence,
}

impl Classified {
    pub(crate) fn group(&self, group: GroupId) -> &GroupTerms {
        static NONE: GroupTerms = GroupTerms {
            live: BTreeMap::new(),
            denied: BTreeMap::new(),
        };
        self.groups.get(group.0).unwrap_or(&NONE)
    }

    /// Whether any of these terms stands in the ticket's prose, undenied.
    pub(crate) fn has_any(&self, conditions: GroupId, terms: &[TermId]) -> bool {
        let live = &self.group(conditions).live;
        terms
            .iter()
            .any(|term| live.get(term).is_some_and(|found| !found.code))
    }
}

/// Reads a ticket.
pub(crate) fn classify(catalog: &Catalog, ticket: &TicketSnapshot) -> Classified {
    let mut classified = Classified { groups: Vec::new() };
    classified
        .groups
        .resize_with(catalog.rules.groups.len(), GroupTerms::default);
    for (field, text) in fields::fields(ticket) {
        let passage = Passage::read(text);
        for run in passage.runs() {
            let factor = if run.code {
                catalog.matching.factors.code
            } else {
                fields::factor(catalog, &field)
            };
            let found = collect(catalog, &field, run);
            for (hit, denied) in hits::settle(catalog, found, run.code) {
                let Some(group) = classified.groups.get_mut(hit.group.0) else {
                    continue;
                };
                let terms = if denied {
                    &mut group.denied
                } else {
                    &mut group.live
                };
                let better = terms
                    .get(&hit.term)
                    .is_none_or(|known| known.factor < factor);
                if better {
                    let counted = Counted {
                        weight: hit.weight,
                        factor,
                        code: run.code,
                        evidence: evidence(catalog, &field, text, &hit, factor),
                    };
                    terms.insert(hit.term, counted);
                }
            }
        }
    }
    classified
}

fn collect<'a>(catalog: &Catalog, field: &Field, run: Run<'a>) -> RunHits<'a> {
    let rules = &catalog.rules;
    let mut found = RunHits::default();
    for tokens in run.streams() {
        let stream = found.add_stream(tokens);
        rules.index.find(tokens, |span| {
            for &role in rules.roles(span.term) {
                let Some(group) = rules.groups.get(role.group().0) else {
                    continue;
                };
                match role {
                    Role::Not(id) => found.cancels.push(Cancel::new(id, tokens, span)),
                    Role::Hit(id, weight) => {
                        let url =
                            !group.urls && (span.first..=span.last).any(|at| tokens.token(at).url);
                        let elsewhere = group.summary_only && *field != Field::Summary;
                        let near = weight != Weight::Strong
                            && hits::is_near(
                                &group.near,
                                tokens,
                                span,
                                catalog.matching.near_distance,
                            );
                        if !(url || elsewhere || near) {
                            found
                                .hits
                                .push(hits::Hit::new(id, weight, stream, tokens, span));
                        }
                    }
                }
            }
        });
    }
    found
}

fn evidence(
    catalog: &Catalog,
    field: &Field,
    text: &str,
    hit: &hits::Hit,
    factor: u32,
) -> Evidence {
    Evidence {
        field: field.clone(),
        start: hit.start,
        end: hit.end,
        words: text
            .get(hit.bytes.0..hit.bytes.1)
            .unwrap_or_default()
            .to_owned(),
        rule: catalog.rules.index.written(hit.term).to_owned(),
        weight: score::points(catalog, hit.weight, factor),
    }
}
