//! Where a feed carries requests to watch what was deployed, and nobody acknowledged one in time: that is recorded, and the
//! ticket is told. Which requests are open is not kept: it follows from the ledger, which each server reads through once
//! and then goes on from there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use record::entries::{EntryType, IntegrationState, MonitoringOverdue};
use record::ids::TenantId;
use record::scale::Severity;
use record::state::Feed;
use store::{Db, EntriesWanted, NewEntry, StoreError, Tx};

use super::acknowledged::acknowledged_once;
use super::request::Request;
use crate::effects::tell_news;
use crate::error::CaseError;
use crate::times::{instant, minute};
use crate::{Casework, server, subject_of};

/// The mark by which the comment is found.
const MARK: &str = "countersign-monitoring";
/// How many requests are looked for at once.
const AT_ONCE: i64 = 200;

/// How far each tenant's ledger was looked through, and which requests were open then.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watches(Arc<Mutex<BTreeMap<TenantId, Watch>>>);

#[derive(Debug, Clone, Default)]
struct Watch {
    next: u64,
    open: BTreeSet<u64>,
}

impl Watches {
    fn known(&self) -> MutexGuard<'_, BTreeMap<TenantId, Watch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Casework {
    /// Records which requests nobody acknowledged within this time, seen from this moment; how many were recorded.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn mind_monitoring(
        &self,
        at: DateTime<Utc>,
        within: Duration,
    ) -> Result<usize, CaseError> {
        let mut minded = 0;
        for tenant in self.tenants().await? {
            match self.mind_monitoring_of(&tenant, at, within).await {
                Ok(told) => minded += told,
                Err(error) => {
                    tracing::warn!(%tenant, %error, "requests to watch could not be minded");
                }
            }
        }
        Ok(minded)
    }

    async fn mind_monitoring_of(
        &self,
        tenant: &TenantId,
        at: DateTime<Utc>,
        within: Duration,
    ) -> Result<usize, CaseError> {
        let mut watch = self
            .watches
            .known()
            .get(tenant)
            .cloned()
            .unwrap_or_default();
        let latest = at - within;
        let whose = tenant.clone();
        let (watch, due) = self
            .store
            .read(move |db| -> Result<_, StoreError> {
                let feeds = feeds_in_use(db, &whose)?;
                if feeds.is_empty() {
                    return Ok((watch, Vec::new()));
                }
                watch.look_on(db, &whose)?;
                let mut due = Vec::new();
                for &seq in &watch.open {
                    let asked = Request::at(db, &whose, seq)?;
                    let asked = asked.filter(|asked| asked.at <= latest);
                    if asked.is_some_and(|asked| was_carried(&feeds, seq, &asked)) {
                        due.push(seq);
                    }
                }
                Ok((watch, due))
            })
            .await?;
        let mut told = 0;
        for &seq in &due {
            told += usize::from(self.not_watched(tenant, seq, within).await?);
        }
        let mut watch = watch;
        watch.open.retain(|seq| !due.contains(seq));
        self.watches.known().insert(tenant.clone(), watch);
        Ok(told)
    }

    /// Whether it was recorded: nobody had acknowledged it, and no other server was first.
    async fn not_watched(
        &self,
        tenant: &TenantId,
        seq: u64,
        within: Duration,
    ) -> Result<bool, CaseError> {
        self.store
            .write(tenant, move |tx| -> Result<bool, CaseError> {
                let tenant = tx.tenant().clone();
                let Some(asked) = Request::at(tx.db(), &tenant, seq)? else {
                    return Ok(false);
                };
                let acknowledged = acknowledged_once(&asked.event);
                if tx.db().position_under(&tenant, &acknowledged)?.is_some() {
                    return Ok(false);
                }
                record_overdue(tx, asked, within)
            })
            .await
    }
}

fn record_overdue(tx: &mut Tx<'_>, asked: Request, within: Duration) -> Result<bool, CaseError> {
    let Request {
        event, at, ticket, ..
    } = asked;
    let tenant = tx.tenant().clone();
    let (site, issue) = (ticket.site.clone(), ticket.id.clone());
    let until = instant((at + within).timestamp_millis());
    let next = format!(
        " The time for it was over at {}, and this is recorded as a finding. Whoever watches it now says so with \
         `countersign acknowledge {event}`.",
        minute(&until)
    );
    let appended = tx.append(NewEntry {
        subject: subject_of(&site, &issue),
        once: format!("monitoring-overdue:{event}"),
        payload: MonitoringOverdue {
            ticket,
            request: event,
            until,
        }
        .into(),
        beside: Vec::new(),
        severity: Severity::High,
        actor: server(),
        source: "COUNTERSIGN",
    })?;
    let there = tx.db().ticket(&tenant, &site, &issue)?;
    if appended.fresh && there.is_some_and(|row| !row.ticket.deleted) {
        let news = "Countersign: what was deployed for this issue is to be watched, and nobody has said to watch it.";
        tell_news(tx, (&site, &issue), MARK, news, &next)?;
    }
    Ok(appended.fresh)
}

impl Watch {
    /// Takes in what was requested since.
    fn look_on(&mut self, db: &mut Db<'_>, tenant: &TenantId) -> Result<(), StoreError> {
        let size = db.frontier(tenant)?.size();
        loop {
            let wanted = EntriesWanted {
                kind: Some(EntryType::MonitoringRequested.as_str()),
                at_least: Some(self.next),
                before: Some(size),
                earliest_first: true,
                ..EntriesWanted::default()
            };
            let found = db.positions_wanted(tenant, &wanted, AT_ONCE)?;
            self.open.extend(&found);
            match found.last() {
                Some(last) if found.len() as i64 == AT_ONCE => self.next = last + 1,
                _ => break,
            }
        }
        self.next = size;
        Ok(())
    }
}

fn feeds_in_use(db: &mut Db<'_>, tenant: &TenantId) -> Result<Vec<Feed>, StoreError> {
    let feeds = db.feeds(tenant)?.into_iter().flatten();
    Ok(feeds
        .filter(|feed| feed.state == IntegrationState::Enabled)
        .collect())
}

/// Whether one of these feeds was there before the request, and carries it.
fn was_carried(feeds: &[Feed], seq: u64, asked: &Request) -> bool {
    let kind = EntryType::MonitoringRequested.as_str();
    feeds
        .iter()
        .any(|feed| feed.seq < seq && feed.carries(kind, asked.severity))
}
