//! Decisions on tickets.

use diesel::prelude::*;
use record::entries::ReviewScope;
use record::ids::{IssueId, SiteId, TenantId};
use record::state::{Approval, ApprovalState};

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::approvals;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = approvals, treat_none_as_null = true)]
struct Row {
    tenant: String,
    event: String,
    seq: i64,
    site: String,
    issue: String,
    reviewer: String,
    role: String,
    decision: String,
    content_hash: String,
    requirement_set: String,
    reviewed_at: String,
    state: String,
    scope: String,
    speaks_for: Option<String>,
    in_place_of: Option<String>,
}

impl TryFrom<Row> for Approval {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = || StoreError::Row("approvals");
        Ok(Self {
            event: row.event.parse().map_err(|_| broken())?,
            seq: u64::try_from(row.seq).map_err(|_| broken())?,
            site: row.site.parse().map_err(|_| broken())?,
            issue: row.issue.parse().map_err(|_| broken())?,
            reviewer: row.reviewer.parse().map_err(|_| broken())?,
            role: row.role,
            decision: row.decision,
            content_hash: row.content_hash,
            requirement_set: row.requirement_set,
            reviewed_at: row.reviewed_at,
            state: ApprovalState::from_word(&row.state).ok_or_else(broken)?,
            scope: ReviewScope::from_word(&row.scope).ok_or_else(broken)?,
            speaks_for: row.speaks_for,
            in_place_of: row
                .in_place_of
                .map(|person| person.parse().map_err(|_| broken()))
                .transpose()?,
        })
    }
}

impl Db<'_> {
    /// A ticket's decisions, the latest first.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn approvals(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Vec<Approval>, StoreError> {
        let rows: Vec<Row> = approvals::table
            .filter(approvals::tenant.eq(tenant.as_str()))
            .filter(approvals::site.eq(site.as_str()))
            .filter(approvals::issue.eq(issue.as_str()))
            .order(approvals::seq.desc())
            .select(Row::as_select())
            .load(self.conn)?;
        rows.into_iter().map(Approval::try_from).collect()
    }

    pub(crate) fn counting_approvals(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Vec<Approval>, StoreError> {
        let all = self.approvals(tenant, site, issue)?;
        Ok(all
            .into_iter()
            .filter(|approval| approval.state == ApprovalState::Counting)
            .collect())
    }

    /// Hands every decision of the tenant's to `visit`, in the order of their entries' ids. A row that
    /// cannot be read is handed over as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn each_approval(
        &mut self,
        tenant: &TenantId,
        visit: &mut dyn FnMut(Readable<Approval>),
    ) -> Result<(), StoreError> {
        let rows = approvals::table
            .filter(approvals::tenant.eq(tenant.as_str()))
            .order(approvals::event)
            .select(Row::as_select())
            .load_iter::<Row, diesel::connection::DefaultLoadingMode>(self.conn)?;
        for row in rows {
            let row = row?;
            let place = row.event.clone();
            visit(Approval::try_from(row).map_err(|_| place));
        }
        Ok(())
    }
}

impl Tx<'_> {
    pub(super) fn keep_approval(&mut self, approval: Approval) -> Result<(), StoreError> {
        let row = Row {
            tenant: self.tenant.as_str().to_owned(),
            event: approval.event.into(),
            seq: approval.seq as i64,
            site: approval.site.into(),
            issue: approval.issue.into(),
            reviewer: approval.reviewer.into(),
            role: approval.role,
            decision: approval.decision,
            content_hash: approval.content_hash,
            requirement_set: approval.requirement_set,
            reviewed_at: approval.reviewed_at,
            state: approval.state.as_str().to_owned(),
            scope: approval.scope.as_str().to_owned(),
            speaks_for: approval.speaks_for,
            in_place_of: approval.in_place_of.map(Into::into),
        };
        on_either!(self.db.conn, conn => diesel::insert_into(approvals::table)
            .values(&row)
            .on_conflict((approvals::tenant, approvals::event))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
