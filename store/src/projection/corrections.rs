//! Findings that people set right.

use diesel::prelude::*;
use record::ids::{IssueId, SiteId, TenantId};
use record::state::CorrectedFinding;

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::corrections;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = corrections, treat_none_as_null = true)]
struct Row {
    tenant: String,
    site: String,
    issue: String,
    indicator: String,
    correction: String,
    of_words: Option<String>,
    event: String,
    seq: i64,
}

impl TryFrom<Row> for CorrectedFinding {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |_| StoreError::Row("corrections");
        Ok(Self {
            site: row.site.parse().map_err(broken)?,
            issue: row.issue.parse().map_err(broken)?,
            indicator: row.indicator,
            correction: row.correction.parse().map_err(broken)?,
            of_words: row.of_words,
            event: row.event.parse().map_err(broken)?,
            seq: u64::try_from(row.seq).map_err(|_| StoreError::Row("corrections"))?,
        })
    }
}

impl Db<'_> {
    /// What was last said of each finding of a ticket that somebody set right, by indicator.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn corrections(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Vec<CorrectedFinding>, StoreError> {
        let rows: Vec<Row> = corrections::table
            .filter(corrections::tenant.eq(tenant.as_str()))
            .filter(corrections::site.eq(site.as_str()))
            .filter(corrections::issue.eq(issue.as_str()))
            .order(corrections::indicator)
            .select(Row::as_select())
            .load(self.conn)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Hands every correction of the tenant's to `visit`, in the order of site, ticket and indicator. A row that cannot be
    /// read is handed over as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn each_correction(
        &mut self,
        tenant: &TenantId,
        visit: &mut dyn FnMut(Readable<CorrectedFinding>),
    ) -> Result<(), StoreError> {
        let rows = corrections::table
            .filter(corrections::tenant.eq(tenant.as_str()))
            .order((
                corrections::site,
                corrections::issue,
                corrections::indicator,
            ))
            .select(Row::as_select())
            .load_iter::<Row, diesel::connection::DefaultLoadingMode>(self.conn)?;
        for row in rows {
            let row = row?;
            let place = format!("{}/{}/{}", row.site, row.issue, row.indicator);
            visit(CorrectedFinding::try_from(row).map_err(|_| place));
        }
        Ok(())
    }
}

impl Tx<'_> {
    pub(super) fn keep_correction(
        &mut self,
        corrected: CorrectedFinding,
    ) -> Result<(), StoreError> {
        let row = Row {
            tenant: self.tenant.as_str().to_owned(),
            site: corrected.site.into(),
            issue: corrected.issue.into(),
            indicator: corrected.indicator,
            correction: corrected.correction.as_str().to_owned(),
            of_words: corrected.of_words,
            event: corrected.event.into(),
            seq: corrected.seq as i64,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(corrections::table)
            .values(&row)
            .on_conflict((
                corrections::tenant,
                corrections::site,
                corrections::issue,
                corrections::indicator,
            ))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
