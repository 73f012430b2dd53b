//! In whose place somebody may decide on a ticket, and in whose they do: of those who could decide themselves, one who is
//! needed and has not decided already.

use jira::rest::RestError;
use record::entries::{Decision, Reviewer};
use record::facts::TicketSnapshot;
use record::ids::{AccountId, PersonId};
use record::state::{ApprovalState, Settings, Ticket};
use store::{StoreError, Tx};

use crate::error::CaseError;
use crate::reviewers::{Entitled, Right};
use crate::{ActiveSite, Casework};

/// Somebody in whose place another may decide.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) of: PersonId,
    account: AccountId,
    pub(crate) right: Right,
}

impl Casework {
    /// In whose places this account may decide, of those whose deputy it was at an instant; none if it was nobody's.
    pub(crate) async fn places_of(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        (account, at): (&AccountId, &str),
        settings: &Settings,
    ) -> Result<Option<Vec<Place>>, CaseError> {
        let (tenant, id) = (site.tenant.clone(), site.site.clone());
        let (deputy, at) = (account.clone(), at.to_owned());
        let named = self.store.read(move |db| -> Result<_, StoreError> {
            let of_site = db.settings_of_site(&tenant, &id)?;
            let rules = of_site.map(|settings| settings.rules).unwrap_or_default();
            let mut named = Vec::new();
            if rules.deputies.is_empty() {
                return Ok(named);
            }
            let Some(person) = db.person_of(&tenant, &id, &deputy)? else {
                return Ok(named);
            };
            for of in rules.places_of(&person, &at) {
                let account = db.account_of(&tenant, &id, of)?;
                named.extend(account.map(|account| (of.clone(), account)));
            }
            Ok(named)
        });
        let named = named.await?;
        if named.is_empty() {
            return Ok(None);
        }
        let mut places = Vec::new();
        for (of, account) in named {
            let right = match self.could_decide(site, ticket, &account, settings).await {
                Err(CaseError::Jira(RestError::NotFound { .. })) => None,
                right => right?,
            };
            places.extend(right.map(|right| Place { of, account, right }));
        }
        Ok(Some(places))
    }

    /// The right of an account that could decide on the ticket now.
    async fn could_decide(
        &self,
        site: &ActiveSite,
        ticket: &TicketSnapshot,
        account: &AccountId,
        settings: &Settings,
    ) -> Result<Option<Right>, CaseError> {
        let part = self.has_no_part(site, ticket, account, Some(settings));
        let Ok(user) = part.await? else {
            return Ok(None);
        };
        let Ok(right) = self.right_of(site, ticket, account, settings).await? else {
            return Ok(None);
        };
        let wrote = !settings.rules.authors && self.wrote_commits(site, ticket, &user).await?;
        Ok((!wrote).then_some(right))
    }
}

impl Entitled {
    /// Leaves out places by whose they are; false if the right was of one of them, and there is no other.
    pub(crate) fn keep_places(&mut self, keep: impl Fn(&AccountId) -> bool) -> bool {
        self.places.retain(|place| keep(&place.account));
        if self.in_place_of.is_none() {
            return true;
        }
        let Some(first) = self.places.first() else {
            return false;
        };
        (self.right, self.in_place_of) = (first.right.clone(), Some(first.of.clone()));
        true
    }

    /// Who decides, and by whose right: where a group has to approve, in the place of somebody who is in it; without a
    /// right of their own, else in anybody's. Nobody's who approved already counts before one who did not.
    pub(crate) fn reviewer(
        &self,
        tx: &mut Tx<'_>,
        ticket: &Ticket,
        person: &PersonId,
        (decision, group): (Decision, Option<&String>),
    ) -> Result<Reviewer, StoreError> {
        let spoken = |right: &Right| {
            group
                .filter(|group| right.speaks_for.contains(group))
                .cloned()
        };
        let own = Reviewer {
            person: person.clone(),
            role: self.right.role.clone(),
            role_source: self.right.role_source,
            speaks_for: spoken(&self.right),
            in_place_of: self.in_place_of.clone(),
        };
        let lent = own.in_place_of.is_some();
        let group_is_wanted = decision == Decision::Approved && group.is_some();
        if self.places.is_empty() || (!lent && (!group_is_wanted || own.speaks_for.is_some())) {
            return Ok(own);
        }
        let tenant = tx.tenant().clone();
        let mut others = tx.db().approvals(&tenant, &ticket.site, &ticket.issue)?;
        others.retain(|other| {
            other.state == ApprovalState::Counting
                && other.decision == Decision::Approved.as_str()
                && other.reviewer != *person
        });
        let free = |place: &&Place| {
            !others.iter().any(|other| {
                other.reviewer == place.of || other.in_place_of.as_ref() == Some(&place.of)
            })
        };
        let in_group = |place: &&Place| spoken(&place.right).is_some();
        let mut chosen = self.places.iter().filter(in_group).find(free);
        if lent {
            chosen = chosen
                .or_else(|| self.places.iter().find(free))
                .or_else(|| self.places.first());
        }
        let Some(place) = chosen else {
            return Ok(own);
        };
        let right = if lent { &place.right } else { &self.right };
        Ok(Reviewer {
            role: right.role.clone(),
            role_source: right.role_source,
            speaks_for: spoken(&place.right),
            in_place_of: Some(place.of.clone()),
            ..own
        })
    }
}
