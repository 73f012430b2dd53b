//! Canonical JSON: RFC 8785 restricted to objects, arrays, strings, booleans and integers of at most
//! 2^53 in size. `null` and fractions do not exist here.
//!
//! [`check`] decides whether bytes are canonical in one pass and without a parse tree. Nothing here
//! ever rewrites bytes in order to verify them.

mod object;
mod scan;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

pub use object::Object;
pub(crate) use scan::{Scan, Stopped};

/// The largest integer, in size, that the canonical form admits.
pub const MAX_INTEGER: u64 = 1 << 53;

/// How deep objects and arrays may be nested.
pub const MAX_DEPTH: usize = 16;

/// Why bytes are not canonical, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct NotCanonical {
    /// Offset of the byte at which the flaw shows.
    pub at: usize,
    /// The flaw.
    pub what: Flaw,
}

/// What can be wrong with bytes that should be canonical JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not UTF-8.
    #[error("text that is not UTF-8")]
    Utf8,
    /// A byte that cannot stand there: white space, a syntax error, `null`, or the end.
    #[error("an unexpected byte or the end")]
    Syntax,
    /// A character written in another way than the one the canonical form prescribes.
    #[error("a character not written in its canonical way")]
    Escape,
    /// A number that is not an integer in shortest form.
    #[error("a number that is not an integer in canonical form")]
    Number,
    /// An integer of more than 2^53 in size.
    #[error("an integer beyond 2^53")]
    Range,
    /// A member name that stands before one it should follow.
    #[error("a member out of order")]
    Order,
    /// A member name that stands twice.
    #[error("a member that stands twice")]
    Duplicate,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nesting beyond the limit")]
    Depth,
    /// Bytes after the end of the value.
    #[error("bytes after the end")]
    Trailing,
}

/// Why a value cannot be written canonically.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The value has no JSON form.
    #[error("the value has no JSON form")]
    Json(#[from] serde_json::Error),
    /// The value holds something the ledger does not admit.
    #[error("the value does not fit the ledger: {0}")]
    Unfit(#[from] NotCanonical),
}

/// The canonical bytes of a value.
///
/// # Errors
/// If the value holds a `null`, a fraction, an integer beyond 2^53, or is nested too deep.
pub fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, WriteError> {
    let value: Value = serde_json::to_value(value)?;
    refuse_big_integers(&value)?;
    let bytes = serde_json_canonicalizer::to_vec(&value)?;
    check(&bytes)?;
    Ok(bytes)
}

/// RFC 8785 writers turn a big integer silently into its nearest double, so it is refused before.
fn refuse_big_integers(value: &Value) -> Result<(), NotCanonical> {
    match value {
        Value::Number(number) => {
            let fits = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
            match fits {
                Some(size) if size <= MAX_INTEGER => Ok(()),
                Some(_) => Err(NotCanonical {
                    at: 0,
                    what: Flaw::Range,
                }),
                None => Err(NotCanonical {
                    at: 0,
                    what: Flaw::Number,
                }),
            }
        }
        Value::Array(items) => items.iter().try_for_each(refuse_big_integers),
        Value::Object(members) => members.values().try_for_each(refuse_big_integers),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// Whether the bytes are exactly one canonical value.
///
/// # Errors
/// The first flaw and its place.
pub fn check(bytes: &[u8]) -> Result<(), NotCanonical> {
    let mut scan = Scan::over(bytes)?;
    let passed = scan.value(MAX_DEPTH);
    scan.end(passed)
}

/// The characters of a canonical string; none if the value is not one.
pub(crate) fn characters(value: &str) -> Option<Cow<'_, str>> {
    let inside = value.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') {
        serde_json::from_str(value).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inside))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> Option<Flaw> {
        check(text.as_bytes()).err().map(|e| e.what)
    }

    #[test]
    fn canonical_texts_pass() {
        for text in [
            "{}",
            "[]",
            "\"\"",
            "true",
            "0",
            "-1",
            "9007199254740992",
            "-9007199254740992",
            r#"{"":1,"a":[1,{"b":"\u0001\n\u001f"}],"ä":false}"#,
            "{\"😂\":1,\"\u{fb33}\":2}",
            "\"\u{7f}\"",
        ] {
            assert_eq!(flaw(text), None, "{text}");
        }
    }

    #[test]
    fn each_flaw_is_named() {
        for (text, want) in [
            ("", Flaw::Syntax),
            (" 1", Flaw::Syntax),
            ("null", Flaw::Syntax),
            ("{\"a\":1,}", Flaw::Syntax),
            ("[1 ]", Flaw::Syntax),
            ("{\"a\" :1}", Flaw::Syntax),
            ("1\n", Flaw::Trailing),
            ("01", Flaw::Number),
            ("-0", Flaw::Number),
            ("1.0", Flaw::Number),
            ("1e3", Flaw::Number),
            ("-", Flaw::Number),
            ("9007199254740993", Flaw::Range),
            ("-9007199254740993", Flaw::Range),
            ("99999999999999999999999", Flaw::Range),
            (r#""\/""#, Flaw::Escape),
            (r#""\u0041""#, Flaw::Escape),
            (r#""\u000A""#, Flaw::Escape),
            (r#""\u000a""#, Flaw::Escape),
            (r#""\u0008""#, Flaw::Escape),
            ("\"\u{1}\"", Flaw::Escape),
            (r#"{"b":1,"a":2}"#, Flaw::Order),
            (r#"{"a":1,"a":2}"#, Flaw::Duplicate),
            ("{\"\u{fb33}\":2,\"😂\":1}", Flaw::Order),
            ("\"abc", Flaw::Syntax),
            ("\"a\\", Flaw::Escape),
        ] {
            assert_eq!(flaw(text), Some(want), "{text}");
        }
        assert_eq!(check(b"\"\xff\"").unwrap_err().what, Flaw::Utf8);
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert_eq!(flaw(&deep(MAX_DEPTH)), None);
        assert_eq!(flaw(&deep(MAX_DEPTH + 1)), Some(Flaw::Depth));
    }

    #[test]
    fn a_written_value_is_canonical_and_a_big_integer_is_refused() {
        let value = serde_json::json!({"z": 1, "a": ["\u{2028}", true], "😂": {}, "\u{fb33}": "x"});
        let bytes = write(&value).unwrap();
        assert_eq!(check(&bytes), Ok(()));
        for unfit in [
            serde_json::json!({"a": 9_007_199_254_740_993u64}),
            serde_json::json!(1.5),
            serde_json::json!([null]),
        ] {
            assert!(write(&unfit).is_err(), "{unfit}");
        }
    }
}
