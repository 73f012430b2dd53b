//! When something happened, as a code host says: RFC 3339 with an offset of its choice, or seconds since 1970.
//! Here all are of one form. Whether the time is true is not judged.

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};

use super::member::Shape;

/// A time in UTC with milliseconds: `2026-03-02T14:22:11.003Z`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment(String);

impl Moment {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// A year of other than four digits and a leap second are times that others could not read.
    fn new(time: DateTime<Utc>) -> Option<Self> {
        let written = (0..=9999).contains(&time.year()) && time.nanosecond() < 1_000_000_000;
        written.then(|| Self(time.to_rfc3339_opts(SecondsFormat::Millis, true)))
    }
}

impl Shape for Moment {
    fn of_text(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        Self::new(time.to_utc())
    }

    fn of_count(seconds: u64) -> Option<Self> {
        Self::new(DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_times_are_of_one_form() {
        for (text, expected) in [
            ("2026-03-02T14:22:11Z", "2026-03-02T14:22:11.000Z"),
            ("2026-03-02T14:22:11.0039Z", "2026-03-02T14:22:11.003Z"),
            ("2026-03-02T15:22:11+01:00", "2026-03-02T14:22:11.000Z"),
            ("2026-03-01T23:30:00-05:00", "2026-03-02T04:30:00.000Z"),
        ] {
            let read = Moment::of_text(text).unwrap();
            assert_eq!(read.as_str(), expected, "{text}");
        }
        let read = Moment::of_count(1_557_933_657).unwrap();
        assert_eq!(read.as_str(), "2019-05-15T15:20:57.000Z");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "yesterday",
            "2026-03-02",
            "2026-03-02T14:22:11",
            "2026-13-02T14:22:11Z",
            "2016-12-31T23:59:60Z",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+01:00",
        ] {
            assert_eq!(Moment::of_text(text), None, "{text}");
        }
        for seconds in [253_402_300_800, u64::MAX, i64::MAX.unsigned_abs()] {
            assert_eq!(Moment::of_count(seconds), None, "{seconds}");
        }
    }
}
