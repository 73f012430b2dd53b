//! Characters to words: NFKC, lower case, invisible characters dropped, camel case split. Remembers for each
//! character where it stood. One word at a time; sentences are somebody else's.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// A character after normalisation, its case still as written, and the place of what it came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    pub(crate) c: char,
    /// Unicode scalar value of the field it begins at.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The same in bytes.
    pub(crate) byte_start: usize,
    pub(crate) byte_end: usize,
}

/// Accents beyond this many on one letter are decoration.
const ACCENTS: usize = 8;

/// The glyphs of a line that begins at the given place.
pub(crate) fn glyphs(line: &str, start: u32, byte_start: usize, out: &mut Vec<Glyph>) {
    let mut chars = line.char_indices().zip(start..).peekable();
    let mut cluster = String::new();
    while let Some(((at, c), position)) = chars.next() {
        if c.is_ascii() && chars.peek().is_none_or(|((_, next), _)| next.is_ascii()) {
            let byte = byte_start + at;
            out.push(Glyph {
                c,
                start: position,
                end: position + 1,
                byte_start: byte,
                byte_end: byte + 1,
            });
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        cluster.clear();
        cluster.push(c);
        let (mut end, mut byte_end) = (position + 1, byte_start + at + c.len_utf8());
        while let Some(((at, next), position)) =
            chars.next_if(|((_, next), _)| canonical_combining_class(*next) != 0)
        {
            (end, byte_end) = (position + 1, byte_start + at + next.len_utf8());
            if cluster.chars().count() <= ACCENTS {
                cluster.push(next);
            }
        }
        let place = Glyph {
            c,
            start: position,
            end,
            byte_start: byte_start + at,
            byte_end,
        };
        out.extend(cluster.nfkc().map(|c| Glyph {
            c: straight(c),
            ..place
        }));
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn straight(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' => '\'',
        '\u{201c}'..='\u{201e}' => '"',
        '\u{2013}' | '\u{2014}' | '\u{2015}' => '—',
        _ => c,
    }
}

/// Where camel case splits a word: before each of these positions.
pub(crate) fn splits(word: &[Glyph]) -> impl Iterator<Item = usize> + '_ {
    (1..word.len()).filter(|&at| {
        let lower_next = word.get(at + 1).is_some_and(|next| next.c.is_lowercase());
        match (word.get(at - 1), word.get(at)) {
            (Some(before), Some(here)) if here.c.is_uppercase() => {
                before.c.is_lowercase() || (before.c.is_numeric() && lower_next)
            }
            _ => false,
        }
    })
}
