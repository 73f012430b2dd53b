//! Why a call did not give what it was made for. Holds the operation, never a value of it: no ids of
//! people, bodies, tokens or hosts.

use std::time::Duration;

use super::operations::Operation;
use super::rate_limit::{RateLimitReason, RateLimitScope};

/// A call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// 401: the credential is not accepted, or the app is gone.
    #[error("{call}: Jira does not accept the credential")]
    Unauthorized {
        /// The operation.
        call: &'static Operation,
    },
    /// 403: the credential may not do this.
    #[error("{call}: not permitted")]
    Forbidden {
        /// The operation.
        call: &'static Operation,
    },
    /// 404 or 410: it is not there, or the credential may not see it; Jira tells no difference.
    #[error("{call}: not found, or not visible")]
    NotFound {
        /// The operation.
        call: &'static Operation,
    },
    /// 429: too many calls. Or it was not sent, because an earlier 429 still holds it, or because the rest
    /// of the hour's points is kept for others.
    #[error("{call}: too many calls")]
    RateLimited {
        /// The operation.
        call: &'static Operation,
        /// How long to wait; until then the client does not send it.
        retry_after: Duration,
        /// Which limit was reached.
        reason: RateLimitReason,
        /// What has to wait.
        scope: RateLimitScope,
    },
    /// The site cannot be reached, answers too late, or answers 408, 425 or 5xx. A write may have
    /// happened all the same.
    #[error("{call}: the site is unavailable")]
    Unavailable {
        /// The operation.
        call: &'static Operation,
    },
    /// The answer is not the JSON expected, is too long, or leads elsewhere.
    #[error("{call}: the answer makes no sense")]
    Nonsense {
        /// The operation.
        call: &'static Operation,
    },
    /// Another 4xx: the request is at fault.
    #[error("{call}: refused with status {status}")]
    Rejected {
        /// The operation.
        call: &'static Operation,
        /// The status.
        status: u16,
    },
    /// The request could not be signed, so it was not sent.
    #[error("{call}: the call could not be signed")]
    Unsigned {
        /// The operation.
        call: &'static Operation,
    },
}

impl RestError {
    /// Whether the same call may succeed later with nothing else changed.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. })
    }

    /// The operation that failed.
    #[must_use]
    pub const fn call(&self) -> &'static Operation {
        match self {
            Self::Unauthorized { call }
            | Self::Forbidden { call }
            | Self::NotFound { call }
            | Self::RateLimited { call, .. }
            | Self::Unavailable { call }
            | Self::Nonsense { call }
            | Self::Rejected { call, .. }
            | Self::Unsigned { call } => call,
        }
    }
}
