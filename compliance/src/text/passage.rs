//! A field's text as runs of tokens. A run is as far as one term may reach: at most a sentence, over line wraps.
//! Inside a run, statements end at line breaks and semicolons: as far as one denial may reach.

use std::ops::Range;

use super::lines::{LineKind, lines};
use super::reader::Reader;
use super::stream::{Stream, Tokens};
use super::words::glyphs;

/// A field's text, read.
#[derive(Debug)]
pub(crate) struct Passage {
    whole: Stream,
    split: Stream,
    runs: Vec<(bool, Range<usize>, Range<usize>)>,
}

/// A run in both readings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) code: bool,
    split: Tokens<'a>,
    whole: Tokens<'a>,
}

impl<'a> Run<'a> {
    /// The run with camel case split, and where that differs, also unsplit.
    pub(crate) fn streams(self) -> impl Iterator<Item = Tokens<'a>> {
        let differs = self.split.len() != self.whole.len();
        std::iter::once(self.split).chain(differs.then_some(self.whole))
    }
}

impl Passage {
    /// Reads a field.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader::default();
        let (mut start, mut byte) = (0_u32, 0_usize);
        let mut last_kind = LineKind::Prose;
        let mut buffer = Vec::new();
        for line in lines(text) {
            if line.kind != LineKind::Dropped {
                if line.starts_block || line.kind != last_kind {
                    reader.end_run();
                }
                reader.code = line.kind == LineKind::Code;
                buffer.clear();
                glyphs(line.text, start, byte, &mut buffer);
                reader.line(&buffer, line.text, byte);
            }
            reader.statement += 1;
            last_kind = line.kind;
            start = start
                .saturating_add(u32::try_from(line.text.chars().count()).unwrap_or(u32::MAX) + 1);
            byte += line.text.len() + 1;
        }
        reader.end_run();
        Self {
            whole: reader.whole,
            split: reader.split,
            runs: reader.runs,
        }
    }

    /// Its runs, in order.
    pub(crate) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        self.runs.iter().map(|(code, split, whole)| Run {
            code: *code,
            split: self.split.tokens(split),
            whole: self.whole.tokens(whole),
        })
    }
}
