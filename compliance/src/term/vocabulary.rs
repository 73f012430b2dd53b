//! Words as small numbers: every literal of the catalog has one, and each text is looked up word by word once.

use rustc_hash::FxHashMap;

/// A literal of the catalog.
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

/// All literals and prefixes.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: FxHashMap<Box<str>, WordId>,
    /// By the first two bytes of a prefix.
    prefixes: FxHashMap<[u8; 2], Vec<(Box<str>, PrefixId)>>,
    prefix_count: PrefixId,
}

impl Vocabulary {
    /// The number of a literal.
    pub(super) fn add_word(&mut self, word: &str) -> WordId {
        let next = WordId::try_from(self.words.len()).unwrap_or(WordId::MAX);
        *self.words.entry(word.into()).or_insert(next)
    }

    /// The number of a prefix.
    pub(super) fn add_prefix(&mut self, stem: &str) -> PrefixId {
        let Some(head) = head(stem) else {
            return PrefixId::MAX;
        };
        let known = self.prefixes.entry(head).or_default();
        if let Some((_, id)) = known.iter().find(|(it, _)| **it == *stem) {
            return *id;
        }
        let id = self.prefix_count;
        self.prefix_count += 1;
        known.push((stem.into(), id));
        id
    }

    /// All literals.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, WordId)> {
        self.words.iter().map(|(word, id)| (&**word, *id))
    }

    /// The prefixes that a word begins with.
    pub(super) fn prefixes_of(&self, word: &str) -> impl Iterator<Item = PrefixId> {
        let known = head(word).and_then(|head| self.prefixes.get(&head));
        known
            .into_iter()
            .flatten()
            .filter(move |(stem, _)| word.starts_with(&**stem))
            .map(|(_, id)| *id)
    }

    /// What is known of a word.
    pub(super) fn symbol(&self, word: &str) -> Symbol {
        match self.words.get(word) {
            Some(id) => Symbol::Word(*id),
            None if self.prefixes_of(word).next().is_some() => Symbol::Prefixed,
            None => Symbol::Unknown,
        }
    }
}

fn head(word: &str) -> Option<[u8; 2]> {
    word.as_bytes().first_chunk().copied()
}
