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
/// has one for each. They never change while the app is installed; with a token they do with the token.
#[derive(Debug, Default)]
pub(crate) struct OwnAccounts(Mutex<HashMap<(SiteId, String), AccountId>>);

impl OwnAccounts {
    /// The site may be called as another account from now on.
    pub(crate) fn forget(&self, site: &SiteId) {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.retain(|(known, _), _| known != site);
    }
}

impl Casework {
    /// Whether it was the app itself that did something.
    pub(crate) async fn is_ourselves(
        &self,
        site: &ActiveSite,
        account: &AccountId,
    ) -> Result<bool, CaseError> {
        let door = (site.site.clone(), site.access.base_url.to_string());
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
