//! The outbox: effects on other systems, decided together with the change that calls for them and sent
//! later, at least once, by one sender at a time. A later state of the same thing takes the place of an unsent
//! one; while an earlier state is on its way, the later one waits for it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use record::ids::{IssueId, SiteId, TenantId};
use serde_json::Value;
use ulid::Ulid;

use crate::claim::{self, Claim};
use crate::connection::on_either;
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

/// An effect that was claimed, to be sent.
#[derive(Debug, Clone)]
pub struct OutboxItem {
    pub(crate) claim: Claim,
    /// The row. Changes when a later state takes its place.
    pub id: String,
    /// Whose.
    pub tenant: TenantId,
    /// What.
    pub effect: Effect,
    /// How often sending failed.
    pub attempts: u32,
    /// Since when this state of it waits, milliseconds since 1970.
    pub since_ms: i64,
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    site: String,
    #[diesel(sql_type = Text)]
    issue: String,
    #[diesel(sql_type = Text)]
    effect: String,
    #[diesel(sql_type = Text)]
    body: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
}

impl Tx<'_> {
    /// Decides on an effect. A claim on an earlier state stays: its sender ends it.
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
        on_either!(self.db.conn, conn => diesel::insert_into(outbox::table)
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
            .execute(conn)?);
        Ok(())
    }

    /// Claims up to `most` effects of the tenant's whose time has come, the longest waiting first. A row that is
    /// not what was written is laid aside, so that it holds up no other.
    ///
    /// # Errors
    /// If the database fails.
    pub fn claim_outbox(&mut self, most: i64) -> Result<Vec<OutboxItem>, StoreError> {
        let query = format!(
            "SELECT id, site, issue, effect, body, attempts FROM outbox WHERE {} \
             ORDER BY next_attempt_ms, id LIMIT $3 {}",
            claim::DUE,
            claim::skip_locked(self.db.conn)
        );
        let rows: Vec<Claimed> = diesel::sql_query(query)
            .bind::<Text, _>(self.tenant.as_str())
            .bind::<BigInt, _>(now_ms())
            .bind::<BigInt, _>(most)
            .load(self.db.conn)?;
        let mut items = Vec::new();
        for row in rows {
            let claim = Claim::new();
            let item = readable(&row, &self.tenant, claim.clone());
            diesel::update(outbox::table.find(&row.id))
                .set((
                    outbox::claim.eq(claim.as_str()),
                    outbox::claimed_until_ms.eq(claim::until()),
                    outbox::dead.eq(item.is_none()),
                ))
                .execute(self.db.conn)?;
            items.extend(item);
        }
        Ok(items)
    }

    /// Keeps a claim for longer: sending goes on.
    ///
    /// # Errors
    /// If the claim ran out, or the database fails.
    pub fn still_sending(&mut self, item: &OutboxItem) -> Result<(), StoreError> {
        let kept = diesel::update(held(
            self.tenant.as_str(),
            &item.effect,
            item.claim.as_str(),
        ))
        .set(outbox::claimed_until_ms.eq(claim::until()))
        .execute(self.db.conn)?;
        claim::still_held(kept)
    }

    /// The effect was had. If a later state took its place meanwhile, that one may be sent now.
    ///
    /// # Errors
    /// If the claim ran out, or the database fails.
    pub fn sent(&mut self, item: &OutboxItem) -> Result<(), StoreError> {
        let row = outbox::table
            .find(&item.id)
            .filter(outbox::tenant.eq(self.tenant.as_str()))
            .filter(outbox::claim.eq(item.claim.as_str()));
        if diesel::delete(row).execute(self.db.conn)? == 1 {
            return Ok(());
        }
        self.release(item)
    }

    /// Sending failed: it waits until `next_attempt_ms`, or is laid aside for good. If a later state took its
    /// place meanwhile, that one may be sent now.
    ///
    /// # Errors
    /// If the claim ran out, or the database fails.
    pub fn not_sent(
        &mut self,
        item: &OutboxItem,
        next_attempt_ms: Option<i64>,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.put_effect_back(item, 1, next_attempt_ms, reason)
    }

    fn put_effect_back(
        &mut self,
        item: &OutboxItem,
        attempts: i32,
        next_attempt_ms: Option<i64>,
        reason: &str,
    ) -> Result<(), StoreError> {
        let row = outbox::table
            .find(&item.id)
            .filter(outbox::tenant.eq(self.tenant.as_str()))
            .filter(outbox::claim.eq(item.claim.as_str()));
        diesel::update(row)
            .set((
                outbox::attempts.eq(outbox::attempts + attempts),
                outbox::next_attempt_ms.eq(next_attempt_ms.unwrap_or_default()),
                outbox::dead.eq(next_attempt_ms.is_none()),
                outbox::last_error.eq(reason),
            ))
            .execute(self.db.conn)?;
        self.release(item)
    }

    /// Sending cannot begin here, which says nothing of the effect: it waits until `next_attempt_ms`, and no attempt is
    /// counted.
    ///
    /// # Errors
    /// If the claim ran out, or the database fails.
    pub fn not_sent_yet(
        &mut self,
        item: &OutboxItem,
        next_attempt_ms: i64,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.put_effect_back(item, 0, Some(next_attempt_ms), reason)
    }

    fn release(&mut self, item: &OutboxItem) -> Result<(), StoreError> {
        let released = diesel::update(held(
            self.tenant.as_str(),
            &item.effect,
            item.claim.as_str(),
        ))
        .set((
            outbox::claim.eq(None::<&str>),
            outbox::claimed_until_ms.eq(0),
        ))
        .execute(self.db.conn)?;
        claim::still_held(released)
    }
}

