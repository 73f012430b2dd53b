//! The points that calls cost, counted by the hour in UTC, and who may still spend them. An estimate of
//! what Jira counts: it keeps work in the background from using up what people wait for, and one site
//! from using up what the others need. It never refuses a call that a person waits for; Jira does.

use std::collections::HashMap;
use std::time::Duration;

use super::operations::Operation;
use super::rate_limit::{RateLimitReason, RateLimitScope, Wait};
use crate::base_url::BaseUrl;

const HOUR: u64 = 3600;

/// The most sites counted one by one. Sites beyond it share one count.
const MOST_SITES: usize = 4096;

/// How many calls in the background one site gets in a minute while Jira says that its limit is near:
/// enough for a piece of work that needs several of them to come to its end.
const SLOWLY: u32 = 10;

const MINUTE: Duration = Duration::from_secs(60);

/// How much the app may ask for in an hour, and what it pays for what. Atlassian publishes the numbers and
/// changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Points in an hour, over all sites.
    pub points_per_hour: u32,
    /// How many of a hundred of them work in the background may use; the rest is kept for people.
    pub background_percent: u32,
    /// What any call costs.
    pub per_call: u32,
    /// What a ticket, comment, project or property costs on top.
    pub per_object: u32,
    /// What an account, group or permission costs on top.
    pub per_person: u32,
}

/// Who waits for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// A person.
    Person,
    /// Nobody: it may be made later.
    Background,
}

/// Points spent in an hour.
#[derive(Debug)]
pub(super) struct Budget {
    quota: Quota,
    /// Hours since 1970.
    hour: u64,
    spent: u32,
    /// By site; nothing for the sites that are counted together.
    sites: HashMap<Option<BaseUrl>, Spending>,
    told: bool,
}

/// What one site has spent.
#[derive(Debug, Default, Clone, Copy)]
struct Spending {
    points: u32,
    background: u32,
    /// Whether it called in the hour before.
    before: bool,
    /// Whether it called in this hour, even in vain.
    called: bool,
    near_limit: bool,
    minute: Minute,
}

/// Calls in the background since a moment less than a minute ago.
#[derive(Debug, Default, Clone, Copy)]
struct Minute {
    since: Duration,
    calls: u32,
}

impl Default for Quota {
    /// What was published for the first tier.
    fn default() -> Self {
        Self {
            points_per_hour: 65_000,
            background_percent: 80,
            per_call: 1,
            per_object: 1,
            per_person: 2,
        }
    }
}

impl Quota {
    fn cost(&self, operation: &Operation) -> u32 {
        let objects = operation.objects.saturating_mul(self.per_object);
        let people = operation.people.saturating_mul(self.per_person);
        self.per_call.saturating_add(objects).saturating_add(people)
    }

    fn background(&self) -> u32 {
        let share = u64::from(self.points_per_hour) * u64::from(self.background_percent.min(100));
        u32::try_from(share / 100).unwrap_or(u32::MAX)
    }
}

impl Budget {
    pub(super) fn new(quota: Quota) -> Self {
        Self {
            quota,
            hour: 0,
            spent: 0,
            sites: HashMap::new(),
            told: false,
        }
    }

    /// Counts a call to this site, if it may be made now.
    pub(super) fn spend(
        &mut self,
        site: &BaseUrl,
        operation: &Operation,
        priority: Priority,
        now: Duration,
    ) -> Result<(), Wait> {
        self.turn_to(now);
        let cost = self.quota.cost(operation);
        let key = self.key(site);
        self.sites.entry(key.clone()).or_default().called = true;
        if priority == Priority::Background {
            self.may_spend(&key, cost, now)?;
        }
        self.spent = self.spent.saturating_add(cost);
        let spending = self.sites.entry(key).or_default();
        spending.points = spending.points.saturating_add(cost);
        if priority == Priority::Background {
            spending.background = spending.background.saturating_add(cost);
            spending.minute.count(now);
        }
        Ok(())
    }

    /// The background stops at its share of the hour. While another site called in this hour or the one
    /// before, a site has to leave at least as much of that share as it has taken.
    fn may_spend(&mut self, key: &Option<BaseUrl>, cost: u32, now: Duration) -> Result<(), Wait> {
        let spending = self.sites.get(key).copied().unwrap_or_default();
        let after = self.spent.saturating_add(cost);
        let left = self.quota.background().checked_sub(after);
        let others = self
            .sites
            .iter()
            .any(|(other, spending)| other != key && (spending.called || spending.before));
        let taken = spending.background.saturating_add(cost);
        let scope = match left {
            None => RateLimitScope::App,
            Some(left) if others && taken > left => RateLimitScope::Site,
            Some(_) => return spending.pace(now),
        };
        let begins = !std::mem::replace(&mut self.told, true);
        Err(Wait {
            remaining: until_next_hour(now),
            reason: RateLimitReason::GlobalQuota,
            scope,
            begins,
        })
    }

