//! From a ticket to the terms that stand in it, per group of terms: what counts, and what is denied.
//! Adds nothing up: scores, frameworks and requirements come afterwards.

mod cover;
mod denial;
mod fields;
mod hits;
mod judged;
mod relevance;
mod rules;
mod score;
mod sums;

use std::ops::Range;

use crate::assessment::Because;
use crate::catalog::{Catalog, Framework, GroupId, Role, Weight, folded};
use crate::finding::{Evidence, Field};
use crate::term::{Symbols, TermId};
use crate::text::{Passage, Run};
use crate::ticket_text::TicketText;

use hits::{Place, RunHits};
pub(crate) use judged::Judged;
pub(crate) use rules::held;
pub(crate) use score::{certainty, points};
pub(crate) use sums::scale;

/// What stands for the rule that a parent's words match. Neither is told: who sees a ticket need not see its parent.
const PARENT: &str = "parent";

/// All terms of a ticket, by group.
#[derive(Debug)]
pub(crate) struct Classified<'a> {
    catalog: &'a Catalog,
    ticket: TicketText<'a>,
    fields: Vec<Field>,
    /// What the rules found, ordered by group, denied or not, and term: each once, where it weighs most.
    terms: Vec<(GroupId, Counted)>,
    /// By group: where its terms begin, those denied after those that live.
    groups: Vec<Range<usize>>,
    /// The lexicon's terms that nothing denies, ordered: each once, where it weighs most.
    words: Vec<Counted>,
    /// What the parent says of indicators, ordered by group and term; each once.
    of_parent: Vec<(GroupId, Counted)>,
    /// How many words of prose there are.
    pub(crate) length: usize,
}

/// A term where it weighs most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) term: TermId,
    pub(crate) weight: Weight,
    pub(crate) denied: bool,
    /// It stands in code or a stack trace only.
    pub(crate) code: bool,
    /// Percent.
    pub(crate) factor: u32,
    /// Its place among the fields.
    field: u32,
    /// Unicode scalar values of the field.
    pub(crate) start: u32,
    end: u32,
    bytes: (u32, u32),
}

impl<'a> Classified<'a> {
    /// The terms of a group that nothing denies.
    pub(crate) fn live(&self, group: GroupId) -> impl Iterator<Item = &Counted> + Clone {
        self.group(group).filter(|term| !term.denied)
    }

    /// The terms of a group that are denied.
    pub(crate) fn denied(&self, group: GroupId) -> impl Iterator<Item = &Counted> + Clone {
        self.group(group).filter(|term| term.denied)
    }

