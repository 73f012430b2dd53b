//! What Jira says when it has had enough: for how long, why, and what of ours has to wait. Reads headers
//! and keeps nothing.

use std::time::Duration;

use chrono::DateTime;
use reqwest::header::HeaderMap;

/// The longest wait that is believed: limits by the hour end within one.
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 60 * 60);

/// Which limit was reached, by Jira's `RateLimit-Reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimitReason {
    /// The hourly quota of the app over all its sites.
    GlobalQuota,
    /// The hourly quota of the app on this site.
    TenantQuota,
    /// Too many calls of one operation in a moment.
    Burst,
    /// Too many writes to one ticket.
    IssueWrites,
    /// Jira does not say.
    Unknown,
}

/// What has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimitScope {
    /// Every call to every site.
    App,
    /// Every call to this site.
    Site,
    /// This operation on this site.
    Operation,
    /// Writes to this ticket.
    Ticket,
}

impl RateLimitReason {
    /// What has to wait for this reason. Without a reason: the operation.
    #[must_use]
    pub const fn scope(self) -> RateLimitScope {
        match self {
            Self::GlobalQuota => RateLimitScope::App,
            Self::TenantQuota => RateLimitScope::Site,
            Self::Burst | Self::Unknown => RateLimitScope::Operation,
            Self::IssueWrites => RateLimitScope::Ticket,
        }
    }
}

/// What a 429 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: RateLimitReason,
    /// For how long, if it says so.
    pub(super) wait: Option<Duration>,
}

/// A call is not to be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) remaining: Duration,
    pub(super) reason: RateLimitReason,
    pub(super) scope: RateLimitScope,
    /// Whether it is the first of its kind, and to be told of.
    pub(super) begins: bool,
}

impl Refusal {
    /// The refusal in these headers. `Retry-After` goes before `X-RateLimit-Reset`, which may speak of
    /// another limit than the one reached; a wait of nothing is none.
    pub(super) fn read(headers: &HeaderMap, now: Duration) -> Self {
        let wait = retry_after(headers).or_else(|| until_reset(headers, now));
        Self {
            reason: reason(headers),
            wait: wait
                .filter(|wait| !wait.is_zero())
                .map(|wait| wait.min(LONGEST_WAIT)),
        }
    }
}

/// Whether less than a fifth of a limit is left.
pub(super) fn near_limit(headers: &HeaderMap) -> bool {
    text(headers, "x-ratelimit-nearlimit").is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn reason(headers: &HeaderMap) -> RateLimitReason {
    match text(headers, "ratelimit-reason") {
        Some("jira-quota-global-based") => RateLimitReason::GlobalQuota,
        Some("jira-quota-tenant-based") => RateLimitReason::TenantQuota,
        Some("jira-burst-based") => RateLimitReason::Burst,
        Some("jira-per-issue-on-write") => RateLimitReason::IssueWrites,
        _ => RateLimitReason::Unknown,
    }
}

/// In whole seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = text(headers, "retry-after")?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// A moment in ISO 8601, with or without seconds, with or without a colon in its offset.
fn until_reset(headers: &HeaderMap, now: Duration) -> Option<Duration> {
    let moment = text(headers, "x-ratelimit-reset")?;
    let forms = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z"];
    let reset = forms
        .iter()
        .find_map(|form| DateTime::parse_from_str(moment, form).ok())?;
    let reset = Duration::from_millis(u64::try_from(reset.timestamp_millis()).ok()?);
    Some(reset.saturating_sub(now))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_795_000_000);

    fn wait(headers: &[(&'static str, &str)]) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        Refusal::read(&headers, NOW).wait.map(|wait| wait.as_secs())
    }

    #[test]
    fn a_reset_is_read_in_each_form_of_iso_8601() {
        for moment in [
            "2026-11-18T11:07:00Z",
            "2026-11-18T11:07:00.000Z",
            "2026-11-18T11:07Z",
            "2026-11-18T13:07:00+02:00",
            "2026-11-18T11:07:00.000+0000",
        ] {
            assert_eq!(wait(&[("x-ratelimit-reset", moment)]), Some(20), "{moment}");
        }
        for moment in [
            "",
            "soon",
            "2026-11-18",
            "2026-11-18T11:00:00Z",
            "1969-01-01T00:00Z",
        ] {
            assert_eq!(wait(&[("x-ratelimit-reset", moment)]), None, "{moment}");
        }
    }

    #[test]
    fn retry_after_goes_first_and_no_wait_is_longer_than_two_hours() {
        let reset = ("x-ratelimit-reset", "2026-11-18T11:07:00Z");
        assert_eq!(wait(&[("retry-after", "9"), reset]), Some(9));
        assert_eq!(wait(&[("retry-after", "soon"), reset]), Some(20));
        assert_eq!(wait(&[("retry-after", "0")]), None);
        assert_eq!(wait(&[("retry-after", "999999999")]), Some(7200));
        assert_eq!(
            wait(&[("x-ratelimit-reset", "2027-01-01T00:00Z")]),
            Some(7200)
        );
    }
}
