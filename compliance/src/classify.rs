//! From a ticket to the terms that stand in it, per group of terms: what counts, and what is denied.
//! Adds nothing up: scores, frameworks and requirements come afterwards.

mod cover;
mod denial;
mod fields;
mod hits;
mod relevance;
mod rules;
mod score;

use std::collections::BTreeMap;

use crate::catalog::{Catalog, GroupId, Role, Weight};
use crate::finding::{Evidence, Field};
use crate::term::TermId;
use crate::text::{Passage, Run};
use crate::ticket_text::TicketText;

use hits::{Cancel, RunHits};
pub(crate) use relevance::relevance;
pub(crate) use rules::held;
pub(crate) use score::{certainty, findings, points};

/// All terms of a ticket, by group.
#[derive(Debug)]
pub(crate) struct Classified<'a> {
    catalog: &'a Catalog,
    ticket: TicketText<'a>,
    groups: Vec<GroupTerms>,
    /// The lexicon's terms in prose, each where it weighs most.
    pub(crate) words: BTreeMap<TermId, Counted>,
    /// How many words of prose there are.
    pub(crate) length: usize,
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
    pub(crate) term: TermId,
    pub(crate) weight: Weight,
    /// Percent.
    pub(crate) factor: u32,
    /// It stands in code or a stack trace only.
    pub(crate) code: bool,
    pub(crate) field: Field,
    /// Unicode scalar values of the field.
    pub(crate) start: u32,
    end: u32,
    bytes: (usize, usize),
}

impl<'a> Classified<'a> {
    pub(crate) fn group(&self, group: GroupId) -> &GroupTerms {
        static NONE: GroupTerms = GroupTerms {
            live: BTreeMap::new(),
            denied: BTreeMap::new(),
        };
        self.groups.get(group.0).unwrap_or(&NONE)
    }

    /// Whether the ticket is about appearance.
    pub(crate) fn is_cosmetic(&self, catalog: &Catalog) -> bool {
        !self.group(catalog.rules.cosmetic).live.is_empty()
    }

    /// Whether any of these terms stands in the ticket's prose, undenied.
    pub(crate) fn has_any(&self, conditions: GroupId, terms: &[TermId]) -> bool {
        let live = &self.group(conditions).live;
        terms
            .iter()
            .any(|term| live.get(term).is_some_and(|found| !found.code))
    }

    /// The words, with what they weigh there, in hundredths.
    pub(crate) fn evidence(&self, counted: &Counted, weight: u32) -> Evidence {
        let text = fields::text(self.ticket, &counted.field);
        let words = text
            .get(counted.bytes.0..counted.bytes.1)
            .unwrap_or_default();
        Evidence {
            field: counted.field.clone(),
            start: counted.start,
            end: counted.end,
            words: words.to_owned(),
            rule: self.catalog.rules.index.written(counted.term).to_owned(),
            weight,
        }
    }

    fn count(&mut self, field: &Field, run: Run<'_>) {
        let catalog = self.catalog;
        let factor = if run.code {
            catalog.matching.factors.code
        } else {
            fields::factor(catalog, field)
        };
        if !run.code {
            let read = run.streams().next();
            self.length += read.map_or(0, |tokens| tokens.iter().filter(|token| !token.url).count());
        }
        let found = collect(catalog, field, run);
        let settled = hits::settle(catalog, found, run.code);
        for (hit, denied) in settled.hits {
            let Some(group) = self.groups.get_mut(hit.group.0) else {
                continue;
            };
            let terms = if denied {
                &mut group.denied
            } else {
                &mut group.live
            };
            count_best(terms, field, &hit, factor, run.code);
        }
        for hit in settled.words {
            let factor = relevance::deep(catalog, field, hit.start, factor);
            count_best(&mut self.words, field, &hit, factor, run.code);
        }
    }
}

fn count_best(
    terms: &mut BTreeMap<TermId, Counted>,
    field: &Field,
    hit: &hits::Hit,
    factor: u32,
    code: bool,
) {
    let better = terms
        .get(&hit.term)
        .is_none_or(|known| known.factor < factor);
    if better {
        let counted = Counted {
            term: hit.term,
            weight: hit.weight,
            factor,
            code,
            field: field.clone(),
            start: hit.start,
            end: hit.end,
            bytes: hit.bytes,
        };
        terms.insert(hit.term, counted);
    }
}

/// Reads a ticket.
pub(crate) fn classify<'a>(catalog: &'a Catalog, ticket: TicketText<'a>) -> Classified<'a> {
    let mut classified = Classified {
        catalog,
        ticket,
        groups: Vec::new(),
        words: BTreeMap::new(),
        length: 0,
    };
    classified
        .groups
        .resize_with(catalog.rules.groups.len(), GroupTerms::default);
    for (field, text) in fields::fields(ticket) {
        let passage = Passage::read(text);
        for run in passage.runs() {
            classified.count(&field, run);
        }
    }
    classified
}

/// The words of a ticket's prose, run by run, each with the percent that its place counts. Words of URLs are left out.
pub(crate) fn prose(catalog: &Catalog, ticket: TicketText<'_>) -> Vec<Vec<(String, u32)>> {
    let mut runs = Vec::new();
    for (field, text) in fields::fields(ticket) {
        let passage = Passage::read(text);
        for run in passage.runs().filter(|run| !run.code) {
            let Some(tokens) = run.streams().next() else {
                continue;
            };
            let factor = fields::factor(catalog, &field);
            let words = (0..tokens.len()).filter(|at| !tokens.token(*at).url).map(|at| {
                let factor = relevance::deep(catalog, &field, tokens.token(at).start, factor);
                (tokens.word(at).to_owned(), factor)
            });
            runs.push(words.collect());
        }
    }
    runs
}

fn collect<'a>(catalog: &Catalog, field: &Field, run: Run<'a>) -> RunHits<'a> {
    let rules = &catalog.rules;
    let mut found = RunHits::default();
    for tokens in run.streams() {
        let stream = found.add_stream(tokens);
        rules.index.find(tokens, |span| {
            let in_url = || (span.first..=span.last).any(|at| tokens.token(at).url);
            for &role in rules.roles(span.term) {
                let Some(group) = rules.groups.get(role.group().0) else {
                    continue;
                };
                match role {
                    Role::Not(id) => found.cancels.push(Cancel::new(id, tokens, span)),
                    Role::Weigh(id) => {
                        if !run.code && !in_url() {
                            let hit = hits::Hit::new(id, Weight::Weak, stream, tokens, span);
                            found.words.push(hit);
                        }
                    }
                    Role::Hit(id, weight) => {
                        let url = !group.urls && in_url();
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
