//! What Jira says when it has had enough: for how long, why, and what of ours has to wait.

use std::time::Duration;

use reqwest::header::HeaderMap;

/// The longest wait that is believed: limits by the hour end within one.
const LONGEST_WAIT: u64 = 2 * 60 * 60;

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

/// The reason in these headers.
pub(super) fn reason(headers: &HeaderMap) -> RateLimitReason {
    match headers
        .get("ratelimit-reason")
        .and_then(|value| value.to_str().ok())
    {
        Some("jira-quota-global-based") => RateLimitReason::GlobalQuota,
        Some("jira-quota-tenant-based") => RateLimitReason::TenantQuota,
        Some("jira-burst-based") => RateLimitReason::Burst,
        Some("jira-per-issue-on-write") => RateLimitReason::IssueWrites,
        _ => RateLimitReason::Unknown,
    }
}

/// The wait in these headers, in whole seconds, two hours at most.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers
        .get("retry-after")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_WAIT)))
}