/// The row that a claim holds, whatever state took its place meanwhile. It is found by what it is an effect on: by the
/// claim alone, all that waits would have to be looked through for it.
#[diesel::dsl::auto_type]
fn held<'a>(tenant: &'a str, effect: &'a Effect, claim: &'a str) -> _ {
    let (site, issue): (&'a str, &'a str) = (effect.site.as_str(), effect.issue.as_str());
    let name: &'a str = effect.name.as_str();
    outbox::table
        .filter(outbox::tenant.eq(tenant))
        .filter(outbox::site.eq(site))
        .filter(outbox::issue.eq(issue))
        .filter(outbox::effect.eq(name))
        .filter(outbox::claim.eq(claim))
}

fn readable(row: &Claimed, tenant: &TenantId, claim: Claim) -> Option<OutboxItem> {
    Some(OutboxItem {
        claim,
        id: row.id.clone(),
        tenant: tenant.clone(),
        effect: Effect {
            site: row.site.parse().ok()?,
            issue: row.issue.parse().ok()?,
            name: row.effect.clone(),
            body: serde_json::from_str(&row.body).ok()?,
        },
        attempts: u32::try_from(row.attempts).ok()?,
        since_ms: claim::made_ms(&row.id),
    })
}

/// An effect that was not had yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Whether nobody tries any more.
    pub laid_aside: bool,
    /// Why it was not had, the last time.
    pub last_error: Option<String>,
}

impl Db<'_> {
    /// An effect on a ticket, if it was not had yet.
    ///
    /// # Errors
    /// If the database fails.
    pub fn unsent(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
        name: &str,
    ) -> Result<Option<Unsent>, StoreError> {
        let row: Option<(bool, Option<String>)> = outbox::table
            .filter(outbox::tenant.eq(tenant.as_str()))
            .filter(outbox::site.eq(site.as_str()))
            .filter(outbox::issue.eq(issue.as_str()))
            .filter(outbox::effect.eq(name))
            .select((outbox::dead, outbox::last_error))
            .first(self.conn)
            .optional()?;
        Ok(row.map(|(laid_aside, last_error)| Unsent {
            laid_aside,
            last_error,
        }))
    }

    /// Why an effect of this name was not had the last time, if one was not had yet for a reason; the latest of them.
    ///
    /// # Errors
    /// If the database fails.
    pub fn last_error_of(
        &mut self,
        tenant: &TenantId,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        let reason: Option<Option<String>> = outbox::table
            .filter(outbox::tenant.eq(tenant.as_str()))
            .filter(outbox::effect.eq(name))
            .filter(outbox::last_error.is_not_null())
            .order(outbox::id.desc())
            .select(outbox::last_error)
            .first(self.conn)
            .optional()?;
        Ok(reason.flatten())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Plans, text_of};

    #[test]
    fn what_a_claim_holds_is_found_without_looking_through_what_waits() {
        let effect = Effect {
            site: SiteId::from_ulid(Ulid::nil()),
            issue: "10001".parse().unwrap(),
            name: String::new(),
            body: Value::Null,
        };
        let end = text_of(&diesel::delete(held("", &effect, "")));
        let plan = Plans::on_empty_tables().of(&end);
        let [step] = plan.as_slice() else {
            panic!("{plan:?}")
        };
        let through_the_ticket = "(tenant=? AND site=? AND issue=? AND effect=?)";
        assert!(step.ends_with(through_the_ticket), "{step}");
    }
}
