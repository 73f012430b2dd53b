//! The hits of one run: which a cancel covers, which lie within heavier ones, and which are denied.

use super::cover::within;
use super::denial;
use crate::catalog::{Catalog, GroupId, NearRule, Weight};
use crate::term::{Span, TermId};
use crate::text::{Token, Tokens};

/// A term that stands in a run, for one group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) group: GroupId,
    pub(super) term: TermId,
    pub(super) weight: Weight,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) bytes: (u32, u32),
    stream: usize,
    first: usize,
    last: usize,
}

/// A stretch in which hits of a group do not count.
#[derive(Debug)]
pub(super) struct Cancel {
    group: GroupId,
    start: u32,
    end: u32,
}

/// Everything found in one run.
#[derive(Debug, Default)]
pub(super) struct RunHits<'a> {
    pub(super) hits: Vec<Hit>,
    /// Terms of the lexicon.
    pub(super) words: Vec<Hit>,
    pub(super) cancels: Vec<Cancel>,
    /// Words that speak to the reader, as stretches of the field.
    pub(super) orders: Vec<(u32, u32)>,
    streams: Vec<Tokens<'a>>,
}

impl<'a> RunHits<'a> {
    pub(super) fn add_stream(&mut self, tokens: Tokens<'a>) -> usize {
        self.streams.push(tokens);
        self.streams.len() - 1
    }

    /// Whether the token is of words that speak to the reader.
    pub(super) fn is_order(&self, token: &Token) -> bool {
        let within = |(start, end): &(u32, u32)| *start <= token.start && token.end <= *end;
        self.orders.iter().any(within)
    }

    /// Drops what the lexicon knows of words that speak to the reader; never what a rule finds.
    pub(super) fn drop_words_of_orders(&mut self) {
        if self.orders.is_empty() {
            return;
        }
        let mut inside = within(&places(&self.words), &mut self.orders).into_iter();
        self.words.retain(|_| inside.next() != Some(true));
    }
}

impl Hit {
    pub(super) fn new(
        group: GroupId,
        weight: Weight,
        stream: usize,
        tokens: Tokens<'_>,
        span: Span,
    ) -> Self {
        let (first, last) = (tokens.token(span.first), tokens.token(span.last));
        Self {
            group,
            term: span.term,
            weight,
            start: first.start,
            end: last.end,
            bytes: (first.bytes.0, last.bytes.1),
            stream,
            first: span.first,
            last: span.last,
        }
    }
}

/// Where a term stands, in characters of the field.
pub(super) fn stretch(tokens: Tokens<'_>, span: Span) -> (u32, u32) {
    (tokens.token(span.first).start, tokens.token(span.last).end)
}

impl Cancel {
    pub(super) fn new(group: GroupId, tokens: Tokens<'_>, span: Span) -> Self {
        Self {
            group,
            start: tokens.token(span.first).start,
            end: tokens.token(span.last).end,
        }
    }
}

/// Whether a word that a near rule names stands within `distance` tokens of the hit.
pub(super) fn is_near(rules: &[NearRule], tokens: Tokens<'_>, span: Span, distance: usize) -> bool {
    let mut rules = rules
        .iter()
        .filter(|rule| rule.terms.contains(&span.term))
        .peekable();
    if rules.peek().is_none() {
        return false;
    }
    let around = span.first.saturating_sub(distance)..=(span.last + distance).min(tokens.len() - 1);
    rules.any(|rule| {
        around
            .clone()
            .any(|at| rule.words.iter().any(|word| word == tokens.word(at)))
    })
}

/// What is left of a run.
#[derive(Debug)]
pub(super) struct Settled {
    /// Hits, and whether each is denied.
    pub(super) hits: Vec<(Hit, bool)>,
    /// The lexicon's terms that no denial covers.
    pub(super) words: Vec<Hit>,
}

/// What is left of a run's hits, and whether each is denied.
pub(super) fn settle(catalog: &Catalog, mut found: RunHits<'_>, code: bool) -> Settled {
    drop_cancelled(&mut found);
    drop_contained(&mut found.hits, catalog.rules.conditions);
    let mut denied: Vec<(u32, u32)> = Vec::new();
    let deniable = || found.hits.iter().any(|hit| is_deniable(catalog, hit));
    if !code && deniable() {
        for (stream, tokens) in found.streams.iter().enumerate() {
            let mut marks = vec![false; tokens.len()];
            for hit in found
                .hits
                .iter()
                .filter(|hit| hit.stream == stream && is_deniable(catalog, hit))
            {
                if let Some(marks) = marks.get_mut(hit.first..=hit.last) {
                    marks.fill(true);
                }
            }
            denied.extend(denial::denied(&catalog.matching.denial, *tokens, &marks));
        }
    }
    let inside = within(&places(&found.hits), &mut denied);
    let hits = found
        .hits
        .into_iter()
        .zip(inside)
        .map(|(hit, inside)| (hit, inside && is_deniable(catalog, &hit)))
        .collect();
    let inside = within(&places(&found.words), &mut denied);
    let words = found
        .words
        .into_iter()
        .zip(inside)
        .filter(|(_, inside)| !inside)
        .map(|(hit, _)| hit)
        .collect();
    Settled { hits, words }
}

fn places(hits: &[Hit]) -> Vec<(u32, u32)> {
    hits.iter().map(|hit| (hit.start, hit.end)).collect()
}

fn is_deniable(catalog: &Catalog, hit: &Hit) -> bool {
    catalog
        .rules
        .groups
        .get(hit.group.0)
        .is_some_and(|group| group.deniable)
}

fn drop_cancelled(found: &mut RunHits<'_>) {
    found.hits.sort_by_key(|hit| hit.group);
    found.cancels.sort_by_key(|cancel| cancel.group);
    let mut kept = Vec::with_capacity(found.hits.len());
    for hits in found.hits.chunk_by(|a, b| a.group == b.group) {
        let Some(group) = hits.first().map(|hit| hit.group) else {
            continue;
        };
        let from = found.cancels.partition_point(|cancel| cancel.group < group);
        let to = found
            .cancels
            .partition_point(|cancel| cancel.group <= group);
        let cancels = found.cancels.get(from..to).unwrap_or_default();
        let mut covers: Vec<_> = cancels
            .iter()
            .map(|cancel| (cancel.start, cancel.end))
            .collect();
        let covered = within(&places(hits), &mut covers);
        kept.extend(
            hits.iter()
                .zip(covered)
                .filter(|(_, covered)| !covered)
                .map(|(hit, _)| *hit),
        );
    }
    found.hits = kept;
}

/// The same words count once per group: a hit within one that is at least as heavy goes. The words of conditions
/// are not weighed against each other, so all of those stay.
fn drop_contained(hits: &mut Vec<Hit>, conditions: GroupId) {
    hits.sort_by(|a, b| {
        (a.group, a.start, b.end, b.weight, a.term)
            .cmp(&(b.group, b.start, a.end, a.weight, b.term))
    });
    let mut reach = [0_u32; 3];
    let mut group = None;
    hits.retain(|hit| {
        if group != Some(hit.group) {
            (group, reach) = (Some(hit.group), [0; 3]);
        }
        let weight = hit.weight as usize;
        let contained = reach.iter().skip(weight).any(|reach| *reach >= hit.end);
        if let Some(reach) = reach.get_mut(weight) {
            *reach = (*reach).max(hit.end);
        }
        !contained || hit.group == conditions
    });
}
