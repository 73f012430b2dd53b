//! Claims that code meets requirements, whose markers are looked for again.

use diesel::prelude::*;
use record::ids::{EventId, RepositoryId, TenantId};
use record::state::{Claim, ClaimStanding};

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::claims;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = claims, treat_none_as_null = true)]
struct Row {
    tenant: String,
    id: String,
    seq: i64,
    site: String,
    issue: String,
    repository: String,
    standing: String,
    checked_seq: Option<i64>,
}

impl TryFrom<Row> for Claim {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = || StoreError::Row("claims");
        Ok(Self {
            claim: row.id.parse().map_err(|_| broken())?,
            seq: u64::try_from(row.seq).map_err(|_| broken())?,
            site: row.site.parse().map_err(|_| broken())?,
            issue: row.issue.parse().map_err(|_| broken())?,
            repository: row.repository.parse().map_err(|_| broken())?,
            standing: ClaimStanding::from_word(&row.standing).ok_or_else(broken)?,
            checked_seq: row
                .checked_seq
                .map(u64::try_from)
                .transpose()
                .map_err(|_| broken())?,
        })
    }
}

impl Db<'_> {
    /// A claim whose marker is looked for again, or was.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn claim(
        &mut self,
        tenant: &TenantId,
        claim: &EventId,
    ) -> Result<Option<Claim>, StoreError> {
        let row: Option<Row> = claims::table
            .find((tenant.as_str(), claim.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TryInto::try_into).transpose()
    }

    /// A repository's claims whose markers are looked for again, in the order they were made, from this position on;
    /// `limit` at most.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn claims_looked_for(
        &mut self,
        tenant: &TenantId,
        repository: &RepositoryId,
        from: u64,
        limit: i64,
    ) -> Result<Vec<Claim>, StoreError> {
        let rows: Vec<Row> = claims::table
            .filter(claims::tenant.eq(tenant.as_str()))
            .filter(claims::repository.eq(repository.as_str()))
            .filter(claims::standing.eq_any(LOOKED_FOR))
            .filter(claims::seq.ge(i64::try_from(from).unwrap_or(i64::MAX)))
            .order(claims::seq)
            .limit(limit)
            .select(Row::as_select())
            .load(self.conn)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Hands every claim of the tenant's that is or was looked for to `visit`, in the order of ids. A row that cannot be
    /// read is handed over as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn each_claim(
        &mut self,
        tenant: &TenantId,
        visit: &mut dyn FnMut(Readable<Claim>),
    ) -> Result<(), StoreError> {
        let rows = claims::table
            .filter(claims::tenant.eq(tenant.as_str()))
            .order(claims::id)
            .select(Row::as_select())
            .load_iter::<Row, diesel::connection::DefaultLoadingMode>(self.conn)?;
        for row in rows {
            let row = row?;
            let place = row.id.clone();
            visit(Claim::try_from(row).map_err(|_| place));
        }
        Ok(())
    }
}

/// As [`ClaimStanding::is_looked_for`] has it.
const LOOKED_FOR: [&str; 3] = [
    ClaimStanding::Present.as_str(),
    ClaimStanding::Moved.as_str(),
    ClaimStanding::Drifted.as_str(),
];

impl Tx<'_> {
    pub(super) fn keep_claim(&mut self, claim: Claim) -> Result<(), StoreError> {
        let row = Row {
            tenant: self.tenant.as_str().to_owned(),
            id: claim.claim.into(),
            seq: claim.seq as i64,
            site: claim.site.into(),
            issue: claim.issue.into(),
            repository: claim.repository.into(),
            standing: claim.standing.as_str().to_owned(),
            checked_seq: claim.checked_seq.map(|seq| seq as i64),
        };
        on_either!(self.db.conn, conn => diesel::insert_into(claims::table)
            .values(&row)
            .on_conflict((claims::tenant, claims::id))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
