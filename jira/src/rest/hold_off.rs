//! What has to wait since Jira refused it, and until when. In memory and bounded: a hold that is lost
//! costs one more refusal, and nothing else.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::budget::until_next_hour;
use super::operations::Operation;
use super::rate_limit::{RateLimitReason, RateLimitScope, Refusal, Wait};
use crate::base_url::BaseUrl;

/// The most holds kept. Beyond it the one that ends first goes.
const MOST: usize = 4096;

/// The first wait where Jira names none; each further refusal in a row doubles it.
const FIRST: Duration = Duration::from_secs(2);

/// After so many refusals in a row the wait grows no more.
const MOST_DOUBLINGS: u32 = 3;

/// Where a call goes, as far as limits look at it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'c> {
    pub(super) site: &'c BaseUrl,
    pub(super) operation: &'static Operation,
    /// The ticket it writes to; none for reads.
    pub(super) written: Option<&'c str>,
}

/// What waits together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Held {
    Everything,
    Site(BaseUrl),
    Operation(BaseUrl, ByName),
    Ticket(BaseUrl, String),
}

/// An operation as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByName(pub(super) &'static Operation);

impl Hash for ByName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.method, self.0.path).hash(state);
    }
}

/// Until when something waits, and how often in a row it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    /// Since 1970.
    pub(super) until: Duration,
    pub(super) reason: RateLimitReason,
    refusals: u32,
}

/// All that waits.
#[derive(Debug, Default)]
pub(super) struct HoldOffs {
    holds: HashMap<Held, Hold>,
}

impl Target<'_> {
    /// What this reason holds. A refusal of writes to a ticket that answers something else holds the
    /// operation that was refused.
    fn held_by(&self, reason: RateLimitReason) -> Held {
        match (reason.scope(), self.written) {
            (RateLimitScope::App, _) => Held::Everything,
            (RateLimitScope::Site, _) => Held::Site(self.site.clone()),
            (RateLimitScope::Ticket, Some(ticket)) => self.writes_to(ticket),
            (RateLimitScope::Ticket, None) | (RateLimitScope::Operation, _) => self.operation(),
        }
    }

    fn operation(&self) -> Held {
        Held::Operation(self.site.clone(), ByName(self.operation))
    }

    fn writes_to(&self, ticket: &str) -> Held {
        Held::Ticket(self.site.clone(), ticket.to_owned())
    }

    /// Everything whose hold concerns this call.
    fn concerned(&self) -> impl Iterator<Item = Held> {
        let ticket = self.written.map(|ticket| self.writes_to(ticket));
        let wider = [
            Held::Everything,
            Held::Site(self.site.clone()),
            self.operation(),
        ];
        wider.into_iter().chain(ticket)
    }
}

impl Held {
    pub(super) const fn scope(&self) -> RateLimitScope {
        match self {
            Self::Everything => RateLimitScope::App,
            Self::Site(_) => RateLimitScope::Site,
            Self::Operation(..) => RateLimitScope::Operation,
            Self::Ticket(..) => RateLimitScope::Ticket,
        }
    }
}

impl HoldOffs {
    /// How long this call has to wait: as long as the longest hold that concerns it.
    pub(super) fn wait(&self, target: &Target<'_>, now: Duration) -> Option<Wait> {
        let holds = target.concerned().filter_map(|held| {
            let hold = self.holds.get(&held).filter(|hold| hold.until > now)?;
            Some(Wait {
                remaining: hold.until - now,
                reason: hold.reason,
                scope: held.scope(),
                begins: false,
            })
        });
        holds.max_by_key(|wait| wait.remaining)
    }

    /// Jira refused this call. Refusals of calls that were on their way when a hold began lengthen it
    /// only if they name a later end.
    pub(super) fn refused(
        &mut self,
        target: &Target<'_>,
        Refusal { reason, wait }: Refusal,
        now: Duration,
    ) -> Wait {
        let held = target.held_by(reason);
        let scope = held.scope();
        let before = self.holds.get(&held);
        let running = before.filter(|hold| hold.until > now);
        let in_a_row = before.map_or(0, |hold| hold.refusals);
        let refusals = in_a_row + u32::from(running.is_none());
        let wait = match (wait, scope) {
            (Some(wait), _) => wait,
            (None, RateLimitScope::App | RateLimitScope::Site) => until_next_hour(now),
            (None, _) => running.map_or_else(|| doubled(in_a_row), |hold| hold.until - now),
        };
        let until = (now + wait).max(running.map_or(Duration::ZERO, |hold| hold.until));
        let begins = running.is_none();
        if before.is_none() {
            self.make_room();
        }
        let hold = Hold {
            until,
            reason,
            refusals,
        };
        self.holds.insert(held, hold);
        Wait {
            remaining: until - now,
            reason,
            scope,
            begins,
        }
    }

