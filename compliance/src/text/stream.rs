//! Tokens of a field in one reading, with their words in one buffer.

use std::ops::Range;

use super::words::Glyph;

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
    /// Bytes of the stream's buffer.
    pub(super) word: (usize, usize),
    /// Unicode scalar values of the field.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Bytes of the field.
    pub(crate) bytes: (usize, usize),
    pub(crate) statement: u32,
    pub(crate) pause: Pause,
    pub(crate) capitals: bool,
    pub(crate) url: bool,
}

/// Longer tokens are no words: they separate, and never match.
const LONGEST_WORD: usize = 64;

/// The tokens of a field in one reading.
#[derive(Debug, Default)]
pub(super) struct Stream {
    buffer: String,
    pub(super) tokens: Vec<Token>,
}

/// Tokens of one run in one reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tokens<'a> {
    buffer: &'a str,
    tokens: &'a [Token],
}

impl<'a> Tokens<'a> {
    pub(crate) fn len(self) -> usize {
        self.tokens.len()
    }

    /// The normalised word; empty past the end.
    pub(crate) fn word(self, at: usize) -> &'a str {
        self.tokens
            .get(at)
            .and_then(|token| self.buffer.get(token.word.0..token.word.1))
            .unwrap_or_default()
    }

    pub(crate) fn token(self, at: usize) -> &'a Token {
        &self.tokens[at]
    }

    pub(crate) fn iter(self) -> std::slice::Iter<'a, Token> {
        self.tokens.iter()
    }
}

impl Stream {
    pub(super) fn tokens(&self, range: &Range<usize>) -> Tokens<'_> {
        Tokens {
            buffer: &self.buffer,
            tokens: self.tokens.get(range.clone()).unwrap_or_default(),
        }
    }

    /// Adds a word, with everything but its place and case taken from `like`.
    pub(super) fn push(&mut self, glyphs: &[Glyph], like: Token) {
        let (Some(first), Some(last)) = (glyphs.first(), glyphs.last()) else {
            return;
        };
        let from = self.buffer.len();
        if glyphs.len() <= LONGEST_WORD {
            self.buffer
                .extend(glyphs.iter().flat_map(|glyph| glyph.c.to_lowercase()));
        }
        let cased = |test: fn(char) -> bool| glyphs.iter().any(|glyph| test(glyph.c));
        self.tokens.push(Token {
            word: (from, self.buffer.len()),
            start: first.start,
            end: last.end,
            bytes: (first.byte_start, last.byte_end),
            capitals: cased(char::is_uppercase) && !cased(char::is_lowercase),
            ..like
        });
    }
}
