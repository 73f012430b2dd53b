//! The canonical form read plainly: byte by byte, without looking ahead. Slow, and easy to hold against
//! section 3 of the specification.

use ledger::canonical::{Flaw, MAX_DEPTH, MAX_INTEGER, NotCanonical};

/// Whether the bytes are exactly one canonical value.
///
/// # Errors
/// The first flaw and its place.
pub(crate) fn check(bytes: &[u8]) -> Result<(), NotCanonical> {
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(NotCanonical {
            at: error.valid_up_to(),
            what: Flaw::Utf8,
        });
    }
    let mut scan = Scan { bytes, at: 0 };
    scan.value(MAX_DEPTH)?;
    if scan.at < bytes.len() {
        scan.flaw(Flaw::Trailing)
    } else {
        Ok(())
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn flaw<T>(&self, what: Flaw) -> Result<T, NotCanonical> {
        Err(NotCanonical { at: self.at, what })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn word(&mut self, word: &[u8]) -> Result<(), NotCanonical> {
        if self.bytes[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(())
        } else {
            self.flaw(Flaw::Syntax)
        }
    }

    fn value(&mut self, depth: usize) -> Result<(), NotCanonical> {
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(drop),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            _ => self.flaw(Flaw::Syntax),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), NotCanonical> {
        let Some(depth) = depth.checked_sub(1) else {
            return self.flaw(Flaw::Depth);
        };
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let mut before: Option<&'a [u8]> = None;
        loop {
            let start = self.at;
            let name = self.string()?;
            if let Some(before) = before {
                let flaw = match utf16_order(before, name) {
                    std::cmp::Ordering::Less => None,
                    std::cmp::Ordering::Equal => Some(Flaw::Duplicate),
                    std::cmp::Ordering::Greater => Some(Flaw::Order),
                };
                if let Some(what) = flaw {
                    return Err(NotCanonical { at: start, what });
                }
            }
            before = Some(name);
            self.word(b":")?;
            self.value(depth)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return self.flaw(Flaw::Syntax),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Result<(), NotCanonical> {
        let Some(depth) = depth.checked_sub(1) else {
            return self.flaw(Flaw::Depth);
        };
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return self.flaw(Flaw::Syntax),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Passes over a string and gives what stands between its quotes, escapes as written.
    fn string(&mut self) -> Result<&'a [u8], NotCanonical> {
        self.word(b"\"")?;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(0x20..) => self.at += 1,
                Some(_) => return self.flaw(Flaw::Escape),
                None => return self.flaw(Flaw::Syntax),
            }
        }
        let inside = &self.bytes[start..self.at];
        self.at += 1;
        Ok(inside)
    }

    /// RFC 8785, section 3.2.2.2: two-character escapes where they exist, `\u00xx` in lower case for
    /// the other control characters, nothing else escaped.
    fn escape(&mut self) -> Result<(), NotCanonical> {
        let rest = &self.bytes[self.at + 1..];
        let length = match rest {
            [b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..] => 2,
            [b'u', b'0', b'0', b'0', b'0'..=b'7' | b'b' | b'e' | b'f', ..] => 6,
            [b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..] => 6,
            _ => return self.flaw(Flaw::Escape),
        };
        self.at += length;
        Ok(())
    }

    fn integer(&mut self) -> Result<(), NotCanonical> {
        let negative = self.peek() == Some(b'-');
        if negative {
            self.at += 1;
        }
        let digits = self.bytes[self.at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let text = &self.bytes[self.at..self.at + digits];
        let leading_zero = matches!(text, [b'0', _, ..]);
        if digits == 0 || leading_zero || (negative && text == b"0") {
            return self.flaw(Flaw::Number);
        }
        if matches!(self.bytes.get(self.at + digits), Some(b'.' | b'e' | b'E')) {
            return self.flaw(Flaw::Number);
        }
        let size = text.iter().try_fold(0u64, |sum, digit| {
            sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        });
        match size {
            Some(size) if size <= MAX_INTEGER => {
                self.at += digits;
                Ok(())
            }
            _ => self.flaw(Flaw::Range),
        }
    }
}

/// The order of member names by RFC 8785, section 3.2.3: by UTF-16 code units.
fn utf16_order(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    let plain = |name: &[u8]| name.iter().all(|b| b.is_ascii() && *b != b'\\');
    if plain(a) && plain(b) {
        return a.cmp(b);
    }
    unescape(a).encode_utf16().cmp(unescape(b).encode_utf16())
}

/// The characters of a checked member name. Its escapes are all valid by then.
fn unescape(inside: &[u8]) -> String {
    let quoted = [b"\"", inside, b"\""].concat();
    serde_json::from_slice(&quoted).unwrap_or_default()
}