    /// The terms of the lexicon.
    pub(crate) fn words(&self) -> std::slice::Iter<'_, Counted> {
        self.words.iter()
    }

    /// The terms of an indicator's group in what the ticket is a part of; none where the ticket itself denies it.
    pub(crate) fn of_parent(&self, group: GroupId) -> impl Iterator<Item = &Counted> + Clone {
        let is_denied = self.denied(group).next().is_some();
        let of_group = self
            .of_parent
            .iter()
            .filter(move |(of, _)| *of == group && !is_denied);
        of_group.map(|(_, term)| term)
    }

    fn group(&self, group: GroupId) -> impl Iterator<Item = &Counted> + Clone {
        let range = self.groups.get(group.0).cloned().unwrap_or_default();
        let terms = self.terms.get(range).unwrap_or_default();
        terms.iter().map(|(_, term)| term)
    }

    /// The field that a term stands in.
    pub(crate) fn field(&self, counted: &Counted) -> &Field {
        self.fields
            .get(counted.field as usize)
            .unwrap_or(&Field::Summary)
    }

    /// Whether the ticket is about appearance.
    pub(crate) fn is_cosmetic(&self) -> bool {
        self.live(self.catalog.rules.cosmetic).next().is_some()
    }

    /// Whether any of these terms stands in the ticket's prose, undenied.
    pub(crate) fn has_any(&self, conditions: GroupId, terms: &[TermId]) -> bool {
        !terms.is_empty()
            && self
                .live(conditions)
                .any(|found| !found.code && terms.contains(&found.term))
    }

    /// The words, with what they weigh there, in hundredths.
    pub(crate) fn evidence(&self, counted: &Counted, weight: u32) -> Evidence {
        let field = self.field(counted).clone();
        let bytes = counted.bytes.0 as usize..counted.bytes.1 as usize;
        let (words, rule) = match field {
            Field::Parent => ("", PARENT),
            _ => {
                let text = fields::text(self.ticket, &field).get(bytes);
                (
                    text.unwrap_or_default(),
                    self.catalog.rules.index.written(counted.term),
                )
            }
        };
        Evidence {
            start: counted.start,
            end: counted.end,
            words: words.to_owned(),
            rule: rule.to_owned(),
            field,
            weight,
        }
    }

    /// A component or a label by which the organisation knows that a framework is meant.
    pub(crate) fn named_by_the_organisation(&self, framework: &Framework) -> Option<Because> {
        let named = self.fields.iter().find(|field| {
            let names = match field {
                Field::Component(_) => &framework.components,
                Field::Label(_) => &framework.labels,
                _ => return false,
            };
            !names.is_empty() && names.contains(&folded(fields::text(self.ticket, field)))
        })?;
        let words = fields::text(self.ticket, named);
        Some(Because::Term {
            evidence: Evidence {
                field: named.clone(),
                start: 0,
                end: u32::try_from(words.chars().count()).unwrap_or(u32::MAX),
                words: words.to_owned(),
                rule: folded(words),
                weight: self.catalog.matching.weights.strong,
            },
        })
    }

    fn count(&mut self, at: u32, field: &Field, run: Run<'_>, reading: &mut Reading) {
        let catalog = self.catalog;
        let factor = if run.code {
            catalog.matching.factors.code
        } else {
            fields::factor(catalog, field)
        };
        let counted = |place: &Place, weight, denied, factor| Counted {
            term: place.term,
            weight,
            denied,
            code: run.code,
            factor,
            field: at,
            start: place.start,
            end: place.end,
            bytes: place.bytes,
        };
        collect(catalog, field, run, reading);
        let found = &mut reading.found;
        if !run.code && *field != Field::Parent {
            let words = run.split().iter().filter(|token| !token.url);
            self.length += words.filter(|token| !found.is_order(token)).count();
        }
        found.settle(catalog, run);
        let hits = found.hits.iter();
        let hits = hits.map(|hit| {
            let counted = counted(&hit.place, hit.weight, hit.denied, factor);
            (hit.group, counted)
        });
        if *field == Field::Parent {
            let indicators = GroupId(catalog.indicators().len());
            let said = hits.filter(|(group, hit)| *group < indicators && !hit.denied);
            self.of_parent.extend(said);
            return;
        }
        self.terms.extend(hits);
        self.words.extend(found.words.iter().map(|word| {
            let factor = fields::deep(catalog, field, word.start, factor);
            counted(word, Weight::Weak, false, factor)
        }));
    }

    /// Keeps each term once per group: where it weighs most, and there first.
    fn settle(&mut self) {
        self.of_parent.sort_unstable_by_key(order);
        self.of_parent.dedup_by_key(|(group, it)| (*group, it.term));
        self.terms.sort_unstable_by_key(order);
        self.terms
            .dedup_by_key(|(group, it)| (*group, it.denied, it.term));
        self.words = each_once(&self.words);
        self.groups = vec![0..0; self.catalog.rules.groups.len()];
        for at in 0..self.terms.len() {
            if let Some(range) = self.groups.get_mut(self.terms[at].0.0) {
                if range.end == 0 {
                    range.start = at;
                }
                range.end = at + 1;
            }
        }
    }
}

/// What is kept from run to run for its memory alone.
#[derive(Default)]
struct Reading {
    symbols: Symbols,
    found: RunHits,
}

/// By group, denied or not, and then as [`by_term`]: as one number, for there are many.
fn order((group, it): &(GroupId, Counted)) -> (u64, u128) {
    let group = (group.0 as u64) << 1 | u64::from(it.denied);
    (group, by_term(it))
}

