//! The scan: one pass over bytes that should be canonical, forwards only. Allocates nothing, but for the
//! rare member names that hold an escape or a character beyond ASCII.

use std::cmp::Ordering;

use super::{Flaw, MAX_INTEGER, NotCanonical};

/// A place in the bytes; all before it is canonical.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    text: &'a str,
    at: usize,
    flaw: Option<NotCanonical>,
}

/// The bytes are not canonical; the scan knows why. Of no size, so that passing it on costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

/// What stands between the quotes of a member's name, escapes as written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    inside: &'a [u8],
    /// 0 if it is ASCII without escapes: then its bytes stand in the order of its UTF-16 code units. A word,
    /// since a smaller member would leave padding, which is slow to copy.
    other: u64,
}

/// A byte of each kind in all eight places of a word.
const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES * 0x80;

/// Marks the bytes of the word at which a run of ordinary characters ends: a quote, a backslash, a control
/// character. Bytes above the lowest mark may be marked wrongly; the lowest mark is right.
const fn ends(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20);
    let quote = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    (control | quote | backslash) & !word & HIGH
}

impl<'a> Scan<'a> {
    /// Begins at the first byte.
    pub(crate) fn over(bytes: &'a [u8]) -> Result<Self, NotCanonical> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                text,
                at: 0,
                flaw: None,
            }),
            Err(error) => Err(NotCanonical {
                at: error.valid_up_to(),
                what: Flaw::Utf8,
            }),
        }
    }

    /// How far it came.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// The text from there to here. Both ends are where a token begins or ends.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Ends the scan: if it passed over what it was to pass over, nothing may follow.
    pub(crate) fn end<T>(mut self, passed: Result<T, Stopped>) -> Result<T, NotCanonical> {
        let ended = passed.and_then(|passed| {
            if self.at < self.text.len() {
                self.flaw(Flaw::Trailing)
            } else {
                Ok(passed)
            }
        });
        match (ended, self.flaw) {
            (Ok(passed), _) => Ok(passed),
            (Err(Stopped), Some(flaw)) => Err(flaw),
            // Whoever stops says why.
            (Err(Stopped), None) => Err(NotCanonical {
                at: self.at,
                what: Flaw::Syntax,
            }),
        }
    }

    #[cold]
    fn flaw<T>(&mut self, what: Flaw) -> Result<T, Stopped> {
        self.flaw_at(self.at, what)
    }

    #[cold]
    fn flaw_at<T>(&mut self, at: usize, what: Flaw) -> Result<T, Stopped> {
        self.flaw = Some(NotCanonical { at, what });
        Err(Stopped)
    }

    /// The byte that comes next.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn byte(&mut self, byte: u8) -> Result<(), Stopped> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            self.flaw(Flaw::Syntax)
        }
    }

    /// The text up to the next quote.
    pub(crate) fn until_quote(&mut self) -> Option<&'a str> {
        let (before, _) = self.text.get(self.at..)?.split_once('"')?;
        self.at += before.len();
        Some(before)
    }

    /// The next so many bytes.
    pub(crate) fn next(&mut self, length: usize) -> Option<&'a str> {
        let next = self.text.get(self.at..)?.get(..length)?;
        self.at += length;
        Some(next)
    }

    /// Passes over these bytes.
    pub(crate) fn word(&mut self, word: &[u8]) -> Result<(), Stopped> {
        if self.rest().starts_with(word) {
            self.at += word.len();
            Ok(())
        } else {
            self.flaw(Flaw::Syntax)
        }
    }

    /// Passes over a value that may be nested this deep.
    pub(crate) fn value(&mut self, depth: usize) -> Result<(), Stopped> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.members(depth, |scan, _, depth| scan.value(depth)),
            Some(b'[') => self.items(depth, Self::value),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            _ => self.flaw(Flaw::Syntax),
        }
    }

    /// Passes over an object, from its brace on. `member` is given each name and has to pass over the value,
    /// which may be nested as deep as it is told.
    pub(crate) fn members(
        &mut self,
        depth: usize,
        mut member: impl FnMut(&mut Self, Name<'a>, usize) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        let Some(depth) = depth.checked_sub(1) else {
            return self.flaw(Flaw::Depth);
        };
        self.byte(b'{')?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let mut before: Option<Name<'a>> = None;
        loop {
            let at = self.at;
            let name = self.string()?;
            match before.map_or(Ordering::Less, |before| before.order(name)) {
                Ordering::Less => {}
                Ordering::Equal => return self.flaw_at(at, Flaw::Duplicate),
                Ordering::Greater => return self.flaw_at(at, Flaw::Order),
            }
            before = Some(name);
            self.byte(b':')?;
            member(self, name, depth)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return self.flaw(Flaw::Syntax),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Passes over an array, from its bracket on. `item` has to pass over each item, which may be nested as
    /// deep as it is told.
    pub(crate) fn items(
        &mut self,
        depth: usize,
        mut item: impl FnMut(&mut Self, usize) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        let Some(depth) = depth.checked_sub(1) else {
            return self.flaw(Flaw::Depth);
        };
        self.byte(b'[')?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            item(self, depth)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return self.flaw(Flaw::Syntax),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Passes over a string, eight bytes at a time as long as nothing but ordinary characters comes.
    fn string(&mut self) -> Result<Name<'a>, Stopped> {
        self.byte(b'"')?;
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut beyond_ascii = 0;
        let mut escaped = 0;
        loop {
            while let Some(eight) = bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
                let word = u64::from_le_bytes(*eight);
                let ends = ends(word);
                if ends != 0 {
                    let ordinary = ends.trailing_zeros() / 8;
                    // Only what stands before the end belongs to this string.
                    beyond_ascii |= word & HIGH & (ends & ends.wrapping_neg()).wrapping_sub(1);
                    self.at += ordinary as usize;
                    break;
                }
                beyond_ascii |= word & HIGH;
                self.at += 8;
            }
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = 1;
                    self.escape()?;
                }
                Some(byte @ 0x20..) => {
                    beyond_ascii |= u64::from(byte & 0x80);
                    self.at += 1;
                }
                Some(_) => return self.flaw(Flaw::Escape),
                None => return self.flaw(Flaw::Syntax),
            }
        }
        let inside = &bytes[start..self.at];
        self.at += 1;
        Ok(Name {
            inside,
            other: beyond_ascii | escaped,
        })
    }

    /// RFC 8785, section 3.2.2.2: two-character escapes where they exist, `\u00xx` in lower case for
    /// the other control characters, nothing else escaped.
    fn escape(&mut self) -> Result<(), Stopped> {
        let length = match self.rest() {
            [_, b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..] => 2,
            [
                _,
                b'u',
                b'0',
                b'0',
                b'0',
                b'0'..=b'7' | b'b' | b'e' | b'f',
                ..,
            ] => 6,
            [_, b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..] => 6,
            _ => return self.flaw(Flaw::Escape),
        };
        self.at += length;
        Ok(())
    }

    /// Passes over an integer.
    pub(crate) fn integer(&mut self) -> Result<(), Stopped> {
        let negative = self.peek() == Some(b'-');
        if negative {
            self.at += 1;
        }
        let rest = self.rest();
        let mut digits = 0;
        let mut size = Some(0u64);
        while let Some(digit @ b'0'..=b'9') = rest.get(digits) {
            size = size.and_then(|size| size.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
            digits += 1;
        }
        let leading_zero = digits > 1 && rest.first() == Some(&b'0');
        let minus_zero = negative && digits == 1 && size == Some(0);
        if digits == 0 || leading_zero || minus_zero {
            return self.flaw(Flaw::Number);
        }
        if matches!(rest.get(digits), Some(b'.' | b'e' | b'E')) {
            return self.flaw(Flaw::Number);
        }
        match size {
            Some(size) if size <= MAX_INTEGER => {
                self.at += digits;
                Ok(())
            }
            _ => self.flaw(Flaw::Range),
        }
    }
}

impl Name<'_> {
    /// Whether it is this name, which is plain.
    pub(crate) fn is(self, plain: &str) -> bool {
        self.inside == plain.as_bytes()
    }

    /// The order of member names by RFC 8785, section 3.2.3: by UTF-16 code units.
    fn order(self, other: Self) -> Ordering {
        if self.other | other.other == 0 {
            // Most names differ in their first byte.
            return match (self.inside.first(), other.inside.first()) {
                (Some(a), Some(b)) if a != b => a.cmp(b),
                _ => self.inside.cmp(other.inside),
            };
        }
        let units = |name: Self| unescape(name.inside);
        units(self).encode_utf16().cmp(units(other).encode_utf16())
    }
}

/// The characters of a name that the scan passed over.
fn unescape(inside: &[u8]) -> String {
    // Canonical strings are JSON.
    serde_json::from_slice(&[b"\"", inside, b"\""].concat()).unwrap_or_default()
}
