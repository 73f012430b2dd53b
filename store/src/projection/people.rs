//! People: which random id stands for which account. The account id is personal data; it stands here
//! and beside the entry that introduced the person, and is erased in both places.

use diesel::prelude::*;
use record::ids::{AccountId, PersonId, SiteId, TenantId};
use record::state::Person;

use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::{disclosures, people};
use crate::tx::Tx;

/// The name under which the account id stands beside PERSON_REGISTERED.
pub const ACCOUNT_ID: &str = "accountId";

impl Db<'_> {
    /// Who this account is.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn person_of(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        account: &AccountId,
    ) -> Result<Option<PersonId>, StoreError> {
        let id: Option<String> = people::table
            .filter(people::tenant.eq(tenant.as_str()))
            .filter(people::site.eq(site.as_str()))
            .filter(people::account_id.eq(account.as_str()))
            .select(people::id)
            .first(self.conn)
            .optional()?;
        id.map(|id| id.parse().map_err(|_| StoreError::Row("people")))
            .transpose()
    }

    /// The account of this person on a site; none if nobody is known there by this id, or was forgotten.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn account_of(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        person: &PersonId,
    ) -> Result<Option<AccountId>, StoreError> {
        let account: Option<String> = people::table
            .find((tenant.as_str(), person.as_str()))
            .filter(people::site.eq(site.as_str()))
            .select(people::account_id)
            .first(self.conn)
            .optional()?;
        account
            .map(|id| id.parse().map_err(|_| StoreError::Row("people")))
            .transpose()
    }

    /// The tenant's people and the account ids their rows hold. A row that cannot be read is given as
    /// the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn people(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<Readable<(Person, String)>>, StoreError> {
        let rows: Vec<(String, String, String, i64)> = people::table
            .filter(people::tenant.eq(tenant.as_str()))
            .order(people::id)
            .select((people::id, people::site, people::account_id, people::seq))
            .load(self.conn)?;
        Ok(rows
            .into_iter()
            .map(
                |(id, site, account, seq)| match (id.parse(), site.parse(), u64::try_from(seq)) {
                    (Ok(person), Ok(site), Ok(seq)) => Ok((Person { person, site, seq }, account)),
                    _ => Err(id),
                },
            )
            .collect())
    }
}

impl Tx<'_> {
    pub(super) fn keep_person(&mut self, row: &Person) -> Result<(), StoreError> {
        let account = self
            .beside
            .iter()
            .find(|(name, _)| *name == ACCOUNT_ID)
            .and_then(|(_, value)| value.as_str())
            .ok_or(StoreError::Row("people"))?;
        diesel::insert_into(people::table)
            .values((
                people::tenant.eq(self.tenant.as_str()),
                people::id.eq(row.person.as_str()),
                people::site.eq(row.site.as_str()),
                people::account_id.eq(account),
                people::seq.eq(row.seq as i64),
            ))
            .execute(self.db.conn)?;
        Ok(())
    }

    pub(super) fn forget_person(&mut self, person: &PersonId) -> Result<(), StoreError> {
        diesel::delete(people::table.find((self.tenant.as_str(), person.as_str())))
            .execute(self.db.conn)?;
        Ok(())
    }

    /// Erases values that stand beside the entry at this position. The entry that lists their digests is to be appended
    /// in the same change.
    ///
    /// # Errors
    /// If the database fails.
    pub fn erase_disclosures(&mut self, seq: u64, digests: &[String]) -> Result<(), StoreError> {
        for digest in digests {
            diesel::delete(disclosures::table.find((self.tenant.as_str(), seq as i64, digest)))
                .execute(self.db.conn)?;
        }
        Ok(())
    }
}
