//! Waivers: requirements that tickets need not meet for a while.

use diesel::prelude::*;
use record::ids::{EventId, IssueId, SiteId, TenantId};
use record::state::{Waiver, WaiverState};

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::waivers;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = waivers)]
struct Row {
    tenant: String,
    id: String,
    seq: i64,
    site: String,
    issue: String,
    requirement: String,
    until: String,
    state: String,
}

impl TryFrom<Row> for Waiver {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = || StoreError::Row("waivers");
        Ok(Self {
            waiver: row.id.parse().map_err(|_| broken())?,
            seq: u64::try_from(row.seq).map_err(|_| broken())?,
            site: row.site.parse().map_err(|_| broken())?,
            issue: row.issue.parse().map_err(|_| broken())?,
            requirement: row.requirement,
            until: row.until,
            state: WaiverState::from_word(&row.state).ok_or_else(broken)?,
        })
    }
}

/// A waiver whose end is near, or came.
#[derive(Debug, Clone)]
pub struct DueWaiver {
    /// Its end and id: behind it the next are looked for.
    pub place: (String, String),
    /// Whose it is, and the waiver; none of a row that cannot be read, which is the verifier's finding.
    pub waiver: Option<(TenantId, Waiver)>,
}

impl Db<'_> {
    /// A waiver.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn waiver(
        &mut self,
        tenant: &TenantId,
        waiver: &EventId,
    ) -> Result<Option<Waiver>, StoreError> {
        let row: Option<Row> = waivers::table
            .find((tenant.as_str(), waiver.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TryInto::try_into).transpose()
    }

    /// A ticket's waivers that hold as far as the entries say, the first first: one whose time came may be among them.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn holding_waivers(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Vec<Waiver>, StoreError> {
        let rows: Vec<Row> = waivers::table
            .filter(waivers::tenant.eq(tenant.as_str()))
            .filter(waivers::site.eq(site.as_str()))
            .filter(waivers::issue.eq(issue.as_str()))
            .filter(waivers::state.eq_any(HOLDING))
            .order(waivers::seq)
            .select(Row::as_select())
            .load(self.conn)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Waivers, whosever, that were given and end before `warn_before`, or hold and end before `now`, in the order of their
    /// ends; `limit` at most, after this one.
    ///
    /// # Errors
    /// If the database fails.
    pub fn waivers_due(
        &mut self,
        now: &str,
        warn_before: &str,
        after: Option<&(String, String)>,
        limit: i64,
    ) -> Result<Vec<DueWaiver>, StoreError> {
        let given = waivers::state
            .eq(WaiverState::Given.as_str())
            .and(waivers::until.lt(warn_before));
        let expiring = waivers::state
            .eq(WaiverState::Expiring.as_str())
            .and(waivers::until.le(now));
        let (until, id) = after.map_or(("", ""), |(until, id)| (until.as_str(), id.as_str()));
        let at_the_same_time = waivers::until.eq(until).and(waivers::id.gt(id));
        let rows: Vec<Row> = waivers::table
            .filter(given.or(expiring))
            .filter(waivers::until.gt(until).or(at_the_same_time))
            .order((waivers::until, waivers::id))
            .limit(limit)
            .select(Row::as_select())
            .load(self.conn)?;
        let due = rows.into_iter().map(|row| DueWaiver {
            place: (row.until.clone(), row.id.clone()),
            waiver: row.tenant.parse().ok().zip(Waiver::try_from(row).ok()),
        });
        Ok(due.collect())
    }

    /// Hands every waiver of the tenant's to `visit`, in the order of ids. A row that cannot be read is handed over as the
    /// place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn each_waiver(
        &mut self,
        tenant: &TenantId,
        visit: &mut dyn FnMut(Readable<Waiver>),
    ) -> Result<(), StoreError> {
        let rows = waivers::table
            .filter(waivers::tenant.eq(tenant.as_str()))
            .order(waivers::id)
            .select(Row::as_select())
            .load_iter::<Row, diesel::connection::DefaultLoadingMode>(self.conn)?;
        for row in rows {
            let row = row?;
            let place = row.id.clone();
            visit(Waiver::try_from(row).map_err(|_| place));
        }
        Ok(())
    }
}

/// As [`WaiverState::holds`] has it.
const HOLDING: [&str; 2] = [WaiverState::Given.as_str(), WaiverState::Expiring.as_str()];

impl Tx<'_> {
    pub(super) fn keep_waiver(&mut self, waiver: Waiver) -> Result<(), StoreError> {
        let row = Row {
            tenant: self.tenant.as_str().to_owned(),
            id: waiver.waiver.into(),
            seq: waiver.seq as i64,
            site: waiver.site.into(),
            issue: waiver.issue.into(),
            requirement: waiver.requirement,
            until: waiver.until,
            state: waiver.state.as_str().to_owned(),
        };
        on_either!(self.db.conn, conn => diesel::insert_into(waivers::table)
            .values(&row)
            .on_conflict((waivers::tenant, waivers::id))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
