//! Time as Jira writes it. The one place that reads the system clock; it does not schedule anything.

use chrono::{DateTime, Utc};

/// Milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// Seconds since the Unix epoch, as the `iat` and `exp` claims count.
pub(crate) fn now_s() -> i64 {
    Utc::now().timestamp()
}

/// Jira's form of a moment: `2026-11-21T09:30:00.000+0000`.
pub(crate) fn iso(ms: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(ms)
        .unwrap_or(DateTime::<Utc>::UNIX_EPOCH)
        .format("%Y-%m-%dT%H:%M:%S%.3f%z")
        .to_string()
}

/// A moment in UTC to the second, as headers give it: `2026-11-21T09:30:00Z`.
pub(crate) fn iso_utc(ms: i64) -> String {
    format!("{}Z", &iso(ms)[..19])
}

/// A moment as people read it: `2026-11-21 09:30`.
pub(crate) fn plain(ms: i64) -> String {
    iso(ms)[..16].replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_milliseconds_and_an_offset_without_a_colon() {
        assert_eq!(iso(1_550_286_113_023), "2019-02-16T03:01:53.023+0000");
        assert_eq!(plain(1_550_286_113_023), "2019-02-16 03:01");
        assert_eq!(iso_utc(1_550_286_113_023), "2019-02-16T03:01:53Z");
    }
}
