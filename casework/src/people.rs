//! People: a random id for each account that appears, and which account is our own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use record::entries::PersonRegistered;
use record::ids::{AccountId, PersonId, SiteId};
use record::scale::Severity;
use store::{ACCOUNT_ID, NewEntry, StoreError, Tx};
use ulid::Ulid;

use crate::error::CaseError;
use crate::{ActiveSite, Casework, server};

/// The accounts under which the app itself acts, by site and the address at which it is called: a site with both doors
/// has one for each. Those of the app never change while it is installed; a token is marked, since another may be
/// another account's.
#[derive(Debug, Default)]
pub(crate) struct OwnAccounts(Mutex<HashMap<(SiteId, String, u64), AccountId>>);

impl Casework {
    /// Whether it was the app itself that did something.
    pub(crate) async fn is_ourselves(
        &self,
        site: &ActiveSite,
        account: &AccountId,
    ) -> Result<bool, CaseError> {
        let (address, mark) = (
            site.access.base_url.to_string(),
            site.access.credential.mark(),
        );
        let door = (site.site.clone(), address, mark);
        let known = self
            .accounts
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&door)
            .cloned();
        let own = match known {
            Some(own) => own,
            None => {
                let own = self.calls(site).myself().await?.account;
                let mut accounts = self
                    .accounts
                    .0
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                accounts.insert(door, own.clone());
                own
            }
        };
        Ok(own == *account)
    }

    /// Whether the app did something under this account before, by whichever door, since this server started.
    pub(crate) fn was_ourselves(&self, site: &ActiveSite, account: &AccountId) -> bool {
        let known = self.accounts.0.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        let mut of_the_site = known.iter().filter(|((of, ..), _)| *of == site.site);
        of_the_site.any(|(_, own)| own == account)
    }

    /// What an account is called, where the site says so.
    pub(crate) async fn name_of(
        &self,
        site: &ActiveSite,
        account: Option<&AccountId>,
    ) -> Result<Option<String>, CaseError> {
        let Some(account) = account else {
            return Ok(None);
        };
        match self.calls(site).user(account).await {
            Ok(user) => Ok(Some(user.display_name)),
            Err(error) if error.is_transient() => Err(error.into()),
            Err(_) => Ok(None),
        }
    }
}

/// The id by which the ledger knows this account; a new one, with its entry, if it appears for the first
/// time.
pub(crate) fn person_for(
    tx: &mut Tx<'_>,
    site: &SiteId,
    account: &AccountId,
) -> Result<PersonId, StoreError> {
    let tenant = tx.tenant().clone();
    if let Some(known) = tx.db().person_of(&tenant, site, account)? {
        return Ok(known);
    }
    let person = PersonId::from_ulid(Ulid::from_parts(
        0,
        u128::from_le_bytes(store::random::<16>()?),
    ));
    tx.append(NewEntry {
        payload: PersonRegistered {
            person: person.clone(),
            site: site.clone(),
        }
        .into(),
        beside: vec![(ACCOUNT_ID, account.as_str().into())],
        subject: format!("person/{person}"),
        severity: Severity::Info,
        actor: server(),
        source: "JIRA",
        once: format!("person:{person}"),
    })?;
    Ok(person)
}
