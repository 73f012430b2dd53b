//! What becomes of a request to watch what was deployed: whoever watches acknowledges it, or, where a feed carries such
//! requests and nobody did in time, that is recorded and the ticket is told. Which requests are open is not kept: it
//! follows from the ledger, which each server reads through once and then goes on from there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use jira::adf::{Inline, document};
use jira::rest::instant_ms;
use record::entries::{
    EntryType, IntegrationState, MonitoringAcknowledged, MonitoringOverdue, Payload, Reporter,
    TicketId,
};
use record::ids::{EventId, TenantId, TicketKey};
use record::scale::Severity;
use record::state::Feed;
use store::{Db, EntriesWanted, NewEntry, StoreError, Tx};

use crate::api_keys::ApiCaller;
use crate::effects::comment;
use crate::error::CaseError;
use crate::times::{instant, minute};
use crate::{Casework, server, subject_of};

/// The mark by which the comment is found.
const MARK: &str = "countersign-monitoring";
/// How many requests are looked for at once.
const AT_ONCE: i64 = 200;

/// Why a request was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum MonitoringRefused {
    /// There is no such request.
    #[error("There is no request to watch with this id. Nothing was recorded.")]
    NoRequest,
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for MonitoringRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

/// That a request was acknowledged.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    /// The entry that says so.
    pub event: EventId,
    /// The ticket, by its key when it was requested.
    pub ticket: TicketKey,
    /// Whether nobody had said so before.
    pub fresh: bool,
}

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
    /// Records that somebody watches what was deployed; once for a request, whoever says so.
    ///
    /// # Errors
    /// Why it was not recorded.
    pub async fn acknowledge_monitoring(
        &self,
        caller: &ApiCaller,
        request: EventId,
    ) -> Result<Acknowledged, MonitoringRefused> {
        let caller = caller.clone();
        let tenant = caller.tenant.clone();
        self.store
            .write(&tenant, move |tx| -> Result<_, MonitoringRefused> {
                let tenant = tx.tenant().clone();
                let asked = match tx.db().position(&tenant, &request)? {
                    Some(seq) => requested_at(tx.db(), &tenant, seq)?,
                    None => None,
                };
                let ticket = asked.ok_or(MonitoringRefused::NoRequest)?.ticket;
                let appended = tx.append(NewEntry {
                    subject: subject_of(&ticket.site, &ticket.id),
                    once: acknowledged_once(&request),
                    payload: MonitoringAcknowledged {
                        ticket: ticket.clone(),
                        request,
                        by: Reporter::ApiKey(caller.key.key.clone()),
                    }
                    .into(),
                    beside: Vec::new(),
                    severity: Severity::Info,
                    actor: caller.actor(),
                    source: "API",
                })?;
                Ok(Acknowledged {
                    event: appended.id,
                    ticket: ticket.key,
                    fresh: appended.fresh,
                })
            })
            .await
    }

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
                let Some(carried_from) = carried_from(db, &whose)? else {
                    return Ok((watch, Vec::new()));
                };
                watch.look_on(db, &whose)?;
                let mut due = Vec::new();
                for &seq in watch.open.range(carried_from..) {
                    let asked = requested_at(db, &whose, seq)?;
                    if asked.is_some_and(|asked| asked.at <= latest) {
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
                let Some(asked) = requested_at(tx.db(), &tenant, seq)? else {
                    return Ok(false);
                };
                let acknowledged = acknowledged_once(&asked.request);
                if tx.db().position_under(&tenant, &acknowledged)?.is_some() {
                    return Ok(false);
                }
                record_overdue(tx, asked, within)
            })
            .await
    }
}

fn record_overdue(tx: &mut Tx<'_>, asked: Asked, within: Duration) -> Result<bool, CaseError> {
    let Asked {
        at,
        ticket,
        request,
    } = asked;
    let tenant = tx.tenant().clone();
    let (site, issue) = (ticket.site.clone(), ticket.id.clone());
    let until = instant((at + within).timestamp_millis());
    let (time, id) = (minute(&until), request.to_string());
    let appended = tx.append(NewEntry {
        subject: subject_of(&site, &issue),
        once: format!("monitoring-overdue:{request}"),
        payload: MonitoringOverdue {
            ticket,
            request,
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
        let next = format!(
            " The time for it was over at {time}, and this is recorded as a finding. Whoever watches it now says so with \
             `countersign acknowledge {id}`."
        );
        let words = [Inline::Strong(news.to_owned()), Inline::Text(next)];
        comment(tx, &site, &issue, MARK, &document(&[words.to_vec()]))?;
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

/// From which position on a feed in use carries requests to watch; none if none does.
fn carried_from(db: &mut Db<'_>, tenant: &TenantId) -> Result<Option<u64>, StoreError> {
    let carries = |feed: &Feed| {
        let of_type = feed.types.is_empty() || feed.types.contains(&EntryType::MonitoringRequested);
        feed.state == IntegrationState::Enabled && of_type
    };
    let feeds = db.feeds(tenant)?.into_iter().flatten();
    Ok(feeds.filter(carries).map(|feed| feed.seq).min())
}

/// A request, as far as it matters here.
struct Asked {
    at: DateTime<Utc>,
    ticket: TicketId,
    request: EventId,
}

/// The request that stands there, if one does.
fn requested_at(db: &mut Db<'_>, tenant: &TenantId, seq: u64) -> Result<Option<Asked>, StoreError> {
    let Some(row) = db.entry(tenant, seq)? else {
        return Ok(None);
    };
    let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
    let Payload::MonitoringRequested(asked) = said else {
        return Ok(None);
    };
    let at = instant_ms(&row.entry.at).and_then(DateTime::from_timestamp_millis);
    let request = row.entry.id.parse();
    Ok(Some(Asked {
        at: at.ok_or(StoreError::Row("entries"))?,
        ticket: asked.ticket,
        request: request.map_err(|_| StoreError::Row("entries"))?,
    }))
}

fn acknowledged_once(request: &EventId) -> String {
    format!("monitoring-acknowledged:{request}")
}
