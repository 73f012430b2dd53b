//! What all clones of a client know of limits: holds after refusals, and points spent. Decides whether a
//! call may be sent; sends nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::budget::{Budget, Priority, Quota, until_next_hour};
use super::error::RestError;
use super::hold_off::{Held, Hold, HoldOffs, Target};
use super::operations::Operation;
use super::rate_limit::{RateLimitReason, RateLimitScope, Refusal, Wait};
use crate::base_url::BaseUrl;

/// Shared by all clones of a client.
#[derive(Debug)]
pub(super) struct Limits {
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    holds: HoldOffs,
    budget: Budget,
}

/// What has to wait and what was spent, at one moment: for operators. Holds no tokens, no secrets and
/// nothing that tickets say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsNow {
    /// What has to wait, the longest first.
    pub waiting: Vec<Waiting>,
    /// What the app has spent in this hour.
    pub points: PointsSpent,
}

/// Something that has to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What kind of thing it is.
    pub scope: RateLimitScope,
    /// Why.
    pub reason: RateLimitReason,
    /// The site; none if all have to wait.
    pub site: Option<BaseUrl>,
    /// The operation, if only that one has to wait.
    pub operation: Option<&'static Operation>,
    /// The ticket's id or key, if only writes to it have to wait.
    pub ticket: Option<String>,
    /// Until when, since 1970.
    pub until: Duration,
}

/// Points spent since the hour began, as the client estimates them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsSpent {
    /// What the app may spend.
    pub quota: Quota,
    /// What it has spent, over all sites.
    pub total: u32,
    /// What each site has spent, the most first; without a name for the sites counted together.
    pub by_site: Vec<(Option<BaseUrl>, u32)>,
    /// When the hour ends, since 1970.
    pub hour_ends: Duration,
}

impl Limits {
    pub(super) fn new(quota: Quota) -> Self {
        Self {
            kept: Mutex::new(Kept {
                holds: HoldOffs::default(),
                budget: Budget::new(quota),
            }),
        }
    }

    /// Lets a call pass and counts it, if it need not wait. Without a priority it costs no points.
    pub(super) fn admit(
        &self,
        target: &Target<'_>,
        priority: Option<Priority>,
        now: Duration,
    ) -> Result<(), RestError> {
        let mut kept = self.kept();
        if let Some(wait) = kept.holds.wait(target, now) {
            return Err(limited(target.operation, wait));
        }
        let Some(priority) = priority else {
            return Ok(());
        };
        let spent = kept
            .budget
            .spend(target.site, target.operation, priority, now);
        drop(kept);
        spent.map_err(|wait| {
            tell(target.operation, wait);
            limited(target.operation, wait)
        })
    }

    /// Jira refused a call: what has to wait because of it.
    pub(super) fn refused(
        &self,
        target: &Target<'_>,
        refusal: Refusal,
        now: Duration,
    ) -> RestError {
        let wait = self.kept().holds.refused(target, refusal, now);
        tell(target.operation, wait);
        limited(target.operation, wait)
    }

    /// Jira answered a call.
    pub(super) fn answered(&self, target: &Target<'_>, now: Duration) {
        self.kept().holds.answered(target, now);
    }

    /// Jira said how near a limit is.
    pub(super) fn near_limit(&self, target: &Target<'_>, near: bool, now: Duration) {
        self.kept().budget.near_limit(target.site, near, now);
    }

    pub(super) fn now(&self, now: Duration) -> LimitsNow {
        let mut kept = self.kept();
        let mut waiting: Vec<Waiting> = kept
            .holds
            .running(now)
            .map(|(held, hold)| Waiting::of(held, hold))
            .collect();
        waiting.sort_by_key(|waiting| std::cmp::Reverse(waiting.until));
        let (quota, total, sites) = kept.budget.spent(now);
        let mut by_site: Vec<_> = sites
            .map(|(site, points)| (site.cloned(), points))
            .collect();
        by_site.sort_by_key(|(_, points)| std::cmp::Reverse(*points));
        LimitsNow {
            waiting,
            points: PointsSpent {
                quota,
                total,
                by_site,
                hour_ends: now + until_next_hour(now),
            },
        }
    }

    /// No change of it can break off half way, so a thread that panicked with it left it whole.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn of(held: &Held, hold: &Hold) -> Self {
        let (site, operation, ticket) = match held {
            Held::Everything => (None, None, None),
            Held::Site(site) => (Some(site), None, None),
            Held::Operation(site, operation) => (Some(site), Some(operation.0), None),
            Held::Ticket(site, ticket) => (Some(site), None, Some(ticket)),
        };
        Self {
            scope: held.scope(),
            reason: hold.reason,
            site: site.cloned(),
            operation,
            ticket: ticket.cloned(),
            until: hold.until,
        }
    }
}

const fn limited(call: &'static Operation, wait: Wait) -> RestError {
    RestError::RateLimited {
        call,
        retry_after: wait.remaining,
        reason: wait.reason,
        scope: wait.scope,
    }
}

/// Once for each hold. No site: logs name tenants, and the client knows none.
fn tell(operation: &Operation, wait: Wait) {
    if wait.begins {
        tracing::warn!(%operation, scope = ?wait.scope, reason = ?wait.reason, seconds = wait.remaining.as_secs(),
            "calls have to wait");
    }
}
