//! Lines to tokens: where words begin and end, where sentences end, what is a URL or an attachment's name.

use std::ops::Range;

use super::ascii::{LOWER, OTHER, UPPER, kind, plain_word, splits_before};
use super::passage::{Passage, Reach};
use super::stream::{LONGEST_WORD, PACKED, Pause, Token};
use super::words::{Glyph, splits};

/// More characters than these between two tokens separate like the end of a sentence.
const WIDEST_GAP: u32 = 32;

/// Reads a field line by line.
#[derive(Default)]
pub(super) struct Reader {
    /// UTF-8.
    buffer: Vec<u8>,
    split: Vec<Token>,
    whole: Vec<Token>,
    runs: Vec<Reach>,
    run_start: usize,
    /// Whether camel case split a word of the run.
    splits: bool,
    pub(super) statement: u32,
    pause: Pause,
    pub(super) code: bool,
}

impl Reader {
    /// Ready to read, in the memory of what was read before.
    pub(super) fn with_memory_of(passage: Passage) -> Self {
        let mut reader = Self {
            buffer: passage.buffer.into_bytes(),
            split: passage.split,
            whole: passage.whole,
            runs: passage.runs,
            ..Self::default()
        };
        reader.buffer.clear();
        reader.split.clear();
        reader.whole.clear();
        reader.runs.clear();
        reader
    }

    /// What was read.
    pub(super) fn done(mut self) -> Passage {
        self.buffer.extend([0; PACKED]);
        Passage {
            // Only whole characters were written.
            buffer: String::from_utf8(self.buffer).unwrap_or_default(),
            split: self.split,
            whole: self.whole,
            runs: self.runs,
        }
    }

    /// Ends how far a term may reach.
    pub(super) fn end_run(&mut self) {
        let end = self.split.len();
        if end > self.run_start {
            let from = self.whole.len();
            if std::mem::take(&mut self.splits) {
                self.join_words();
            }
            self.runs.push(Reach {
                code: self.code,
                split: self.run_start..end,
                whole: from..self.whole.len(),
            });
        }
        self.run_start = end;
        self.statement += 1;
        self.pause = Pause::None;
    }

    /// The run unsplit: the pieces of a word stand side by side in the buffer.
    fn join_words(&mut self) {
        let from = self.whole.len();
        for token in self.split.get(self.run_start..).unwrap_or_default() {
            match self.whole.last_mut() {
                Some(last) if token.joined => {
                    last.word.1 = token.word.1;
                    last.end = token.end;
                    last.bytes.1 = token.bytes.1;
                    last.upper |= token.upper;
                    last.lower |= token.lower;
                }
                _ => self.whole.push(*token),
            }
        }
        for token in self.whole.get_mut(from..).unwrap_or_default() {
            if (token.word.1 - token.word.0) as usize > LONGEST_WORD {
                token.word.1 = token.word.0;
            }
        }
    }

    /// Reads one line of ASCII, which begins at character `start` and byte `offset` of the field.
    pub(super) fn ascii_line(&mut self, text: &str, start: u32, offset: usize) {
        let line = text.as_bytes();
        let offset = short(offset);
        let (mut at, mut url_end) = (0, 0);
        while let Some(&byte) = line.get(at) {
            if kind(byte) == OTHER {
                at += 1;
                if byte == b' ' {
                    continue;
                }
                let rest = text.get(at - 1..).unwrap_or_default();
                let next = line.get(at).copied();
                self.separate(char::from(byte), next.map(char::from), rest);
                if matches!(byte, b'[' | b'!') {
                    at += attachment(rest).saturating_sub(1);
                }
                continue;
            }
            let from = at;
            if from >= url_end && matches!(byte, b'h' | b'H' | b'w' | b'W') {
                url_end = from + url_length(text.get(from..).unwrap_or_default());
            }
            let here = short(from);
            self.before_word(start.saturating_add(here));
            let token = self.next_token(from < url_end);
            let place = (start.saturating_add(here), offset.saturating_add(here));
            at = match plain_word(line, from) {
                Some((end, seen)) => {
                    self.plain_word(line, from..end, place, token, seen);
                    end
                }
                None => self.ascii_word(line, from, place, token),
            };
        }
    }