/// By term, the most first, field and place, the longest first.
fn by_term(it: &Counted) -> u128 {
    let least_first = |size: u32| u128::from(u16::MAX - u16::try_from(size).unwrap_or(u16::MAX));
    let place = u128::from(it.field & 0xff_ffff) << 32 | u128::from(it.start);
    let place = place << 16 | least_first(it.end - it.start);
    ((it.term.index() as u128) << 16 | least_first(it.factor)) << 72 | place
}

/// Each term of some where it weighs most, ordered by term. What is sorted is small, for there are many.
fn each_once(words: &[Counted]) -> Vec<Counted> {
    let mut keys: Vec<u64> = (0..)
        .zip(words)
        .map(|(at, word): (u64, _)| (word.term.index() as u64) << 32 | at)
        .collect();
    keys.sort_unstable();
    let same_term = |a: &u64, b: &u64| a >> 32 == b >> 32;
    let word = |key: &u64| words.get((key & u64::from(u32::MAX)) as usize);
    let heaviest = |keys: &[u64]| {
        keys.iter()
            .filter_map(word)
            .min_by_key(|word| by_term(word))
    };
    keys.chunk_by(same_term)
        .filter_map(|keys| heaviest(keys).copied())
        .collect()
}

/// Reads a ticket.
pub(crate) fn classify<'a>(catalog: &'a Catalog, ticket: TicketText<'a>) -> Classified<'a> {
    let mut classified = Classified {
        catalog,
        ticket,
        fields: Vec::new(),
        terms: Vec::new(),
        groups: Vec::new(),
        words: Vec::new(),
        of_parent: Vec::new(),
        length: 0,
    };
    let mut reading = Reading::default();
    let fields = fields::fields(ticket);
    let mut passage = Passage::default();
    for (at, (field, text)) in (0..).zip(&fields) {
        passage = passage.read_next(text);
        for run in passage.runs() {
            classified.count(at, field, run, &mut reading);
        }
    }
    classified.fields = fields.into_iter().map(|(field, _)| field).collect();
    classified.settle();
    classified
}

/// The words of a ticket's prose, run by run, each with the percent that its place counts. Words of URLs are left out.
pub(crate) fn prose(catalog: &Catalog, ticket: TicketText<'_>) -> Vec<Vec<(String, u32)>> {
    let mut runs = Vec::new();
    let own = fields::fields(ticket)
        .into_iter()
        .filter(|(field, _)| *field != Field::Parent);
    for (field, text) in own {
        let passage = Passage::read(text);
        for run in passage.runs().filter(|run| !run.code) {
            let tokens = run.split();
            let factor = fields::factor(catalog, &field);
            let words = (0..tokens.len())
                .filter(|at| !tokens.token(*at).url)
                .map(|at| {
                    let factor = fields::deep(catalog, &field, tokens.token(at).start, factor);
                    (tokens.word(at).to_owned(), factor)
                });
            runs.push(words.collect());
        }
    }
    runs
}

fn collect(catalog: &Catalog, field: &Field, run: Run<'_>, reading: &mut Reading) {
    let rules = &catalog.rules;
    let Reading { symbols, found } = reading;
    found.clear();
    for (stream, tokens) in run.streams().enumerate() {
        rules.index.find(tokens, symbols, |span| {
            let place = Place::of(tokens, span);
            let in_url = || (span.first..=span.last).any(|at| tokens.token(at).url);
            for &role in rules.roles(span.term) {
                match role {
                    Role::Order => found.order(place),
                    Role::Not(id) => found.cancel(id, place),
                    Role::Weigh(_) => {
                        if !run.code && !in_url() {
                            found.words.push(place);
                        }
                    }
                    Role::Hit(id, weight) => {
                        let Some(group) = rules.groups.get(id.0) else {
                            continue;
                        };
                        let url = !group.urls && in_url();
                        let elsewhere = group.summary_only && *field != Field::Summary;
                        let distance = catalog.matching.near_distance;
                        let near = weight != Weight::Strong
                            && hits::is_near(&group.near, tokens, span, distance);
                        if !(url || elsewhere || near) {
                            found.hit(id, weight, stream, (place, span));
                        }
                    }
                }
            }
        });
    }
}
