//! Tickets.

use diesel::prelude::*;
use record::ids::{IssueId, SiteId, TenantId, TicketKey};
use record::state::{EmergencyRelease, Ticket, TicketApproval};
use zeroize::Zeroizing;

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::tickets;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tickets, treat_none_as_null = true)]
struct Row {
    tenant: String,
    site: String,
    issue: String,
    ticket_key: String,
    deleted: bool,
    content_hash: String,
    content_key: Vec<u8>,
    catalog: String,
    requirement_set: String,
    severity: String,
    risk_tenths: i32,
    assessed_by: String,
    assessed_seq: i64,
    approval: String,
    release: Option<String>,
    released_until: Option<String>,
}

/// A release in an emergency whose time is over.
#[derive(Debug, Clone)]
pub struct ReleaseOver {
    /// Its end and entry: behind it the next are looked for.
    pub place: (String, String),
    /// Whose it is, and the ticket; none of a row that cannot be read, which is the verifier's finding.
    pub ticket: Option<(TenantId, Ticket)>,
}

/// A ticket's row with its own key.
#[derive(Clone)]
pub struct TicketRow {
    /// What follows from the entries.
    pub ticket: Ticket,
    /// The key under which its content is hashed; empty once erased.
    pub content_key: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for TicketRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketRow")
            .field("ticket", &self.ticket)
            .finish_non_exhaustive()
    }
}

impl TryFrom<Row> for TicketRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = || StoreError::Row("tickets");
        Ok(Self {
            ticket: Ticket {
                site: row.site.parse().map_err(|_| broken())?,
                issue: row.issue.parse().map_err(|_| broken())?,
                key: row.ticket_key.parse().map_err(|_| broken())?,
                deleted: row.deleted,
                content_hash: row.content_hash,
                content_key_digest: ledger::Hash::of(&row.content_key).to_string(),
                catalog: row.catalog,
                requirement_set: row.requirement_set,
                severity: row.severity,
                risk_tenths: u8::try_from(row.risk_tenths).map_err(|_| broken())?,
                assessed_by: row.assessed_by.parse().map_err(|_| broken())?,
                assessed_seq: u64::try_from(row.assessed_seq).map_err(|_| broken())?,
                approval: TicketApproval::from_word(&row.approval).ok_or_else(broken)?,
                release: match row.release {
                    None if row.released_until.is_none() => None,
                    release => Some(release_of(release, row.released_until).ok_or_else(broken)?),
                },
            },
            content_key: Zeroizing::new(row.content_key),
        })
    }
}

/// A release in an emergency, as its columns have it.
fn release_of(release: Option<String>, until: Option<String>) -> Option<EmergencyRelease> {
    let release = release?;
    let (event, project) = release.split_once(' ')?;
    Some(EmergencyRelease {
        event: event.parse().ok()?,
        project: project.parse().ok()?,
        until,
    })
}

