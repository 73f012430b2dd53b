//! The inbox: notifications that were taken in and not yet worked on. A notification is answered when
//! its row is durable; the row goes when the work is done. One delivery is one row while it waits.
//!
//! Notifications that a ticket changed are one piece of work per ticket, however many wait: the ticket is read
//! once for all of them. A piece of work is claimed for a time; whoever claimed it may end it, and nobody else.

mod taken;

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use record::facts::Fact;
use record::ids::{EventId, IssueId, SiteId, TenantId};

use crate::claim::{self, Claim};
use crate::connection::Connection;
use crate::db::Db;
use crate::error::StoreError;
use crate::schema::inbox;
use crate::time::now_ms;
use crate::tx::Tx;

pub(crate) use taken::receive_all;

/// The most notifications that one piece of work takes with it.
const MOST_TOGETHER: i64 = 1000;

/// A notification as it came in.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The site that sent it.
    pub site: SiteId,
    /// The key that repeated deliveries share.
    pub key: String,
    /// What it claims.
    pub fact: Fact,
}

/// A piece of work that was claimed: a notification, or several of the same ticket.
#[derive(Debug, Clone)]
pub struct InboxItem {
    pub(crate) claim: Claim,
    /// What the notifications have in common.
    subject: String,
    /// Whose.
    pub tenant: TenantId,
    /// From which site.
    pub site: SiteId,
    /// What the first of them claims.
    pub fact: Fact,
    /// How often work on it failed.
    pub attempts: u32,
    /// How many notifications it is.
    pub notifications: usize,
    /// Since when the first of them waits, milliseconds since 1970.
    pub since_ms: i64,
}

#[derive(QueryableByName)]
struct Candidate {
    #[diesel(sql_type = Text)]
    site: String,
    #[diesel(sql_type = Text)]
    subject: String,
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    fact: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
}

impl Tx<'_> {
    /// Claims up to `most` pieces of work of the tenant's whose time has come, the longest waiting first. A row
    /// that is not what was written is laid aside, so that it holds up no other.
    ///
    /// # Errors
    /// If the database fails.
    pub fn claim_inbox(&mut self, most: i64) -> Result<Vec<InboxItem>, StoreError> {
        let query = format!(
            "SELECT site, subject FROM inbox WHERE {} ORDER BY next_attempt_ms, id LIMIT $3 {}",
            claim::DUE,
            claim::skip_locked(self.db.conn)
        );
        let candidates: Vec<Candidate> = diesel::sql_query(query)
            .bind::<Text, _>(self.tenant.as_str())
            .bind::<BigInt, _>(now_ms())
            .bind::<BigInt, _>(most)
            .load(self.db.conn)?;
        let mut subjects = BTreeMap::new();
        for (at, candidate) in candidates.into_iter().enumerate() {
            subjects
                .entry((candidate.site, candidate.subject))
                .or_insert(at);
        }
        let mut in_order: Vec<_> = subjects.into_iter().collect();
        in_order.sort_unstable_by_key(|(_, at)| *at);
        let mut items = Vec::new();
        for ((site, subject), _) in in_order {
            items.extend(self.claim_subject(&site, &subject)?);
        }
        Ok(items)
    }

    fn claim_subject(
        &mut self,
        site: &str,
        subject: &str,
    ) -> Result<Option<InboxItem>, StoreError> {
        let claim = Claim::new();
        let query = claim_of_subject(self.db.conn);
        let mut rows: Vec<Claimed> = diesel::sql_query(query)
            .bind::<Text, _>(self.tenant.as_str())
            .bind::<BigInt, _>(now_ms())
            .bind::<Text, _>(site)
            .bind::<Text, _>(subject)
            .bind::<BigInt, _>(MOST_TOGETHER)
            .bind::<Text, _>(claim.as_str())
            .bind::<BigInt, _>(claim::until())
            .load(self.db.conn)?;
        rows.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let item = readable(first, site).map(|(site, fact)| InboxItem {
            claim: claim.clone(),
            subject: subject.to_owned(),
            tenant: self.tenant.clone(),
            site,
            fact,
            attempts: u32::try_from(first.attempts).unwrap_or_default(),
            notifications: rows.len(),
            since_ms: claim::made_ms(&first.id),
        });
        if item.is_none() {
            let unreadable = held(self.tenant.as_str(), site, subject, claim.as_str());
            diesel::update(unreadable)
                .set((
                    inbox::dead.eq(true),
                    inbox::last_error.eq("not what was written"),
                ))
                .execute(self.db.conn)?;
        }
        Ok(item)
    }

    /// Keeps a claim for longer: the work goes on.
    ///
    /// # Errors
    /// If the claim ran out and somebody else has the work, or the database fails.
    pub fn still_working_on(&mut self, item: &InboxItem) -> Result<(), StoreError> {
        let kept = diesel::update(held(
            self.tenant.as_str(),
            item.site.as_str(),
            &item.subject,
            item.claim.as_str(),
        ))
        .set(inbox::claimed_until_ms.eq(claim::until()))
        .execute(self.db.conn)?;
        claim::still_held(kept)
    }

    /// Ends the work on a notification, together with what it led to.
    ///
    /// # Errors
    /// If the claim ran out and somebody else has the work, or the database fails.
    pub fn done_with(&mut self, item: &InboxItem) -> Result<(), StoreError> {
        let ended = diesel::delete(held(
            self.tenant.as_str(),
            item.site.as_str(),
            &item.subject,
            item.claim.as_str(),
        ))
        .execute(self.db.conn)?;
        claim::still_held(ended)
    }

    /// Work on a notification cannot begin here, which says nothing of the notification: it waits until
    /// `next_attempt_ms`, and no attempt is counted.
    ///
    /// # Errors
    /// If the claim ran out and somebody else has the work, or the database fails.
    pub fn put_off(
        &mut self,
        item: &InboxItem,
        next_attempt_ms: i64,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.put_work_back(item, 0, Some(next_attempt_ms), reason)
    }

    /// Work on a notification failed: it waits until `next_attempt_ms`, or is laid aside for good.
    ///
    /// # Errors
    /// If the claim ran out and somebody else has the work, or the database fails.
    pub fn postpone(
        &mut self,
        item: &InboxItem,
        next_attempt_ms: Option<i64>,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.put_work_back(item, 1, next_attempt_ms, reason)
    }

    fn put_work_back(
        &mut self,
        item: &InboxItem,
        attempts: i32,
        next_attempt_ms: Option<i64>,
        reason: &str,
    ) -> Result<(), StoreError> {
        let changed = diesel::update(held(
            self.tenant.as_str(),
            item.site.as_str(),
            &item.subject,
            item.claim.as_str(),
        ))
        .set((
            inbox::attempts.eq(inbox::attempts + attempts),
            inbox::next_attempt_ms.eq(next_attempt_ms.unwrap_or_default()),
            inbox::dead.eq(next_attempt_ms.is_none()),
            inbox::last_error.eq(reason),
            inbox::claim.eq(None::<&str>),
            inbox::claimed_until_ms.eq(0),
        ))
        .execute(self.db.conn)?;
        claim::still_held(changed)
    }
}

