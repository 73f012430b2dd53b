//! From terms to their index: literals are numbered by where they stand, terms listed by how they begin.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::index::{Listed, TermId, TermIndex, Wanted, both};
use super::parse::{Piece, Slot, Term};
use super::vocabulary::{PrefixId, Prefixes, Vocabulary, WordId};

/// Collects terms; the same written term is kept once.
#[derive(Debug, Default)]
pub(crate) struct TermIndexBuilder {
    ids: HashMap<String, TermId>,
    terms: Vec<(String, Term)>,
}

/// The terms that begin in one way, while they are collected.
#[derive(Debug, Default)]
struct Lists {
    alone: FxHashMap<WordId, Vec<TermId>>,
    pairs: FxHashMap<u64, Vec<TermId>>,
    longer: FxHashMap<u64, Vec<TermId>>,
    compared: FxHashMap<WordId, Vec<TermId>>,
    by_prefix: FxHashMap<PrefixId, Vec<TermId>>,
}

impl TermIndexBuilder {
    /// The id of a term; a new one where it was not yet added.
    pub(crate) fn add(&mut self, written: &str, term: Term) -> TermId {
        if let Some(id) = self.ids.get(written) {
            return *id;
        }
        let id = TermId(u32::try_from(self.terms.len()).unwrap_or(u32::MAX));
        self.ids.insert(written.to_owned(), id);
        self.terms.push((written.to_owned(), term));
        id
    }

    pub(crate) fn build(self) -> TermIndex {
        let (vocabulary, slots) = numbered(&self.terms);
        let mut lists = Lists::default();
        let mut compared = Vec::with_capacity(slots.len());
        for (id, slots) in (0..).map(TermId).zip(slots) {
            let is_compared = lists.add(id, &slots);
            compared.push(if is_compared { slots } else { Vec::new() });
        }
        let mut index = TermIndex {
            written: self.terms.into_iter().map(|(written, _)| written).collect(),
            starts: Vec::new(),
            pairs: FxHashMap::default(),
            longer: FxHashMap::default(),
            by_prefix: Vec::new(),
            lists: Vec::new(),
            compared,
            vocabulary,
        };
        lists.write(&mut index);
        index
    }
}

impl Lists {
    /// Lists a term by how it begins; says whether it has to be compared slot by slot.
    fn add(&mut self, id: TermId, slots: &[Wanted]) -> bool {
        match slots {
            [one] if one.is_literal() => {
                for word in one.words() {
                    self.alone.entry(*word).or_default().push(id);
                }
                false
            }
            [one, two, rest @ ..] if one.is_literal() && two.is_literal() => {
                let is_longer = !rest.is_empty();
                let lists = if is_longer {
                    &mut self.longer
                } else {
                    &mut self.pairs
                };
                for first in one.words() {
                    for second in two.words() {
                        lists.entry(both(*first, *second)).or_default().push(id);
                    }
                }
                is_longer
            }
            [
                Wanted::OneOf {
                    words,
                    capitals,
                    prefixes,
                },
                ..,
            ] => {
                let mut firsts: Vec<WordId> = words.iter().chain(capitals).copied().collect();
                firsts.sort_unstable();
                firsts.dedup();
                for word in firsts {
                    self.compared.entry(word).or_default().push(id);
                }
                for prefix in prefixes {
                    self.by_prefix.entry(*prefix).or_default().push(id);
                }
                true
            }
            _ => false,
        }
    }

    fn write(self, index: &mut TermIndex) {
        let TermIndex {
            starts,
            pairs,
            longer,
            by_prefix,
            lists,
            ..
        } = index;
        let mut list = |terms: Vec<TermId>| {
            let from = short(lists.len());
            lists.extend(terms);
            let to = short(lists.len());
            Listed { from, to }
        };
        for (word, terms) in ordered(self.alone) {
            slot(starts, word).alone = list(terms);
        }
        for (word, terms) in ordered(self.compared) {
            slot(starts, word).compared = list(terms);
        }
        for (prefix, terms) in ordered(self.by_prefix) {
            *slot(by_prefix, prefix) = list(terms);
        }
        for (pair, terms) in ordered(self.pairs) {
            slot(starts, short((pair >> 32) as usize)).pairs = true;
            pairs.insert(pair, list(terms));
        }
        for (pair, terms) in ordered(self.longer) {
            slot(starts, short((pair >> 32) as usize)).longer = true;
            longer.insert(pair, list(terms));
        }
    }
}

impl Wanted {
    /// Whether it is one of some literals, in whatever case.
    const fn is_literal(&self) -> bool {
        match self {
            Self::Gap => false,
            Self::OneOf {
                capitals, prefixes, ..
            } => capitals.is_empty() && prefixes.is_empty(),
        }
    }

