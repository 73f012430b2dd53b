//! A field's text as runs of tokens. A run is as far as one term may reach: at most a sentence, over line wraps.
//! Inside a run, statements end at line breaks and semicolons: as far as one denial may reach.

use std::ops::Range;

use super::lines::{LineKind, lines};
use super::reader::Reader;
use super::stream::{Token, Tokens};
use super::words::glyphs;

/// A field's text, read.
#[derive(Debug, Default)]
pub(crate) struct Passage {
    pub(super) buffer: String,
    pub(super) split: Vec<Token>,
    pub(super) whole: Vec<Token>,
    pub(super) runs: Vec<Reach>,
}

/// As far as one term may reach.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) code: bool,
    pub(super) split: Range<usize>,
    /// Empty where camel case splits nothing.
    pub(super) whole: Range<usize>,
}

/// A run in both readings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) code: bool,
    split: Tokens<'a>,
    whole: Tokens<'a>,
}

impl<'a> Run<'a> {
    /// The run with camel case split.
    pub(crate) const fn split(self) -> Tokens<'a> {
        self.split
    }

    /// The run with camel case split, and where that differs, also unsplit.
    pub(crate) fn streams(self) -> impl Iterator<Item = Tokens<'a>> {
        let differs = self.whole.len() > 0;
        std::iter::once(self.split).chain(differs.then_some(self.whole))
    }
}

impl Passage {
    /// Reads a field.
    pub(crate) fn read(text: &str) -> Self {
        Self::default().read_next(text)
    }

    /// Reads another field into the same memory.
    pub(crate) fn read_next(self, text: &str) -> Self {
        let mut reader = Reader::with_memory_of(self);
        if text.is_empty() {
            return reader.done();
        }
        let (mut start, mut byte) = (0_u32, 0_usize);
        let mut last_kind = LineKind::Prose;
        let mut buffer = Vec::new();
        for line in lines(text) {
            let ascii = line.text.is_ascii();
            if line.kind != LineKind::Dropped {
                if line.starts_block || line.kind != last_kind {
                    reader.end_run();
                }
                reader.code = line.kind == LineKind::Code;
                if ascii {
                    reader.ascii_line(line.text, start, byte);
                } else {
                    buffer.clear();
                    glyphs(line.text, start, byte, &mut buffer);
                    reader.line(&buffer, line.text, byte);
                }
            }
            reader.statement += 1;
            last_kind = line.kind;
            let chars = if ascii {
                line.text.len()
            } else {
                line.text.chars().count()
            };
            start = start.saturating_add(u32::try_from(chars).unwrap_or(u32::MAX - 1) + 1);
            byte += line.text.len() + 1;
        }
        reader.end_run();
        reader.done()
    }

    /// Its runs, in order.
    pub(crate) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        self.runs.iter().map(move |reach| Run {
            code: reach.code,
            split: self.tokens(&self.split, &reach.split),
            whole: self.tokens(&self.whole, &reach.whole),
        })
    }

    fn tokens<'a>(&'a self, all: &'a [Token], range: &Range<usize>) -> Tokens<'a> {
        Tokens {
            buffer: &self.buffer,
            tokens: all.get(range.clone()).unwrap_or_default(),
        }
    }
}
