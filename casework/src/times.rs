//! Times in words: as entries have them, as people are told, and as people say them.

use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};

/// The last day of something that ends, in UTC, as `2027-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDay(NaiveDate);

impl FromStr for LastDay {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self)
    }
}

impl LastDay {
    /// The day as it is written; none of one that is past, or further away than so many days.
    pub(crate) fn within(self, days: u64) -> Option<String> {
        let today = Utc::now().date_naive();
        let furthest = today.checked_add_days(Days::new(days))?;
        let Self(day) = self;
        (today..=furthest).contains(&day).then(|| day.to_string())
    }
}

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
