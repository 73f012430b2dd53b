//! A 429 in Jira's own words: which limit, how long, and how near the next one is. Counts nothing: it refuses
//! because it was told to.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::clock;

/// The value of `RateLimit-Reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LimitReason {
    /// The app's hourly quota over all sites.
    #[serde(rename = "jira-quota-global-based")]
    GlobalQuota,
    /// The app's hourly quota on this site.
    #[serde(rename = "jira-quota-tenant-based")]
    TenantQuota,
    /// Too many calls of one operation in a moment.
    #[serde(rename = "jira-burst-based")]
    Burst,
    /// Too many writes to one issue; only writes are refused for it.
    #[serde(rename = "jira-per-issue-on-write")]
    IssueWrites,
}

/// What a 429 says; each header is left out where nothing is given for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Refusal {
    /// `RateLimit-Reason`.
    pub reason: Option<LimitReason>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// Seconds until the moment in `X-RateLimit-Reset`.
    pub reset_in: Option<u64>,
    /// Whether `X-RateLimit-NearLimit` is said.
    pub near_limit: bool,
}

/// The header that says that less than a fifth of a limit is left.
pub(crate) const NEAR_LIMIT: (&str, &str) = ("x-ratelimit-nearlimit", "true");

impl LimitReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::GlobalQuota => "jira-quota-global-based",
            Self::TenantQuota => "jira-quota-tenant-based",
            Self::Burst => "jira-burst-based",
            Self::IssueWrites => "jira-per-issue-on-write",
        }
    }
}

impl Refusal {
    /// Whether requests with this method are refused.
    pub(crate) fn concerns(self, method: &str) -> bool {
        self.reason != Some(LimitReason::IssueWrites) || !method.eq_ignore_ascii_case("GET")
    }

    pub(crate) fn answer(self) -> HttpResponse {
        let mut response = HttpResponse::TooManyRequests();
        if let Some(reason) = self.reason {
            response.insert_header(("RateLimit-Reason", reason.as_str()));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header(("Retry-After", seconds.to_string()));
        }
        if let Some(seconds) = self.reset_in {
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            let reset = clock::now_ms().saturating_add(seconds.saturating_mul(1000));
            response.insert_header(("X-RateLimit-Remaining", "0"));
            response.insert_header(("X-RateLimit-Reset", clock::iso_utc(reset)));
        }
        if self.near_limit {
            response.insert_header(NEAR_LIMIT);
        }
        response.json(json!({ "errorMessages": ["Rate limit exceeded."], "errors": {} }))
    }
}
