//! Lines to tokens: where words begin and end, where sentences end, what is a URL or an attachment's name.

use std::ops::Range;

use super::stream::{Pause, Stream, Token};
use super::words::{Glyph, splits};

/// More characters than these between two tokens separate like the end of a sentence.
const WIDEST_GAP: u32 = 32;

/// Reads a field line by line.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) whole: Stream,
    pub(super) split: Stream,
    /// Whether it is code, and its tokens in the split and in the whole stream.
    pub(super) runs: Vec<(bool, Range<usize>, Range<usize>)>,
    run_starts: (usize, usize),
    pub(super) statement: u32,
    pause: Pause,
    pub(super) code: bool,
}

impl Reader {
    /// Ends how far a term may reach.
    pub(super) fn end_run(&mut self) {
        let ends = (self.split.tokens.len(), self.whole.tokens.len());
        if ends.0 > self.run_starts.0 {
            self.runs.push((
                self.code,
                self.run_starts.0..ends.0,
                self.run_starts.1..ends.1,
            ));
        }
        self.run_starts = ends;
        self.statement += 1;
        self.pause = Pause::None;
    }

    /// Reads one line; its glyphs begin at byte `offset` of the field.
    pub(super) fn line(&mut self, line: &[Glyph], text: &str, offset: usize) {
        let mut at = 0;
        let mut url_end = 0;
        while let Some(glyph) = line.get(at) {
            let rest = text.get(glyph.byte_start - offset..).unwrap_or_default();
            if !glyph.c.is_alphanumeric() {
                let skip = attachment(rest);
                self.separate(glyph.c, line.get(at + 1), rest);
                at = if skip == 0 {
                    at + 1
                } else {
                    let until = glyph.byte_start + skip;
                    at + line
                        .iter()
                        .skip(at)
                        .take_while(|glyph| glyph.byte_start < until)
                        .count()
                };
                continue;
            }
            let length = line
                .iter()
                .skip(at)
                .take_while(|glyph| glyph.c.is_alphanumeric())
                .count();
            if glyph.byte_start >= url_end {
                url_end = glyph.byte_start + url_length(rest);
            }
            let word = line.get(at..at + length).unwrap_or_default();
            self.word(word, glyph.byte_start < url_end);
            at += length;
        }
    }

    fn word(&mut self, word: &[Glyph], url: bool) {
        let apart = match (
            self.split
                .tokens
                .get(self.run_starts.0..)
                .and_then(<[Token]>::last),
            word.first(),
        ) {
            (Some(before), Some(here)) => here.start.saturating_sub(before.end) > WIDEST_GAP,
            _ => false,
        };
        if apart {
            self.end_run();
        }
        let like = Token {
            word: (0, 0),
            start: 0,
            end: 0,
            bytes: (0, 0),
            statement: self.statement,
            pause: std::mem::take(&mut self.pause),
            capitals: false,
            url,
        };
        self.whole.push(word, like);
        let mut from = 0;
        let mut piece = like;
        for at in splits(word).chain([word.len()]) {
            self.split
                .push(word.get(from..at).unwrap_or_default(), piece);
            piece.pause = Pause::None;
            from = at;
        }
    }

    fn separate(&mut self, c: char, next: Option<&Glyph>, rest: &str) {
        let at_end = next.is_none_or(|next| !next.c.is_alphanumeric());
        match c {
            '?' if answered(rest) => self.pause = Pause::Colon,
            '.' | '!' | '?' if at_end => self.end_run(),
            '。' | '…' => self.end_run(),
            ';' => {
                self.statement += 1;
                self.pause = Pause::None;
            }
            ':' if at_end => self.pause = Pause::Colon,
            ',' | '(' | ')' | '—' => self.pause = Pause::Comma,
            '-' if at_end && next.is_some_and(|next| next.c == ' ') => self.pause = Pause::Comma,
            _ => {}
        }
    }
}

/// Whether a question mark is followed by nothing but "no" or "none".
fn answered(rest: &str) -> bool {
    if rest.len() > 24 {
        return false;
    }
    let answer = rest.trim_start_matches('?').trim().trim_end_matches('.');
    ["no", "none", "n/a"]
        .iter()
        .any(|no| answer.eq_ignore_ascii_case(no))
}

/// How many bytes at the start are an attachment's name in wiki markup: `[^name]` or `!name.png!`.
fn attachment(rest: &str) -> usize {
    let end = |close: char, from: usize| {
        rest.chars()
            .take(200)
            .collect::<String>()
            .get(from..)?
            .find(close)
    };
    if rest.starts_with("[^") {
        return end(']', 2).map_or(0, |at| at + 3);
    }
    match rest
        .strip_prefix('!')
        .filter(|name| name.starts_with(char::is_alphanumeric))
        .and_then(|_| end('!', 1))
    {
        Some(at)
            if rest
                .get(1..=at)
                .is_some_and(|name| name.contains('.') && !name.contains(char::is_whitespace)) =>
        {
            at + 2
        }
        _ => 0,
    }
}

/// How many bytes at the start are a URL.
fn url_length(rest: &str) -> usize {
    let begins = |scheme: &str| {
        rest.as_bytes()
            .get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme.as_bytes()))
    };
    if ["http://", "https://", "www."].into_iter().any(begins) {
        rest.find(|c: char| c.is_whitespace() || matches!(c, '|' | ']' | ')' | '>' | '"'))
            .unwrap_or(rest.len())
    } else {
        0
    }
}
