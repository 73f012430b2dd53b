//! Links between events and tickets, looked up from either side.

use diesel::prelude::*;
use record::ids::{EventId, IssueId, SiteId, TenantId};
use record::state::Link;

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::links;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = links, treat_none_as_null = true)]
struct Row {
    tenant: String,
    id: String,
    seq: i64,
    event: String,
    ticket_key: String,
    site: Option<String>,
    issue: Option<String>,
    revoked: bool,
}

impl TryFrom<Row> for Link {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |_| StoreError::Row("links");
        let ticket = match (row.site, row.issue) {
            (Some(site), Some(issue)) => Some((
                site.parse().map_err(broken)?,
                issue.parse().map_err(broken)?,
            )),
            (None, None) => None,
            _ => return Err(StoreError::Row("links")),
        };
        Ok(Self {
            link: row.id.parse().map_err(broken)?,
            seq: u64::try_from(row.seq).map_err(|_| StoreError::Row("links"))?,
            event: row.event.parse().map_err(broken)?,
            ticket_key: row.ticket_key.parse().map_err(broken)?,
            ticket,
            revoked: row.revoked,
        })
    }
}

impl Db<'_> {
    /// A link.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn link(&mut self, tenant: &TenantId, link: &EventId) -> Result<Option<Link>, StoreError> {
        let row: Option<Row> = links::table
            .find((tenant.as_str(), link.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TryInto::try_into).transpose()
    }

    /// An event's links, the first first, revoked ones among them.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn links_of_event(
        &mut self,
        tenant: &TenantId,
        event: &EventId,
    ) -> Result<Vec<Link>, StoreError> {
        let rows: Vec<Row> = links::table
            .filter(links::tenant.eq(tenant.as_str()))
            .filter(links::event.eq(event.as_str()))
            .order(links::seq)
            .select(Row::as_select())
            .load(self.conn)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// A ticket's links, the latest first, revoked ones among them; `limit` at most.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn links_of_ticket(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
        limit: i64,
    ) -> Result<Vec<Link>, StoreError> {
        let rows: Vec<Row> = links::table
            .filter(links::tenant.eq(tenant.as_str()))
            .filter(links::site.eq(site.as_str()))
            .filter(links::issue.eq(issue.as_str()))
            .order(links::seq.desc())
            .limit(limit)
            .select(Row::as_select())
            .load(self.conn)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Hands every link of the tenant's to `visit`, in the order of ids. A row that cannot be read is handed over as
    /// the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn each_link(
        &mut self,
        tenant: &TenantId,
        visit: &mut dyn FnMut(Readable<Link>),
    ) -> Result<(), StoreError> {
        let rows = links::table
            .filter(links::tenant.eq(tenant.as_str()))
            .order(links::id)
            .select(Row::as_select())
            .load_iter::<Row, diesel::connection::DefaultLoadingMode>(self.conn)?;
        for row in rows {
            let row = row?;
            let place = row.id.clone();
            visit(Link::try_from(row).map_err(|_| place));
        }
        Ok(())
    }
}

impl Tx<'_> {
    pub(super) fn keep_link(&mut self, link: Link) -> Result<(), StoreError> {
        let (site, issue) = link.ticket.unzip();
        let row = Row {
            tenant: self.tenant.as_str().to_owned(),
            id: link.link.into(),
            seq: link.seq as i64,
            event: link.event.into(),
            ticket_key: link.ticket_key.into(),
            site: site.map(Into::into),
            issue: issue.map(Into::into),
            revoked: link.revoked,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(links::table)
            .values(&row)
            .on_conflict((links::tenant, links::id))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
