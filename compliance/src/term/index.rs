//! All terms of a catalog at once over a run of tokens. Terms of one or two words are looked up; the others are found by
//! their first word and then compared slot by slot.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::parse::{Piece, Slot, Term};
use super::vocabulary::{PrefixId, Symbol, Vocabulary, WordId};
use crate::text::Tokens;

/// The most tokens a `..` may skip.
const GAP: usize = 4;

/// A term of one catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TermId(u32);

/// Where a term stands: tokens `first..=last` of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) term: TermId,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// Collects terms; the same written term is kept once.
#[derive(Debug, Default)]
pub(crate) struct TermIndexBuilder {
    ids: HashMap<String, TermId>,
    terms: Vec<(String, Term)>,
}

/// All terms of a catalog, ready to match.
#[derive(Debug)]
pub(crate) struct TermIndex {
    written: Vec<String>,
    vocabulary: Vocabulary,
    /// By literal.
    starts: Vec<Starts>,
    /// Terms of two literals, by both.
    pairs: FxHashMap<(WordId, WordId), Vec<TermId>>,
    /// By prefix: terms that begin with it.
    by_prefix: Vec<Vec<TermId>>,
    /// By term: its slots. Empty for terms that are looked up.
    compared: Vec<Vec<Wanted>>,
}

/// A run, each of its words looked up.
#[derive(Clone, Copy)]
struct Known<'a> {
    tokens: Tokens<'a>,
    symbols: &'a [Symbol],
}

/// The terms that begin with a literal.
#[derive(Debug, Default, Clone)]
struct Starts {
    /// Which consist of it alone.
    alone: Vec<TermId>,
    /// Whether some pair begins with it.
    pairs: bool,
    /// Which are compared slot by slot.
    compared: Vec<TermId>,
}

/// What one token must be.
#[derive(Debug)]
enum Wanted {
    Gap,
    OneOf {
        /// Ordered; the literals that a prefix fits are among them.
        words: Vec<WordId>,
        /// Those of them that must be written in capitals.
        capitals: Vec<WordId>,
        prefixes: Vec<PrefixId>,
    },
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
        let mut vocabulary = Vocabulary::default();
        for piece in self.terms.iter().flat_map(|(_, term)| pieces(term)) {
            match piece {
                Piece::Capitals(word) | Piece::Literal(word) => drop(vocabulary.add_word(word)),
                Piece::Prefix(stem) => drop(vocabulary.add_prefix(stem)),
            }
        }
        let words = vocabulary.words().count();
        let mut index = TermIndex {
            written: Vec::with_capacity(self.terms.len()),
            starts: vec![Starts::default(); words],
            pairs: FxHashMap::default(),
            by_prefix: Vec::new(),
            compared: Vec::with_capacity(self.terms.len()),
            vocabulary,
        };
        let mut begins: FxHashMap<PrefixId, Vec<WordId>> = FxHashMap::default();
        for (word, id) in index.vocabulary.words() {
            for prefix in index.vocabulary.prefixes_of(word) {
                begins.entry(prefix).or_default().push(id);
            }
        }
        for (id, (written, term)) in (0..).map(TermId).zip(self.terms) {
            index.add(id, &term, &begins);
            index.written.push(written);
        }
        index
    }
}

fn pieces(term: &Term) -> impl Iterator<Item = &Piece> {
    term.slots().iter().flat_map(|slot| match slot {
        Slot::Gap => &[],
        Slot::OneOf(pieces) => pieces.as_slice(),
    })
}

impl TermId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl TermIndex {
    /// The term as the pack writes it.
    pub(crate) fn written(&self, id: TermId) -> &str {
        self.written.get(id.index()).map_or("", String::as_str)
    }

    /// All terms, as the packs write them.
    pub(crate) fn all_written(&self) -> impl Iterator<Item = &str> {
        self.written.iter().map(String::as_str)
    }

    /// Every place where a term begins in the run; where gaps allow several ends, the nearest.
    pub(crate) fn find(&self, run: Tokens<'_>, mut found: impl FnMut(Span)) {
        let symbols: Vec<Symbol> = (0..run.len())
            .map(|at| self.vocabulary.symbol(run.word(at)))
            .collect();
        let run = Known {
            tokens: run,
            symbols: &symbols,
        };
        for (first, here) in symbols.iter().enumerate() {
            match here {
                Symbol::Unknown => {}
                Symbol::Word(word) => self.find_by_word(run, first, *word, &mut found),
                Symbol::Prefixed => {
                    for prefix in self.vocabulary.prefixes_of(run.tokens.word(first)) {
                        let terms = self.by_prefix.get(prefix as usize).into_iter().flatten();
                        self.compare(run, first, terms, &mut found);
                    }
                }
            }
        }
    }