    fn words(&self) -> &[WordId] {
        match self {
            Self::Gap => &[],
            Self::OneOf { words, .. } => words,
        }
    }
}

/// Numbers all literals, and gives the slots of each term in those numbers.
fn numbered(terms: &[(String, Term)]) -> (Vocabulary, Vec<Vec<Wanted>>) {
    let mut spelled: Vec<&str> = Vec::new();
    let mut known: FxHashMap<&str, WordId> = FxHashMap::default();
    let mut prefixes = Prefixes::default();
    for piece in terms.iter().flat_map(|(_, term)| pieces(term)) {
        match piece {
            Piece::Capitals(word) | Piece::Literal(word) => {
                known.entry(word).or_insert_with(|| {
                    spelled.push(word);
                    short(spelled.len() - 1)
                });
            }
            Piece::Prefix(stem) => drop(prefixes.add(stem)),
        }
    }
    let mut begins: FxHashMap<PrefixId, Vec<WordId>> = FxHashMap::default();
    for (word, id) in spelled.iter().zip(0..) {
        for prefix in prefixes.of(word) {
            begins.entry(prefix).or_default().push(id);
        }
    }
    let mut slots: Vec<Vec<Wanted>> = terms
        .iter()
        .map(|(_, term)| {
            let slots = term.slots().iter();
            slots
                .map(|slot| wanted(slot, &known, &mut prefixes, &begins))
                .collect()
        })
        .collect();
    let numbers = by_places(&slots, spelled.len());
    let number = |word: WordId| numbers.get(word as usize).copied().unwrap_or(WordId::MAX);
    for wanted in slots.iter_mut().flatten() {
        if let Wanted::OneOf {
            words, capitals, ..
        } = wanted
        {
            for list in [words, capitals] {
                list.iter_mut().for_each(|word| *word = number(*word));
                list.sort_unstable();
                list.dedup();
            }
        }
    }
    let mut vocabulary = Vocabulary::with(prefixes);
    for (word, id) in spelled.iter().zip(0..) {
        vocabulary.add(word, number(id));
    }
    (vocabulary, slots)
}

/// By literal: a number that those share which stand in the same places. Numbers begin at 0 and leave none out.
fn by_places(slots: &[Vec<Wanted>], literals: usize) -> Vec<WordId> {
    let mut places: Vec<Vec<(u32, bool)>> = vec![Vec::new(); literals];
    for (place, wanted) in (0..).zip(slots.iter().flatten()) {
        if let Wanted::OneOf {
            words, capitals, ..
        } = wanted
        {
            let words = words.iter().map(|word| (*word, false));
            for (word, capital) in words.chain(capitals.iter().map(|word| (*word, true))) {
                if let Some(of_word) = places.get_mut(word as usize) {
                    of_word.push((place, capital));
                }
            }
        }
    }
    let mut numbers: FxHashMap<Vec<(u32, bool)>, WordId> = FxHashMap::default();
    places
        .into_iter()
        .map(|places| {
            let next = short(numbers.len());
            *numbers.entry(places).or_insert(next)
        })
        .collect()
}

fn wanted(
    slot: &Slot,
    known: &FxHashMap<&str, WordId>,
    stems: &mut Prefixes,
    begins: &FxHashMap<PrefixId, Vec<WordId>>,
) -> Wanted {
    let Slot::OneOf(pieces) = slot else {
        return Wanted::Gap;
    };
    let (mut words, mut capitals, mut prefixes) = (Vec::new(), Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Capitals(word) => capitals.extend(known.get(word.as_str())),
            Piece::Literal(word) => words.extend(known.get(word.as_str())),
            Piece::Prefix(stem) => {
                let prefix = stems.add(stem);
                words.extend(begins.get(&prefix).into_iter().flatten());
                prefixes.push(prefix);
            }
        }
    }
    words.sort_unstable();
    words.dedup();
    Wanted::OneOf {
        words,
        capitals,
        prefixes,
    }
}

fn pieces(term: &Term) -> impl Iterator<Item = &Piece> {
    term.slots().iter().flat_map(|slot| match slot {
        Slot::Gap => &[],
        Slot::OneOf(pieces) => pieces.as_slice(),
    })
}

/// Sorted, so that the same packs give the same index.
fn ordered<K: Ord + Copy>(lists: FxHashMap<K, Vec<TermId>>) -> Vec<(K, Vec<TermId>)> {
    let mut lists: Vec<_> = lists.into_iter().collect();
    lists.sort_unstable_by_key(|(key, _)| *key);
    lists
}

fn slot<T: Clone + Default>(slots: &mut Vec<T>, at: u32) -> &mut T {
    let at = at as usize;
    if slots.len() <= at {
        slots.resize(at + 1, T::default());
    }
    &mut slots[at]
}

/// A catalog of more than 2^32 words or terms cannot be read into memory.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