impl Db<'_> {
    /// A ticket of the tenant's.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn ticket(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Option<TicketRow>, StoreError> {
        let row: Option<Row> = tickets::table
            .find((tenant.as_str(), site.as_str(), issue.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TicketRow::try_from).transpose()
    }

    /// The tenant's tickets that were last seen under this key: one on each site at most.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn tickets_by_key(
        &mut self,
        tenant: &TenantId,
        key: &TicketKey,
    ) -> Result<Vec<Ticket>, StoreError> {
        let rows: Vec<Row> = tickets::table
            .filter(tickets::tenant.eq(tenant.as_str()))
            .filter(tickets::ticket_key.eq(key.as_str()))
            .order(tickets::site)
            .select(Row::as_select())
            .load(self.conn)?;
        let tickets = rows
            .into_iter()
            .map(|row| Ok(TicketRow::try_from(row)?.ticket));
        tickets.collect()
    }

    /// All tickets of a site, with their keys as last seen.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn tickets_of_site(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Vec<(IssueId, TicketKey)>, StoreError> {
        let rows: Vec<(String, String)> = tickets::table
            .filter(tickets::tenant.eq(tenant.as_str()))
            .filter(tickets::site.eq(site.as_str()))
            .order(tickets::issue)
            .select((tickets::issue, tickets::ticket_key))
            .load(self.conn)?;
        let broken = |_| StoreError::Row("tickets");
        rows.into_iter()
            .map(|(issue, key)| Ok((issue.parse().map_err(broken)?, key.parse().map_err(broken)?)))
            .collect()
    }

    /// The site's tickets on which somebody decided, whatever became of that, and those released in an emergency.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn decided_tickets(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Vec<Ticket>, StoreError> {
        let rows: Vec<Row> = tickets::table
            .filter(tickets::tenant.eq(tenant.as_str()))
            .filter(tickets::site.eq(site.as_str()))
            .filter(
                tickets::approval
                    .ne(TicketApproval::None.as_str())
                    .or(tickets::release.is_not_null()),
            )
            .select(Row::as_select())
            .load(self.conn)?;
        let tickets = rows
            .into_iter()
            .map(|row| Ok(TicketRow::try_from(row)?.ticket));
        tickets.collect()
    }

    /// Tickets, whosever, that were released in an emergency whose time is over, in the order of their ends; `limit` at most,
    /// after this one.
    ///
    /// # Errors
    /// If the database fails.
    pub fn releases_over(
        &mut self,
        now: &str,
        after: Option<&(String, String)>,
        limit: i64,
    ) -> Result<Vec<ReleaseOver>, StoreError> {
        let (until, event) =
            after.map_or(("", ""), |(until, event)| (until.as_str(), event.as_str()));
        let at_the_same_time = tickets::released_until
            .eq(until)
            .and(tickets::release.gt(event));
        let rows: Vec<Row> = tickets::table
            .filter(tickets::released_until.le(now))
            .filter(tickets::released_until.gt(until).or(at_the_same_time))
            .order((tickets::released_until, tickets::release))
            .limit(limit)
            .select(Row::as_select())
            .load(self.conn)?;
        let over = rows.into_iter().map(|row| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let place = (text(&row.released_until), text(&row.release));
            let tenant = row.tenant.parse().ok();
            let read = TicketRow::try_from(row).ok().map(|row| row.ticket);
            ReleaseOver {
                place,
                ticket: tenant.zip(read),
            }
        });
        Ok(over.collect())
    }

    /// The tenant's tickets after this one, in the order of site and id; `limit` at most. A row that cannot be read is
    /// given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn tickets_after(
        &mut self,
        tenant: &TenantId,
        after: Option<&(SiteId, IssueId)>,
        limit: i64,
    ) -> Result<Vec<Readable<Ticket>>, StoreError> {
        let (site, issue) = after.map_or(("", ""), |(site, issue)| (site.as_str(), issue.as_str()));
        let later_on_site = tickets::site.eq(site).and(tickets::issue.gt(issue));
        let rows: Vec<Row> = tickets::table
            .filter(tickets::tenant.eq(tenant.as_str()))
            .filter(tickets::site.gt(site).or(later_on_site))
            .order((tickets::site, tickets::issue))
            .limit(limit)
            .select(Row::as_select())
            .load(self.conn)?;
        let readable = rows.into_iter().map(|row| {
            let place = format!("{}/{}", row.site, row.issue);
            let read = TicketRow::try_from(row);
            read.map(|row| row.ticket).map_err(|_| place)
        });
        Ok(readable.collect())
    }

    /// Hands every ticket of the tenant's to `visit`, in the order of site and id. A row that cannot be
    /// read is handed over as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn each_ticket(
        &mut self,
        tenant: &TenantId,
        visit: &mut dyn FnMut(Readable<TicketRow>),
    ) -> Result<(), StoreError> {
        let rows = tickets::table
            .filter(tickets::tenant.eq(tenant.as_str()))
            .order((tickets::site, tickets::issue))
            .select(Row::as_select())
            .load_iter::<Row, diesel::connection::DefaultLoadingMode>(self.conn)?;
        for row in rows {
            let row = row?;
            let place = format!("{}/{}", row.site, row.issue);
            visit(TicketRow::try_from(row).map_err(|_| place));
        }
        Ok(())
    }
}

impl Tx<'_> {
    pub(super) fn keep_ticket(&mut self, ticket: Ticket) -> Result<(), StoreError> {
        let tenant = self.tenant.clone();
        let before = self.db.ticket(&tenant, &ticket.site, &ticket.issue)?;
        let before = before.map(|row| row.content_key.to_vec());
        let content_key = self.held(&ticket.content_key_digest, before)?;
        let release = ticket.release;
        let row = Row {
            tenant: self.tenant.as_str().to_owned(),
            site: ticket.site.into(),
            issue: ticket.issue.into(),
            ticket_key: ticket.key.into(),
            deleted: ticket.deleted,
            content_hash: ticket.content_hash,
            content_key,
            catalog: ticket.catalog,
            requirement_set: ticket.requirement_set,
            severity: ticket.severity,
            risk_tenths: i32::from(ticket.risk_tenths),
            assessed_by: ticket.assessed_by.into(),
            assessed_seq: ticket.assessed_seq as i64,
            approval: ticket.approval.as_str().to_owned(),
            release: release
                .as_ref()
                .map(|it| format!("{} {}", it.event, it.project)),
            released_until: release.and_then(|it| it.until),
        };
        on_either!(self.db.conn, conn => diesel::insert_into(tickets::table)
            .values(&row)
            .on_conflict((tickets::tenant, tickets::site, tickets::issue))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
