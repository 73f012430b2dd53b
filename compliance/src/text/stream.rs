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

/// Tokens of one run in one reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tokens<'a> {
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

    pub(crate) fn token(self, at: usize) -> &'a Token {
        &self.tokens[at]
    }

    pub(crate) fn iter(self) -> std::slice::Iter<'a, Token> {
        self.tokens.iter()
    }
}
