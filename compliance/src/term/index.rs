//! All terms of a catalog at once over a run of tokens. Terms of one or two words are looked up; the others are found by
//! their first word and then compared slot by slot. Knows nothing of how the index came about.

use rustc_hash::FxHashMap;

use super::vocabulary::{PrefixId, Symbol, Vocabulary, WordId};
use crate::text::Tokens;

/// The most tokens a `..` may skip.
const GAP: usize = 4;

/// A term of one catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TermId(pub(super) u32);

/// Where a term stands: tokens `first..=last` of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) term: TermId,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// All terms of a catalog, ready to match. Small on purpose: what each word of a text looks up should stay in the cache.
#[derive(Debug)]
pub(crate) struct TermIndex {
    pub(super) written: Vec<String>,
    pub(super) vocabulary: Vocabulary,
    /// By literal.
    pub(super) starts: Vec<Starts>,
    /// Terms of two literals, by [`both`].
    pub(super) pairs: FxHashMap<u64, Listed>,
    /// Terms that begin with two literals and go on.
    pub(super) longer: FxHashMap<u64, Listed>,
    /// By prefix: terms that begin with it.
    pub(super) by_prefix: Vec<Listed>,
    /// What [`Listed`] points into.
    pub(super) lists: Vec<TermId>,
    /// By term: its slots. Empty for terms that are looked up.
    pub(super) compared: Vec<Vec<Wanted>>,
}

/// Some terms, side by side.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Listed {
    pub(super) from: u32,
    pub(super) to: u32,
}

/// The terms that begin with a literal.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Starts {
    /// Which consist of it alone.
    pub(super) alone: Listed,
    /// Which are compared slot by slot, whatever follows.
    pub(super) compared: Listed,
    /// Whether some pair begins with it.
    pub(super) pairs: bool,
    /// Whether some longer term begins with it and another literal.
    pub(super) longer: bool,
}

/// What one token must be.
#[derive(Debug)]
pub(super) enum Wanted {
    Gap,
    OneOf {
        /// Ordered; the literals that a prefix fits are among them.
        words: Vec<WordId>,
        /// Literals that must be written in capitals.
        capitals: Vec<WordId>,
        prefixes: Vec<PrefixId>,
    },
}

/// The words of a run looked up; kept from run to run for its memory alone.
#[derive(Debug, Default)]
pub(crate) struct Symbols(Vec<Symbol>);

/// A run, each of its words looked up.
#[derive(Clone, Copy)]
struct Known<'a> {
    tokens: Tokens<'a>,
    symbols: &'a [Symbol],
}

/// Two literals as one number.
pub(super) fn both(first: WordId, second: WordId) -> u64 {
    u64::from(first) << 32 | u64::from(second)
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
    pub(crate) fn find(
        &self,
        tokens: Tokens<'_>,
        symbols: &mut Symbols,
        mut found: impl FnMut(Span),
    ) {
        let Symbols(symbols) = symbols;
        symbols.clear();
        symbols.extend((0..tokens.len()).map(|at| {
            let (word, packed) = tokens.word_and_packed(at);
            self.vocabulary.symbol(word, packed)
        }));
        let run = Known { tokens, symbols };
        for (first, here) in symbols.iter().enumerate() {
            match here {
                Symbol::Unknown => {}
                Symbol::Word(word) => self.find_by_word(run, first, *word, &mut found),
                Symbol::Prefixed => {
                    for prefix in self.vocabulary.prefixes.of(tokens.word(first)) {
                        let terms = self.by_prefix.get(prefix as usize).copied();
                        self.compare(run, first, terms.unwrap_or_default(), &mut found);
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
        for &term in self.listed(starts.alone) {
            found(Span {
                term,
                first,
                last: first,
            });
        }
        if let Some(Symbol::Word(next)) = run.symbols.get(first + 1) {
            let pair = both(word, *next);
            let terms = starts.pairs.then(|| self.pairs.get(&pair).copied());
            for &term in self.listed(terms.flatten().unwrap_or_default()) {
                found(Span {
                    term,
                    first,
                    last: first + 1,
                });
            }
            let terms = starts.longer.then(|| self.longer.get(&pair).copied());
            self.compare(run, first, terms.flatten().unwrap_or_default(), found);
        }
        self.compare(run, first, starts.compared, found);
    }

    fn listed(&self, listed: Listed) -> &[TermId] {
        let range = listed.from as usize..listed.to as usize;
        self.lists.get(range).unwrap_or_default()
    }

    fn compare(&self, run: Known<'_>, first: usize, terms: Listed, found: &mut impl FnMut(Span)) {
        for &term in self.listed(terms) {
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
            Symbol::Prefixed => {
                let mut known = self.vocabulary.prefixes.of(run.tokens.word(at));
                !prefixes.is_empty() && known.any(|prefix| prefixes.contains(&prefix))
            }
        }
    }
}
