//! Tokens of a field in one reading, with their words in one buffer.

/// What stands between a token and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pause {
    /// A colon, or a question that is answered at once.
    Colon,
    /// A comma, a parenthesis or a dash.
    Comma,
    /// Blanks or joining characters.
    #[default]
    None,
}

/// A normalised token and where it stood in the field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Bytes of the buffer.
    pub(super) word: (u32, u32),
    /// Unicode scalar values of the field.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Bytes of the field.
    pub(crate) bytes: (u32, u32),
    pub(crate) statement: u32,
    pub(crate) pause: Pause,
    pub(crate) url: bool,
    /// Whether it goes on with the word of the token before: camel case split it.
    pub(super) joined: bool,
    pub(super) upper: bool,
    pub(super) lower: bool,
}

/// Longer tokens are no words: they separate, and never match.
pub(super) const LONGEST_WORD: usize = 64;

/// A word of at most [`PACKED`] bytes as two numbers, zeros behind it: no word has a zero byte.
pub(crate) type Packed = [u64; 2];

/// The most bytes that are packed.
pub(super) const PACKED: usize = 16;

/// The numbers of a word, where it is short enough.
pub(crate) fn packed(word: &str) -> Option<Packed> {
    let mut bytes = [0; PACKED];
    bytes
        .get_mut(..word.len())?
        .copy_from_slice(word.as_bytes());
    Some(first_of(bytes, word.len()))
}

/// What is kept of two numbers, by how many bytes are.
const KEPT: [Packed; PACKED + 1] = {
    const fn low(bytes: usize) -> u64 {
        if bytes < 8 {
            (1 << (8 * bytes)) - 1
        } else {
            u64::MAX
        }
    }
    let mut kept = [[0; 2]; PACKED + 1];
    let mut bytes = 0;
    while bytes <= PACKED {
        kept[bytes] = [low(bytes), low(bytes.saturating_sub(8))];
        bytes += 1;
    }
    kept
};

/// The first bytes as numbers, the others taken for zeros.
fn first_of(bytes: [u8; PACKED], length: usize) -> Packed {
    let [kept_low, kept_high] = KEPT.get(length).copied().unwrap_or_default();
    let (low, high) = bytes.split_at(PACKED / 2);
    let number = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
    [number(low) & kept_low, number(high) & kept_high]
}

/// Tokens of one run in one reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tokens<'a> {
    /// Words, and [`PACKED`] zero bytes at the end.
    pub(super) buffer: &'a str,
    pub(super) tokens: &'a [Token],
}

impl Token {
    /// Whether it is written in capitals alone.
    pub(crate) const fn capitals(&self) -> bool {
        self.upper && !self.lower
    }
}

impl<'a> Tokens<'a> {
    pub(crate) const fn len(self) -> usize {
        self.tokens.len()
    }

    /// The normalised word; empty past the end.
    pub(crate) fn word(self, at: usize) -> &'a str {
        self.tokens
            .get(at)
            .and_then(|token| {
                self.buffer
                    .get(token.word.0 as usize..token.word.1 as usize)
            })
            .unwrap_or_default()
    }

    /// The normalised word, and its numbers where it is short enough.
    pub(crate) fn word_and_packed(self, at: usize) -> (&'a str, Option<Packed>) {
        let word = self.word(at);
        let from = self.tokens.get(at).map_or(0, |token| token.word.0 as usize);
        let bytes = self.buffer.as_bytes().get(from..from + PACKED);
        let bytes = bytes.and_then(|bytes| <[u8; PACKED]>::try_from(bytes).ok());
        let bytes = bytes.filter(|_| word.len() <= PACKED);
        (word, bytes.map(|bytes| first_of(bytes, word.len())))
    }

    pub(crate) fn token(self, at: usize) -> &'a Token {
        &self.tokens[at]
    }

    pub(crate) fn iter(self) -> std::slice::Iter<'a, Token> {
        self.tokens.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_have_numbers_of_their_own_and_long_ones_none() {
        let words = [
            "",
            "a",
            "b",
            "aa",
            "abcdefgh",
            "abcdefghi",
            "abcdefghj",
            "abcdefghijklmnop",
        ];
        let numbers: std::collections::BTreeSet<_> = words.into_iter().filter_map(packed).collect();
        assert_eq!(numbers.len(), words.len());
        assert_eq!(packed("abcdefghijklmnopq"), None);
    }

    #[test]
    fn a_word_of_a_text_has_the_numbers_that_it_has_alone() {
        let passage = crate::text::Passage::read("Ask abcdefgh, abcdefghi or abcdefghijklmnopq");
        for run in passage.runs() {
            let tokens = run.split();
            for at in 0..tokens.len() {
                let (word, numbers) = tokens.word_and_packed(at);
                assert_eq!(numbers, packed(word), "{word}");
            }
        }
    }
}
