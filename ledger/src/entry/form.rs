//! The forms that members of an entry must have, and in which order they are looked at.

use super::{EntryError, VERSION};
use crate::canonical::MAX_INTEGER;
use crate::hash::Hash;

/// The members of an entry that have a form of their own, besides those whose type holds it.
pub(super) struct Fields<'a> {
    pub(super) v: u64,
    pub(super) seq: u64,
    pub(super) prev: Hash,
    pub(super) id: &'a str,
    pub(super) at: &'a str,
    pub(super) kind: &'a str,
    pub(super) source: &'a str,
    pub(super) severity: &'a str,
    pub(super) subject: &'a str,
    pub(super) actor: &'a str,
}

impl Fields<'_> {
    /// The first member that has not its form, if there is one.
    pub(super) fn check(&self) -> Result<(), EntryError> {
        if self.v != VERSION {
            return Err(EntryError::Field("v"));
        }
        check_place(self.seq, self.prev)?;
        let wrong = if !is_event_id(self.id) {
            "id"
        } else if !is_instant(self.at) {
            "at"
        } else if !is_upper_snake(self.kind) {
            "type"
        } else if !is_upper_snake(self.source) {
            "source"
        } else if !matches!(
            self.severity,
            "INFO" | "LOW" | "MEDIUM" | "HIGH" | "CRITICAL"
        ) {
            "severity"
        } else if !is_subject(self.subject) {
            "subject"
        } else if !is_subject(self.actor) {
            "actor"
        } else {
            return Ok(());
        };
        Err(EntryError::Field(wrong))
    }
}

/// Whether there is such a place: only the first entry has none before it.
pub(super) fn check_place(seq: u64, prev: Hash) -> Result<(), EntryError> {
    let first_has_none_before = (seq == 0) == (prev == Hash::NONE);
    if seq < MAX_INTEGER && first_has_none_before {
        Ok(())
    } else {
        Err(EntryError::Field("seq"))
    }
}

pub(super) fn is_origin(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'+')
}

/// Crockford's digits in upper case. Looked up and not compared: there are 26 of them in each entry's id.
const CROCKFORD: [bool; 256] = {
    let mut digits = [false; 256];
    let mut at = 0;
    while at < 32 {
        digits[b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[at] as usize] = true;
        at += 1;
    }
    digits
};

/// `evt_` and a ULID in its one form: 26 of Crockford's digits in upper case, 128 bits at most.
fn is_event_id(text: &str) -> bool {
    text.strip_prefix("evt_").is_some_and(|ulid| {
        ulid.len() == 26
            && ulid.as_bytes().first() <= Some(&b'7')
            && ulid
                .bytes()
                .fold(true, |fits, b| fits & CROCKFORD[usize::from(b)])
    })
}

fn is_upper_snake(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn is_subject(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'/' | b'_' | b'.' | b'-'))
}

/// `YYYY-MM-DDThh:mm:ss.mmmZ`, a date and time that exist, leap seconds aside.
#[must_use]
pub fn is_instant(text: &str) -> bool {
    let Ok(bytes) = <&[u8; 24]>::try_from(text.as_bytes()) else {
        return false;
    };
    let fits = bytes.iter().zip(b"dddd-dd-ddTdd:dd:dd.dddZ").all(|(b, s)| {
        if *s == b'd' {
            b.is_ascii_digit()
        } else {
            b == s
        }
    });
    if !fits {
        return false;
    }
    let number = |from: usize, to: usize| {
        let digits = bytes[from..to].iter();
        digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day) && number(11, 13) < 24 && number(14, 16) < 60 && number(17, 19) < 60
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;

    #[test]
    fn an_origin_is_printable_ascii_without_a_plus_sign() {
        assert!(is_origin("!"));
        assert!(is_origin(&"~".repeat(200)));
        let long = "a".repeat(201);
        for text in ["", " ", "a b", "a+b", "a\n", "a\u{7f}", "\u{e4}", &long] {
            assert!(!is_origin(text), "{text:?}");
        }
    }

    #[test]
    fn an_event_id_is_what_a_ulid_is_written_as() {
        let ulids = [0, 1, u128::MAX, u128::MAX / 3, 0x0123_4567_89ab_cdef];
        for ulid in ulids.map(|n| Ulid(n).to_string()) {
            assert!(is_event_id(&format!("evt_{ulid}")), "{ulid}");
            for (at, _) in ulid.char_indices() {
                for byte in 0x20..0x7f_u8 {
                    let mut text = ulid.clone();
                    text.replace_range(at..=at, &char::from(byte).to_string());
                    let read = Ulid::from_string(&text).is_ok_and(|read| read.to_string() == text);
                    assert_eq!(is_event_id(&format!("evt_{text}")), read, "{text}");
                }
            }
            assert!(!is_event_id(&format!("evt_{ulid}0")));
            assert!(!is_event_id(&format!("evt_{}", &ulid[1..])));
            assert!(!is_event_id(&ulid));
        }
    }
}
