//! Words as small numbers: every literal of the catalog has one, and each text is looked up word by word once. Literals
//! that stand in the same places of the same terms have one number: `invoice` and `invoices` mostly do.

use rustc_hash::FxHashMap;

use crate::text::{Packed, packed};

/// Literals of the catalog that no term tells apart.
pub(super) type WordId = u32;
/// A prefix of the catalog.
pub(super) type PrefixId = u32;

/// What the catalog knows of a token of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// No term has it.
    Unknown,
    /// A literal. What prefixes it has is known beforehand.
    Word(WordId),
    /// No literal, but some prefix fits.
    Prefixed,
}

/// All literals.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Those that fit into a number: nearly all.
    short: FxHashMap<Packed, WordId>,
    long: FxHashMap<Box<str>, WordId>,
    pub(super) prefixes: Prefixes,
}

/// All prefixes.
#[derive(Debug, Default)]
pub(super) struct Prefixes {
    /// By the first two bytes of a prefix.
    by_head: FxHashMap<[u8; 2], Vec<(Box<str>, PrefixId)>>,
    count: PrefixId,
}

impl Vocabulary {
    /// No literals yet.
    pub(super) fn with(prefixes: Prefixes) -> Self {
        Self {
            prefixes,
            ..Self::default()
        }
    }

    /// Gives a literal its number.
    pub(super) fn add(&mut self, word: &str, id: WordId) {
        match packed(word) {
            Some(packed) => self.short.insert(packed, id),
            None => self.long.insert(word.into(), id),
        };
    }

    /// What is known of a word, given as text and, where it is short, as a number.
    pub(super) fn symbol(&self, word: &str, packed: Option<Packed>) -> Symbol {
        let known = match packed {
            Some(packed) => self.short.get(&packed),
            None => self.long.get(word),
        };
        match known {
            Some(id) => Symbol::Word(*id),
            None if self.prefixes.of(word).next().is_some() => Symbol::Prefixed,
            None => Symbol::Unknown,
        }
    }
}

impl Prefixes {
    /// The number of a prefix.
    pub(super) fn add(&mut self, stem: &str) -> PrefixId {
        let Some(head) = head(stem) else {
            return PrefixId::MAX;
        };
        let known = self.by_head.entry(head).or_default();
        if let Some((_, id)) = known.iter().find(|(it, _)| **it == *stem) {
            return *id;
        }
        let id = self.count;
        self.count += 1;
        known.push((stem.into(), id));
        id
    }

    /// The prefixes that a word begins with.
    pub(super) fn of(&self, word: &str) -> impl Iterator<Item = PrefixId> {
        let known = head(word).and_then(|head| self.by_head.get(&head));
        known
            .into_iter()
            .flatten()
            .filter(move |(stem, _)| word.starts_with(&**stem))
            .map(|(_, id)| *id)
    }
}

fn head(word: &str) -> Option<[u8; 2]> {
    word.as_bytes().first_chunk().copied()
}
