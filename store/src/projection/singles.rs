//! Small projections: the tenant's own row, requirement sets, the last verification.

use diesel::prelude::*;
use record::ids::TenantId;
use record::state::{LastVerification, RequirementSet, Tenant};

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::{requirement_sets, tenants, verifications};
use crate::tx::Tx;

impl Db<'_> {
    /// The tenant's own row.
    ///
    /// # Errors
    /// If the database fails.
    pub fn tenant(&mut self, tenant: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let row: Option<(String, Vec<u8>, String)> = tenants::table
            .find(tenant.as_str())
            .select((tenants::ledger_key, tenants::signing_key, tenants::since))
            .first(self.conn)
            .optional()?;
        Ok(row.map(|(ledger_key, signing_key, since)| Tenant {
            ledger_key,
            signing_key_digest: ledger::Hash::of(&signing_key).to_string(),
            since,
        }))
    }

    /// The tenant's requirement sets. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn requirement_sets(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<Readable<RequirementSet>>, StoreError> {
        let rows: Vec<(String, i64)> = requirement_sets::table
            .filter(requirement_sets::tenant.eq(tenant.as_str()))
            .order(requirement_sets::version)
            .select((requirement_sets::version, requirement_sets::seq))
            .load(self.conn)?;
        Ok(rows
            .into_iter()
            .map(|(set, seq)| match u64::try_from(seq) {
                Ok(seq) => Ok(RequirementSet { set, seq }),
                Err(_) => Err(set),
            })
            .collect())
    }

    /// Where a requirement set was published.
    ///
    /// # Errors
    /// If the database fails.
    pub fn requirement_set(
        &mut self,
        tenant: &TenantId,
        version: &str,
    ) -> Result<Option<u64>, StoreError> {
        let seq: Option<i64> = requirement_sets::table
            .find((tenant.as_str(), version))
            .select(requirement_sets::seq)
            .first(self.conn)
            .optional()?;
        seq.map(|seq| u64::try_from(seq).map_err(|_| StoreError::Row("requirement_sets")))
            .transpose()
    }

    /// The last verification that the ledger knows of.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn last_verification(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Option<LastVerification>, StoreError> {
        let row: Option<(String, i64, i64, String, i64)> = verifications::table
            .find(tenant.as_str())
            .select((
                verifications::verdict,
                verifications::size,
                verifications::findings,
                verifications::verified_at,
                verifications::seq,
            ))
            .first(self.conn)
            .optional()?;
        row.map(|(verdict, size, findings, verified_at, seq)| {
            let number = |n: i64| u64::try_from(n).map_err(|_| StoreError::Row("verifications"));
            Ok(LastVerification {
                verdict,
                size: number(size)?,
                findings: number(findings)?,
                verified_at,
                seq: number(seq)?,
            })
        })
        .transpose()
    }
}

impl Tx<'_> {
    pub(super) fn keep_tenant(&mut self, row: &Tenant) -> Result<(), StoreError> {
        let before = tenants::table
            .find(self.tenant.as_str())
            .select(tenants::signing_key)
            .first(self.db.conn)
            .optional()?;
        let values = (
            tenants::ledger_key.eq(&row.ledger_key),
            tenants::signing_key.eq(self.held(&row.signing_key_digest, before)?),
            tenants::since.eq(&row.since),
        );
        on_either!(self.db.conn, conn => diesel::insert_into(tenants::table)
            .values((tenants::id.eq(self.tenant.as_str()), values.clone()))
            .on_conflict(tenants::id)
            .do_update()
            .set(values)
            .execute(conn)?);
        Ok(())
    }

    pub(super) fn keep_requirement_set(&mut self, row: &RequirementSet) -> Result<(), StoreError> {
        diesel::insert_into(requirement_sets::table)
            .values((
                requirement_sets::tenant.eq(self.tenant.as_str()),
                requirement_sets::version.eq(&row.set),
                requirement_sets::seq.eq(row.seq as i64),
            ))
            .execute(self.db.conn)?;
        Ok(())
    }

    pub(super) fn keep_verification(&mut self, row: &LastVerification) -> Result<(), StoreError> {
        let values = (
            verifications::verdict.eq(&row.verdict),
            verifications::size.eq(row.size as i64),
            verifications::findings.eq(row.findings as i64),
            verifications::verified_at.eq(&row.verified_at),
            verifications::seq.eq(row.seq as i64),
        );
        on_either!(self.db.conn, conn => diesel::insert_into(verifications::table)
            .values((verifications::tenant.eq(self.tenant.as_str()), values))
            .on_conflict(verifications::tenant)
            .do_update()
            .set(values)
            .execute(conn)?);
        Ok(())
    }
}
