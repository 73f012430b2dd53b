//! Times in words: as entries have them, and as people are told.

use chrono::{DateTime, SecondsFormat, Utc};

/// A time as entries have it, of milliseconds since 1970.
pub(crate) fn instant(at_ms: i64) -> String {
    let at = DateTime::<Utc>::from_timestamp_millis(at_ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A time of an entry, for people: to the minute.
pub(crate) fn minute(at: &str) -> String {
    let at = at.get(..16).unwrap_or(at);
    format!("{} UTC", at.replace('T', " "))
}