    /// What Jira said about the limit when it answered a call to this site.
    pub(super) fn near_limit(&mut self, site: &BaseUrl, near: bool, now: Duration) {
        self.turn_to(now);
        let key = self.key(site);
        if let Some(spending) = self.sites.get_mut(&key) {
            spending.near_limit = near;
        }
    }

    /// The quota, what is spent of it in this hour, and by which site.
    pub(super) fn spent(
        &mut self,
        now: Duration,
    ) -> (Quota, u32, impl Iterator<Item = (Option<&BaseUrl>, u32)>) {
        self.turn_to(now);
        let sites = self
            .sites
            .iter()
            .filter(|(_, spending)| spending.points > 0);
        let sites = sites.map(|(site, spending)| (site.as_ref(), spending.points));
        (self.quota, self.spent, sites)
    }

    /// Begins the hour of this moment, if it is another than the one counted.
    fn turn_to(&mut self, now: Duration) {
        let hour = now.as_secs() / HOUR;
        if hour == self.hour {
            return;
        }
        let next = hour == self.hour + 1;
        self.sites.retain(|_, spending| {
            *spending = Spending {
                before: next && spending.called,
                minute: spending.minute,
                ..Spending::default()
            };
            spending.before
        });
        (self.hour, self.spent, self.told) = (hour, 0, false);
    }

    fn key(&self, site: &BaseUrl) -> Option<BaseUrl> {
        let own = Some(site.clone());
        let counted = self.sites.contains_key(&own) || self.sites.len() < MOST_SITES;
        if counted { own } else { None }
    }
}

impl Spending {
    fn pace(self, now: Duration) -> Result<(), Wait> {
        let ends = self.minute.since + MINUTE;
        if !self.near_limit || self.minute.calls < SLOWLY || now >= ends {
            return Ok(());
        }
        Err(Wait {
            remaining: ends - now,
            reason: RateLimitReason::TenantQuota,
            scope: RateLimitScope::Site,
            begins: false,
        })
    }
}

impl Minute {
    fn count(&mut self, now: Duration) {
        if now >= self.since + MINUTE {
            *self = Self {
                since: now,
                calls: 0,
            };
        }
        self.calls = self.calls.saturating_add(1);
    }
}

/// How long the hour still lasts.
pub(super) fn until_next_hour(now: Duration) -> Duration {
    Duration::from_secs((now.as_secs() / HOUR + 1) * HOUR) - now
}

#[cfg(test)]
mod tests {
    use super::super::operations::{ADD_COMMENT, GET_ISSUE, GET_USER, LIST_GROUP_MEMBERS, SEARCH};
    use super::*;

    #[test]
    fn a_call_costs_by_what_it_reads() {
        let cost = |operation| Quota::default().cost(operation);
        assert_eq!(cost(&ADD_COMMENT), 1);
        assert_eq!(cost(&GET_ISSUE), 2);
        assert_eq!(cost(&GET_USER), 3);
        assert_eq!(cost(&SEARCH), 101);
        assert_eq!(cost(&LIST_GROUP_MEMBERS), 101);
    }

    #[test]
    fn memory_is_bounded_and_an_idle_site_is_forgotten() {
        let mut budget = Budget::new(Quota::default());
        let hour = Duration::from_secs(HOUR);
        for number in 0..MOST_SITES + 50 {
            let site = format!("https://site-{number}.atlassian.net")
                .parse()
                .unwrap();
            budget
                .spend(&site, &ADD_COMMENT, Priority::Person, hour)
                .unwrap();
        }
        assert_eq!(budget.sites.len(), MOST_SITES + 1);
        assert_eq!(budget.sites[&None].points, 50);
        let (_, spent, sites) = budget.spent(hour);
        assert_eq!(
            (spent as usize, sites.count()),
            (MOST_SITES + 50, MOST_SITES + 1)
        );
        budget.turn_to(hour * 2);
        assert_eq!(
            budget.sites.len(),
            MOST_SITES + 1,
            "known for one more hour"
        );
        budget.turn_to(hour * 3);
        assert!(budget.sites.is_empty());
    }
}