    fn find_by_word(
        &self,
        run: Known<'_>,
        first: usize,
        word: WordId,
        found: &mut impl FnMut(Span),
    ) {
        let Some(starts) = self.starts.get(word as usize) else {
            return;
        };
        for &term in &starts.alone {
            found(Span {
                term,
                first,
                last: first,
            });
        }
        if let (true, Some(Symbol::Word(next))) = (starts.pairs, run.symbols.get(first + 1)) {
            for &term in self.pairs.get(&(word, *next)).into_iter().flatten() {
                found(Span {
                    term,
                    first,
                    last: first + 1,
                });
            }
        }
        self.compare(run, first, &starts.compared, found);
    }

    fn compare<'t>(
        &self,
        run: Known<'_>,
        first: usize,
        terms: impl IntoIterator<Item = &'t TermId>,
        found: &mut impl FnMut(Span),
    ) {
        for &term in terms {
            let slots = self.compared.get(term.index());
            if let Some(end) = slots.and_then(|slots| self.end(slots, run, first)) {
                found(Span {
                    term,
                    first,
                    last: end - 1,
                });
            }
        }
    }

    fn end(&self, slots: &[Wanted], run: Known<'_>, at: usize) -> Option<usize> {
        match slots.split_first() {
            None => Some(at),
            Some((Wanted::Gap, rest)) => {
                (0..=GAP).find_map(|skipped| self.end(rest, run, at + skipped))
            }
            Some((wanted, rest)) => {
                let symbol = run.symbols.get(at);
                let fits = symbol.is_some_and(|symbol| self.fits(wanted, *symbol, run, at));
                if fits {
                    self.end(rest, run, at + 1)
                } else {
                    None
                }
            }
        }
    }

    fn fits(&self, wanted: &Wanted, symbol: Symbol, run: Known<'_>, at: usize) -> bool {
        let Wanted::OneOf {
            words,
            capitals,
            prefixes,
        } = wanted
        else {
            return false;
        };
        match symbol {
            Symbol::Unknown => false,
            Symbol::Word(word) => {
                words.binary_search(&word).is_ok()
                    || (capitals.contains(&word) && run.tokens.token(at).capitals())
            }
            Symbol::Prefixed => self
                .vocabulary
                .prefixes_of(run.tokens.word(at))
                .any(|prefix| prefixes.contains(&prefix)),
        }
    }

    fn add(&mut self, id: TermId, term: &Term, begins: &FxHashMap<PrefixId, Vec<WordId>>) {
        let slots: Vec<Wanted> = term
            .slots()
            .iter()
            .map(|slot| wanted(slot, &mut self.vocabulary, begins))
            .collect();
        match slots.as_slice() {
            [one] if one.is_literal() => {
                for word in one.words() {
                    self.start(*word).alone.push(id);
                }
            }
            [one, two] if one.is_literal() && two.is_literal() => {
                for first in one.words() {
                    self.start(*first).pairs = true;
                    for second in two.words() {
                        self.pairs.entry((*first, *second)).or_default().push(id);
                    }
                }
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
                for prefix in prefixes.iter().map(|prefix| *prefix as usize) {
                    if self.by_prefix.len() <= prefix {
                        self.by_prefix.resize_with(prefix + 1, Vec::new);
                    }
                    if let Some(terms) = self.by_prefix.get_mut(prefix) {
                        terms.push(id);
                    }
                }
                for word in firsts {
                    self.start(word).compared.push(id);
                }
                self.compared.push(slots);
                return;
            }
            _ => {}
        }
        self.compared.push(Vec::new());
    }

    fn start(&mut self, word: WordId) -> &mut Starts {
        &mut self.starts[word as usize]
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

fn wanted(
    slot: &Slot,
    vocabulary: &mut Vocabulary,
    begins: &FxHashMap<PrefixId, Vec<WordId>>,
) -> Wanted {
    let Slot::OneOf(pieces) = slot else {
        return Wanted::Gap;
    };
    let (mut words, mut capitals, mut prefixes) = (Vec::new(), Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Capitals(word) => capitals.push(vocabulary.add_word(word)),
            Piece::Literal(word) => words.push(vocabulary.add_word(word)),
            Piece::Prefix(stem) => {
                let prefix = vocabulary.add_prefix(stem);
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
