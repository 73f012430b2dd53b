//! The inbox: notifications that were taken in and not yet worked on. A notification is answered when
//! its row is durable; the row goes when the work is done. One delivery is one row while it waits.

use diesel::prelude::*;
use record::facts::TrackerFact;
use record::ids::{SiteId, TenantId};
use ulid::Ulid;

use crate::db::Db;
use crate::error::StoreError;
use crate::schema::inbox;
use crate::time::{now, now_ms};
use crate::tx::Tx;

/// A notification as it came in.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The site that sent it.
    pub site: SiteId,
    /// The key that repeated deliveries share.
    pub key: String,
    /// What it claims.
    pub fact: TrackerFact,
}

/// A notification that waits.
#[derive(Debug, Clone)]
pub struct InboxItem {
    /// The row.
    pub id: String,
    /// Whose.
    pub tenant: TenantId,
    /// From which site.
    pub site: SiteId,
    /// What it claims.
    pub fact: TrackerFact,
    /// How often work on it failed.
    pub attempts: u32,
}

impl Tx<'_> {
    /// Takes a notification in. False if the same delivery waits already.
    ///
    /// # Errors
    /// If the database fails.
    pub fn receive(&mut self, delivery: &Delivery) -> Result<bool, StoreError> {
        let fact = serde_json::to_string(&delivery.fact).map_err(|_| StoreError::Row("inbox"))?;
        let rows = diesel::insert_into(inbox::table)
            .values((
                inbox::id.eq(Ulid::generate().to_string()),
                inbox::tenant.eq(self.tenant.as_str()),
                inbox::site.eq(delivery.site.as_str()),
                inbox::delivery.eq(&delivery.key),
                inbox::fact.eq(fact),
                inbox::received_at.eq(now()),
                inbox::attempts.eq(0),
                inbox::next_attempt_ms.eq(now_ms()),
                inbox::dead.eq(false),
            ))
            .on_conflict_do_nothing()
            .execute(self.db.conn)?;
        Ok(rows == 1)
    }

    /// Ends the work on a notification, together with what it led to.
    ///
    /// # Errors
    /// If the database fails.
    pub fn done_with(&mut self, item: &InboxItem) -> Result<(), StoreError> {
        let row = inbox::table
            .find(&item.id)
            .filter(inbox::tenant.eq(self.tenant.as_str()));
        diesel::delete(row).execute(self.db.conn)?;
        Ok(())
    }

    /// Work on a notification failed: it waits until `next_attempt_ms`, or is laid aside for good.
    ///
    /// # Errors
    /// If the database fails.
    pub fn postpone(
        &mut self,
        item: &InboxItem,
        next_attempt_ms: Option<i64>,
        reason: &str,
    ) -> Result<(), StoreError> {
        let row = inbox::table
            .find(&item.id)
            .filter(inbox::tenant.eq(self.tenant.as_str()));
        diesel::update(row)
            .set((
                inbox::attempts.eq(inbox::attempts + 1),
                inbox::next_attempt_ms.eq(next_attempt_ms.unwrap_or_default()),
                inbox::dead.eq(next_attempt_ms.is_none()),
                inbox::last_error.eq(reason),
            ))
            .execute(self.db.conn)?;
        Ok(())
    }
}

impl Db<'_> {
    /// The notifications whose time has come, the longest waiting first. A row that is not what was written
    /// is passed over, so that it holds up no other; it stays where it is.
    ///
    /// # Errors
    /// If the database fails.
    pub fn due_inbox(&mut self, limit: i64) -> Result<Vec<InboxItem>, StoreError> {
        let rows: Vec<(String, String, String, String, i32)> = inbox::table
            .filter(inbox::dead.eq(false))
            .filter(inbox::next_attempt_ms.le(now_ms()))
            .order((inbox::next_attempt_ms, inbox::id))
            .limit(limit)
            .select((
                inbox::id,
                inbox::tenant,
                inbox::site,
                inbox::fact,
                inbox::attempts,
            ))
            .load(self.conn)?;
        let due = rows
            .into_iter()
            .filter_map(|(id, tenant, site, fact, attempts)| {
                let item = InboxItem {
                    id,
                    tenant: tenant.parse().ok()?,
                    site: site.parse().ok()?,
                    fact: serde_json::from_str(&fact).ok()?,
                    attempts: u32::try_from(attempts).ok()?,
                };
                Some(item)
            });
        Ok(due.collect())
    }

    /// How many notifications wait, and how many were laid aside.
    ///
    /// # Errors
    /// If the database fails.
    pub fn inbox_depth(&mut self) -> Result<(i64, i64), StoreError> {
        let waiting = inbox::table
            .filter(inbox::dead.eq(false))
            .count()
            .get_result(self.conn)?;
        let dead = inbox::table
            .filter(inbox::dead.eq(true))
            .count()
            .get_result(self.conn)?;
        Ok((waiting, dead))
    }
}
