//! The hits of one run: which a cancel covers, which lie within heavier ones, and which are denied.

use super::cover::Cover;
use super::denial;
use crate::catalog::{Catalog, GroupId, NearRule, Weight};
use crate::term::{Span, TermId};
use crate::text::{Run, Token, Tokens};

/// Where a term stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) term: TermId,
    /// Unicode scalar values of the field.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Bytes of the field.
    pub(super) bytes: (u32, u32),
}

/// A term that stands in a run, for one group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) group: GroupId,
    pub(super) weight: Weight,
    pub(super) place: Place,
    pub(super) denied: bool,
    stream: usize,
    first: usize,
    last: usize,
}

/// A stretch in which hits of a group do not count.
#[derive(Debug)]
struct Cancel {
    group: GroupId,
    start: u32,
    end: u32,
}

/// Everything found in one run.
#[derive(Debug, Default)]
pub(super) struct RunHits {
    pub(super) hits: Vec<Hit>,
    /// Terms of the lexicon.
    pub(super) words: Vec<Place>,
    cancels: Vec<Cancel>,
    /// Words that speak to the reader, as stretches of the field.
    orders: Vec<(u32, u32)>,
}

impl Place {
    pub(super) fn of(tokens: Tokens<'_>, span: Span) -> Self {
        let (first, last) = (tokens.token(span.first), tokens.token(span.last));
        Self {
            term: span.term,
            start: first.start,
            end: last.end,
            bytes: (first.bytes.0, last.bytes.1),
        }
    }

    const fn stretch(&self) -> (u32, u32) {
        (self.start, self.end)
    }
}

impl Hit {
    /// By group and start, the furthest end and the heaviest first: as one number.
    fn widest_first(&self) -> (u64, u128) {
        let Place {
            term, start, end, ..
        } = self.place;
        let place = u128::from(start) << 32 | u128::from(!end);
        let weight = u128::from(u8::MAX - self.weight as u8);
        let term = term.index() as u128;
        (self.group.0 as u64, (place << 8 | weight) << 32 | term)
    }
}

impl RunHits {
    /// Forgets the run, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.hits.clear();
        self.words.clear();
        self.cancels.clear();
        self.orders.clear();
    }

    /// A term counts, in one reading of the run.
    pub(super) fn hit(&mut self, group: GroupId, weight: Weight, stream: usize, at: (Place, Span)) {
        let (place, span) = at;
        self.hits.push(Hit {
            group,
            weight,
            place,
            denied: false,
            stream,
            first: span.first,
            last: span.last,
        });
    }

    /// Hits of a group do not count there.
    pub(super) fn cancel(&mut self, group: GroupId, place: Place) {
        let (start, end) = place.stretch();
        self.cancels.push(Cancel { group, start, end });
    }

    /// Words speak to the reader there.
    pub(super) fn order(&mut self, place: Place) {
        self.orders.push(place.stretch());
    }

    /// Whether the token is of words that speak to the reader.
    pub(super) fn is_order(&self, token: &Token) -> bool {
        let within = |(start, end): &(u32, u32)| *start <= token.start && token.end <= *end;
        self.orders.iter().any(within)
    }

    /// Drops what does not count, and marks which hits are denied.
    pub(super) fn settle(&mut self, catalog: &Catalog, run: Run<'_>) {
        self.drop_words_of_orders();
        self.drop_cancelled();
        self.drop_contained(catalog.rules.conditions);
        if run.code {
            return;
        }
        let denied = self.denials(catalog, run);
        if denied.is_empty() {
            return;
        }
        let is_denied = |place: &Place| denied.holds(place.start, place.end);
        for hit in &mut self.hits {
            hit.denied = is_denied(&hit.place) && is_deniable(catalog, hit);
        }
        self.words.retain(|word| !is_denied(word));
    }

    /// Drops what the lexicon knows of words that speak to the reader; never what a rule finds.
    fn drop_words_of_orders(&mut self) {
        if !self.orders.is_empty() {
            let orders = Cover::of(self.orders.clone());
            self.words
                .retain(|word| !orders.holds(word.start, word.end));
        }
    }

    fn drop_cancelled(&mut self) {
        self.cancels.sort_by_key(|cancel| cancel.group);
        for cancels in self.cancels.chunk_by(|a, b| a.group == b.group) {
            let group = cancels.first().map(|cancel| cancel.group);
            let stretches = cancels.iter().map(|cancel| (cancel.start, cancel.end));
            let cover = Cover::of(stretches.collect());
            self.hits.retain(|hit| {
                Some(hit.group) != group || !cover.holds(hit.place.start, hit.place.end)
            });
        }
    }

    /// The same words count once per group: a hit within one that is at least as heavy goes. The words of conditions
    /// are not weighed against each other, so all of those stay.
    fn drop_contained(&mut self, conditions: GroupId) {
        if self.hits.len() < 2 {
            return;
        }
        self.hits.sort_unstable_by_key(Hit::widest_first);
        let mut reach = [0_u32; 3];
        let mut group = None;
        self.hits.retain(|hit| {
            if group != Some(hit.group) {
                (group, reach) = (Some(hit.group), [0; 3]);
            }
            let (weight, end) = (hit.weight as usize, hit.place.end);
            let contained = reach.iter().skip(weight).any(|reach| *reach >= end);
            if let Some(reach) = reach.get_mut(weight) {
                *reach = (*reach).max(end);
            }
            !contained || hit.group == conditions
        });
    }

    /// Where the run says that something is not there.
    fn denials(&self, catalog: &Catalog, run: Run<'_>) -> Cover {
        let mut denied = Vec::new();
        for (stream, tokens) in run.streams().enumerate() {
            let deniable = |hit: &&Hit| hit.stream == stream && is_deniable(catalog, hit);
            let mut hits = self.hits.iter().filter(deniable).peekable();
            if hits.peek().is_none() {
                continue;
            }
            let mut marks = vec![false; tokens.len()];
            for hit in hits {
                if let Some(marks) = marks.get_mut(hit.first..=hit.last) {
                    marks.fill(true);
                }
            }
            denied.extend(denial::denied(&catalog.matching.denial, tokens, &marks));
        }
        Cover::of(denied)
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

fn is_deniable(catalog: &Catalog, hit: &Hit) -> bool {
    catalog
        .rules
        .groups
        .get(hit.group.0)
        .is_some_and(|group| group.deniable)
}