/// Claims what is due of one subject (`$3`, `$4`), and gives it. SQLite is told how to find that: it would go through
/// all of the tenant's that is due, since it takes two bounds for better than three equal columns.
fn claim_of_subject(connection: &Connection) -> String {
    let by_subject = match connection {
        Connection::Postgres(_) => "",
        Connection::Sqlite(_) => "INDEXED BY inbox_by_subject",
    };
    format!(
        "WITH due AS (SELECT id FROM inbox {by_subject} WHERE {} AND site = $3 AND subject = $4 ORDER BY id LIMIT $5 {}) \
         UPDATE inbox SET claim = $6, claimed_until_ms = $7 WHERE id IN (SELECT id FROM due) \
         RETURNING id, fact, attempts",
        claim::DUE,
        claim::skip_locked(connection)
    )
}

/// The rows that a claim holds. They are found by their subject: by the claim alone, all that waits would have to be
/// looked through for them.
#[diesel::dsl::auto_type]
fn held<'a>(tenant: &'a str, site: &'a str, subject: &'a str, claim: &'a str) -> _ {
    inbox::table
        .filter(inbox::tenant.eq(tenant))
        .filter(inbox::site.eq(site))
        .filter(inbox::subject.eq(subject))
        .filter(inbox::claim.eq(claim))
}

fn readable(row: &Claimed, site: &str) -> Option<(SiteId, Fact)> {
    Some((site.parse().ok()?, serde_json::from_str(&row.fact).ok()?))
}

impl Db<'_> {
    /// Whether a notification about a ticket's content, status or end waits, or was laid aside.
    ///
    /// # Errors
    /// If the database fails.
    pub fn ticket_has_news(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<bool, StoreError> {
        let subjects = ["ticket", "status", "deleted"].map(|what| format!("{what}/{issue}"));
        let waits = inbox::table
            .filter(inbox::tenant.eq(tenant.as_str()))
            .filter(inbox::site.eq(site.as_str()))
            .filter(inbox::subject.eq_any(subjects));
        Ok(diesel::select(diesel::dsl::exists(waits)).get_result(self.conn)?)
    }

    /// Whether an event still waits to be linked on one of the tenant's sites, or was laid aside.
    ///
    /// # Errors
    /// If the database fails.
    pub fn event_waits(&mut self, tenant: &TenantId, event: &EventId) -> Result<bool, StoreError> {
        let sites = inbox::table
            .filter(inbox::tenant.eq(tenant.as_str()))
            .filter(inbox::delivery.eq(format!("event:{event}")));
        Ok(diesel::select(diesel::dsl::exists(sites)).get_result(self.conn)?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Plans, text_of};

    #[test]
    fn what_is_claimed_and_what_a_claim_holds_is_found_without_looking_through_what_waits() {
        let mut plans = Plans::on_empty_tables();
        let claim = claim_of_subject(&plans.connection);
        let end = text_of(&diesel::delete(held("", "", "", "")));
        for statement in [claim, end] {
            let plan = plans.of(&statement);
            let steps = plan.iter().filter(|step| !step.contains("(id=?)"));
            let searches: Vec<_> = steps.filter(|step| step.contains("inbox")).collect();
            assert_eq!(
                searches,
                ["SEARCH inbox USING INDEX inbox_by_subject (tenant=? AND site=? AND subject=?)"]
            );
        }
    }
}
