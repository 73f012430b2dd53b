//! A map by ticket: looked up by site and issue as they stand in a payload, without making a key of them.

use std::collections::BTreeMap;

use crate::ids::{IssueId, SiteId};

/// Values by site and the tracker's id of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByTicket<T>(BTreeMap<SiteId, BTreeMap<IssueId, T>>);

impl<T> Default for ByTicket<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> ByTicket<T> {
    /// The value of a ticket.
    #[must_use]
    pub fn get(&self, site: &SiteId, issue: &IssueId) -> Option<&T> {
        self.0.get(site)?.get(issue)
    }

    /// The value of a ticket, to be changed.
    pub fn get_mut(&mut self, site: &SiteId, issue: &IssueId) -> Option<&mut T> {
        self.0.get_mut(site)?.get_mut(issue)
    }

    /// Puts a value in the place of an earlier one.
    pub fn put(&mut self, site: SiteId, issue: IssueId, value: T) {
        self.0.entry(site).or_default().insert(issue, value);
    }

    /// The values, in the order of site and id.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.values().flat_map(BTreeMap::values)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().all(BTreeMap::is_empty)
    }
}

impl<T: Default> ByTicket<T> {
    /// The value of a ticket, to be changed; made if there was none.
    pub fn of(&mut self, site: &SiteId, issue: &IssueId) -> &mut T {
        let of_site = self.0.entry(site.clone()).or_default();
        of_site.entry(issue.clone()).or_default()
    }
}