    /// Jira answered this call: what was refused before and waits no longer starts anew.
    pub(super) fn answered(&mut self, target: &Target<'_>, now: Duration) {
        for held in target.concerned() {
            if self.holds.get(&held).is_some_and(|hold| hold.until <= now) {
                self.holds.remove(&held);
            }
        }
    }

    /// What waits now.
    pub(super) fn running(&self, now: Duration) -> impl Iterator<Item = (&Held, &Hold)> {
        self.holds.iter().filter(move |(_, hold)| hold.until > now)
    }

    fn make_room(&mut self) {
        if self.holds.len() < MOST {
            return;
        }
        let first = self.holds.iter().min_by_key(|(_, hold)| hold.until);
        if let Some(first) = first.map(|(held, _)| held.clone()) {
            self.holds.remove(&first);
        }
    }
}

/// The wait after so many refusals before this one: twice as long each time, and up to a quarter longer by
/// chance, so that many that were refused together do not come back together.
fn doubled(before: u32) -> Duration {
    let wait = FIRST.as_millis() << before.min(MOST_DOUBLINGS);
    let chance = getrandom::u32().map_or(0, |random| random % 256) + 1;
    let wait = wait + wait * u128::from(chance) / (4 * 256);
    Duration::from_millis(u64::try_from(wait).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::operations::{ADD_COMMENT, GET_MYSELF};
    use super::*;

    const NOW: Duration = Duration::from_secs(1_795_000_000);

    fn refusal(reason: RateLimitReason, wait: u64) -> Refusal {
        Refusal {
            reason,
            wait: Some(Duration::from_secs(wait)),
        }
    }

    #[test]
    fn memory_is_bounded_and_what_ends_first_goes_first() {
        let mut holds = HoldOffs::default();
        let site: BaseUrl = "https://acme.atlassian.net".parse().unwrap();
        let names: Vec<String> = (0..MOST + 10).map(|number| number.to_string()).collect();
        let target = |ticket| Target {
            site: &site,
            operation: &ADD_COMMENT,
            written: Some(ticket),
        };
        for (second, name) in (1..).zip(&names) {
            holds.refused(
                &target(name),
                refusal(RateLimitReason::IssueWrites, second),
                NOW,
            );
        }
        assert_eq!(holds.holds.len(), MOST);
        assert!(holds.wait(&target("0"), NOW).is_none());
        assert!(holds.wait(&target("9"), NOW).is_none());
        assert!(holds.wait(&target("10"), NOW).is_some());
    }

    #[test]
    fn refusals_of_calls_that_left_together_count_once() {
        let mut holds = HoldOffs::default();
        let site: BaseUrl = "https://acme.atlassian.net".parse().unwrap();
        let target = Target {
            site: &site,
            operation: &GET_MYSELF,
            written: None,
        };
        let silent = Refusal {
            reason: RateLimitReason::Burst,
            wait: None,
        };
        let first = holds.refused(&target, silent, NOW);
        assert!(first.begins && first.remaining < Duration::from_secs(3));
        for _ in 0..9 {
            let again = holds.refused(&target, silent, NOW);
            assert_eq!((again.begins, again.remaining), (false, first.remaining));
        }
        let later = NOW + first.remaining;
        let second = holds.refused(&target, silent, later);
        assert!(second.begins);
        assert!((4..=5).contains(&second.remaining.as_secs()), "{second:?}");
        let shorter = holds.refused(&target, refusal(RateLimitReason::Burst, 1), later);
        assert_eq!(
            shorter.remaining, second.remaining,
            "a hold is not cut short"
        );
    }

    #[test]
    fn the_longest_hold_counts_and_no_late_answer_ends_it() {
        let mut holds = HoldOffs::default();
        let site: BaseUrl = "https://acme.atlassian.net".parse().unwrap();
        let target = Target {
            site: &site,
            operation: &GET_MYSELF,
            written: None,
        };
        for (reason, wait) in [
            (RateLimitReason::Burst, 5),
            (RateLimitReason::TenantQuota, 90),
            (RateLimitReason::GlobalQuota, 30),
        ] {
            holds.refused(&target, refusal(reason, wait), NOW);
        }
        holds.answered(&target, NOW);
        let wait = holds.wait(&target, NOW).unwrap();
        assert_eq!(
            (wait.remaining.as_secs(), wait.scope),
            (90, RateLimitScope::Site)
        );
    }
}
