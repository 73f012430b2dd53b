//! The outbox: effects on other systems, decided together with the change that calls for them and sent
//! later, at least once. A later state of the same thing takes the place of an unsent one.

use diesel::prelude::*;
use record::ids::{IssueId, SiteId, TenantId};
use serde_json::Value;
use ulid::Ulid;

use crate::db::Db;
use crate::error::StoreError;
use crate::schema::outbox;
use crate::time::{now, now_ms};
use crate::tx::Tx;

/// An effect to be had on a ticket.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The site.
    pub site: SiteId,
    /// The ticket.
    pub issue: IssueId,
    /// Which thing on the ticket it sets, such as `property:countersign`.
    pub name: String,
    /// What to send.
    pub body: Value,
}

/// An effect that waits.
#[derive(Debug, Clone)]
pub struct OutboxItem {
    /// The row. Changes when a later state takes its place.
    pub id: String,
    /// Whose.
    pub tenant: TenantId,
    /// What.
    pub effect: Effect,
    /// How often sending failed.
    pub attempts: u32,
}

impl Tx<'_> {
    /// Decides on an effect.
    ///
    /// # Errors
    /// If the database fails.
    pub fn send(&mut self, effect: &Effect) -> Result<(), StoreError> {
        let (id, body, created_at) = (Ulid::generate().to_string(), effect.body.to_string(), now());
        let values = (
            outbox::id.eq(&id),
            outbox::body.eq(&body),
            outbox::created_at.eq(&created_at),
            outbox::attempts.eq(0),
            outbox::next_attempt_ms.eq(now_ms()),
            outbox::dead.eq(false),
            outbox::last_error.eq(None::<&str>),
        );
        diesel::insert_into(outbox::table)
            .values((
                outbox::tenant.eq(self.tenant.as_str()),
                outbox::site.eq(effect.site.as_str()),
                outbox::issue.eq(effect.issue.as_str()),
                outbox::effect.eq(&effect.name),
                values,
            ))
            .on_conflict((outbox::tenant, outbox::site, outbox::issue, outbox::effect))
            .do_update()
            .set(values)
            .execute(self.db.conn)?;
        Ok(())
    }

    /// The effect was had. Nothing happens if a later state took its place meanwhile.
    ///
    /// # Errors
    /// If the database fails.
    pub fn sent(&mut self, item: &OutboxItem) -> Result<(), StoreError> {
        let row = outbox::table
            .find(&item.id)
            .filter(outbox::tenant.eq(self.tenant.as_str()));
        diesel::delete(row).execute(self.db.conn)?;
        Ok(())
    }

    /// Sending failed: it waits until `next_attempt_ms`, or is laid aside for good.
    ///
    /// # Errors
    /// If the database fails.
    pub fn not_sent(
        &mut self,
        item: &OutboxItem,
        next_attempt_ms: Option<i64>,
        reason: &str,
    ) -> Result<(), StoreError> {
        let row = outbox::table
            .find(&item.id)
            .filter(outbox::tenant.eq(self.tenant.as_str()));
        diesel::update(row)
            .set((
                outbox::attempts.eq(outbox::attempts + 1),
                outbox::next_attempt_ms.eq(next_attempt_ms.unwrap_or_default()),
                outbox::dead.eq(next_attempt_ms.is_none()),
                outbox::last_error.eq(reason),
            ))
            .execute(self.db.conn)?;
        Ok(())
    }
}

impl Db<'_> {
    /// The effects whose time has come, the longest waiting first.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn due_outbox(&mut self, limit: i64) -> Result<Vec<OutboxItem>, StoreError> {
        type Row = (String, String, String, String, String, String, i32);
        let rows: Vec<Row> = outbox::table
            .filter(outbox::dead.eq(false))
            .filter(outbox::next_attempt_ms.le(now_ms()))
            .order((outbox::next_attempt_ms, outbox::id))
            .limit(limit)
            .select((
                outbox::id,
                outbox::tenant,
                outbox::site,
                outbox::issue,
                outbox::effect,
                outbox::body,
                outbox::attempts,
            ))
            .load(self.conn)?;
        rows.into_iter()
            .map(|(id, tenant, site, issue, name, body, attempts)| {
                let broken = || StoreError::Row("outbox");
                Ok(OutboxItem {
                    id,
                    tenant: tenant.parse().map_err(|_| broken())?,
                    effect: Effect {
                        site: site.parse().map_err(|_| broken())?,
                        issue: issue.parse().map_err(|_| broken())?,
                        name,
                        body: serde_json::from_str(&body).map_err(|_| broken())?,
                    },
                    attempts: u32::try_from(attempts).map_err(|_| broken())?,
                })
            })
            .collect()
    }

    /// How many effects wait, and how many were laid aside.
    ///
    /// # Errors
    /// If the database fails.
    pub fn outbox_depth(&mut self) -> Result<(i64, i64), StoreError> {
        let waiting = outbox::table
            .filter(outbox::dead.eq(false))
            .count()
            .get_result(self.conn)?;
        let dead = outbox::table
            .filter(outbox::dead.eq(true))
            .count()
            .get_result(self.conn)?;
        Ok((waiting, dead))
    }
}