    /// Reads a word that is nowhere split.
    fn plain_word(
        &mut self,
        line: &[u8],
        word: Range<usize>,
        (start, byte): (u32, u32),
        mut token: Token,
        seen: u8,
    ) {
        let length = word.len();
        let begin = self.buffer.len();
        if length <= LONGEST_WORD {
            self.buffer
                .extend_from_slice(line.get(word).unwrap_or_default());
            if let Some(word) = self.buffer.get_mut(begin..).filter(|_| seen & UPPER != 0) {
                word.make_ascii_lowercase();
            }
        }
        token.word = (short(begin), short(self.buffer.len()));
        (token.start, token.end) = (start, start.saturating_add(short(length)));
        token.bytes = (byte, byte.saturating_add(short(length)));
        (token.upper, token.lower) = (seen & UPPER != 0, seen & LOWER != 0);
        self.split.push(token);
    }

    /// Reads the word that begins at `from`, and says where it ends.
    fn ascii_word(
        &mut self,
        line: &[u8],
        from: usize,
        (start, byte): (u32, u32),
        mut token: Token,
    ) -> usize {
        let (mut piece, mut at) = (from, from);
        let mut seen = 0;
        let mut begin = self.buffer.len();
        loop {
            let here = line.get(at).copied().unwrap_or_default();
            let class = kind(here);
            let splits = class == UPPER && at > piece && splits_before(line, at);
            if class == OTHER || splits {
                let (first, last) = (short(piece - from), short(at - from));
                if at - piece > LONGEST_WORD {
                    self.buffer.truncate(begin);
                }
                token.word = (short(begin), short(self.buffer.len()));
                (token.start, token.end) =
                    (start.saturating_add(first), start.saturating_add(last));
                token.bytes = (byte.saturating_add(first), byte.saturating_add(last));
                (token.upper, token.lower) = (seen & UPPER != 0, seen & LOWER != 0);
                self.split.push(token);
                self.splits |= token.joined;
                if class == OTHER {
                    return at;
                }
                (token.joined, token.pause) = (true, Pause::None);
                (piece, seen, begin) = (at, 0, self.buffer.len());
            }
            seen |= class;
            self.buffer.push(here.to_ascii_lowercase());
            at += 1;
        }
    }

    /// Reads one line; its glyphs begin at byte `offset` of the field.
    pub(super) fn line(&mut self, line: &[Glyph], text: &str, offset: usize) {
        let mut at = 0;
        let mut url_end = 0;
        while let Some(glyph) = line.get(at) {
            let rest = text.get(glyph.byte_start - offset..).unwrap_or_default();
            if !glyph.c.is_alphanumeric() {
                let skip = attachment(rest);
                let next = line.get(at + 1).map(|next| next.c);
                self.separate(glyph.c, next, rest);
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
        let Some(first) = word.first() else { return };
        self.before_word(first.start);
        let mut token = self.next_token(url);
        let mut from = 0;
        for at in splits(word).chain([word.len()]) {
            let piece = word.get(from..at).unwrap_or_default();
            let (Some(first), Some(last)) = (piece.first(), piece.last()) else {
                continue;
            };
            let begin = self.buffer.len();
            if piece.len() <= LONGEST_WORD {
                for c in piece.iter().flat_map(|glyph| glyph.c.to_lowercase()) {
                    self.buffer
                        .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            token.word = (short(begin), short(self.buffer.len()));
            (token.start, token.end) = (first.start, last.end);
            token.bytes = (short(first.byte_start), short(last.byte_end));
            token.upper = piece.iter().any(|glyph| glyph.c.is_uppercase());
            token.lower = piece.iter().any(|glyph| glyph.c.is_lowercase());
            self.split.push(token);
            self.splits |= token.joined;
            token.joined = true;
            token.pause = Pause::None;
            from = at;
        }
    }

    /// Words that stand far apart stand in different runs.
    fn before_word(&mut self, start: u32) {
        let before = self.split.get(self.run_start..).and_then(<[Token]>::last);
        if before.is_some_and(|before| start.saturating_sub(before.end) > WIDEST_GAP) {
            self.end_run();
        }
    }

    fn next_token(&mut self, url: bool) -> Token {
        Token {
            word: (0, 0),
            start: 0,
            end: 0,
            bytes: (0, 0),
            statement: self.statement,
            pause: std::mem::take(&mut self.pause),
            url,
            joined: false,
            upper: false,
            lower: false,
        }
    }

    fn separate(&mut self, c: char, next: Option<char>, rest: &str) {
        let at_end = next.is_none_or(|next| !next.is_alphanumeric());
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
            '-' if at_end && next == Some(' ') => self.pause = Pause::Comma,
            _ => {}
        }
    }
}

/// Places are 32 bits wide; a field longer than 4 GiB is read no further.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
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
