//! V:387: what was deployed for a ticket whose risk asks for it is to be watched. That is an entry, MONITORING_REQUESTED,
//! which feeds carry to whoever watches. A deployment and the link that leads to a ticket may come in any order, so those
//! of the last day are looked at again and again; each request counts once, however many servers look.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use compliance::assessment::Action;
use record::entries::{EntryType, MonitoringRequested, Payload, TicketId};
use record::facts::Tracker;
use record::ids::{EventId, IssueId, SiteId, TenantId};
use store::{Db, EntriesWanted, NewEntry, StoreError};

use crate::coverage::deployed::is_done;
use crate::error::CaseError;
use crate::events::subject_of_commit;
use crate::panel::recorded_assessment;
use crate::{Casework, server, subject_of};

/// How long a deployment waits for the link that leads to a ticket.
const LOOKED_BACK: Duration = Duration::days(1);
/// The most deployments of one tenant, and entries about one commit, that are looked at, the latest.
const MOST_DEPLOYMENTS: i64 = 500;
const MOST_ABOUT: i64 = 100;

impl Casework {
    /// Asks for what was deployed by this moment to be watched; how many requests are new.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn request_monitoring(&self, at: DateTime<Utc>) -> Result<usize, CaseError> {
        let since = (at - LOOKED_BACK).to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut requested = 0;
        for tenant in self.tenants().await? {
            let (whose, from) = (tenant.clone(), since.clone());
            let found = self.store.read(move |db| to_be_watched(db, &whose, &from));
            for new in found.await? {
                let appended = self
                    .store
                    .write(&tenant, move |tx| -> Result<_, CaseError> {
                        Ok(tx.append(new)?)
                    });
                requested += usize::from(appended.await?.fresh);
            }
        }
        Ok(requested)
    }
}

/// Requests that are not recorded yet.
fn to_be_watched(
    db: &mut Db<'_>,
    tenant: &TenantId,
    from: &str,
) -> Result<Vec<NewEntry>, StoreError> {
    let deployments = EntriesWanted {
        kind: Some(EntryType::Deployment.as_str()),
        from: Some(from.to_owned()),
        ..EntriesWanted::default()
    };
    let mut requests = Vec::new();
    for seq in db.positions_wanted(tenant, &deployments, MOST_DEPLOYMENTS)? {
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let Payload::Deployment(reported) = Payload::parse(&row.entry.kind, &row.entry.payload)?
        else {
            continue;
        };
        if !is_done(&reported) {
            continue;
        }
        let deployment: EventId = row
            .entry
            .id
            .parse()
            .map_err(|_| StoreError::Row("entries"))?;
        let mut events = BTreeSet::from([seq]);
        if let Some(commit) = &reported.commit {
            events.extend(db.positions_about(tenant, &subject_of_commit(commit), MOST_ABOUT)?);
        }
        for (site, issue) in tickets_of(db, tenant, events)? {
            requests.extend(request(db, tenant, &site, &issue, &deployment)?);
        }
    }
    Ok(requests)
}

/// The tickets that any of these events is linked with.
fn tickets_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    events: BTreeSet<u64>,
) -> Result<BTreeSet<(SiteId, IssueId)>, StoreError> {
    let mut tickets = BTreeSet::new();
    for seq in events {
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let id: EventId = row
            .entry
            .id
            .parse()
            .map_err(|_| StoreError::Row("entries"))?;
        let links = db.links_of_event(tenant, &id)?.into_iter();
        tickets.extend(
            links
                .filter(|link| !link.revoked)
                .filter_map(|link| link.ticket),
        );
    }
    Ok(tickets)
}

/// The request, if the ticket's risk asks for it and it is not recorded.
fn request(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &SiteId,
    issue: &IssueId,
    deployment: &EventId,
) -> Result<Option<NewEntry>, StoreError> {
    let once = format!("monitoring:{deployment}:{site}:{issue}");
    if db.position_under(tenant, &once)?.is_some() {
        return Ok(None);
    }
    let Some(row) = db
        .ticket(tenant, site, issue)?
        .filter(|row| !row.ticket.deleted)
    else {
        return Ok(None);
    };
    let assessment = recorded_assessment(db, tenant, &row)?;
    let assessment = assessment.filter(|it| it.actions.contains(&Action::EnhancedMonitoring));
    Ok(assessment.map(|assessment| NewEntry {
        subject: subject_of(site, issue),
        payload: MonitoringRequested {
            ticket: TicketId {
                tracker: Tracker::Jira,
                site: site.clone(),
                id: issue.clone(),
                key: row.ticket.key,
            },
            deployment: deployment.clone(),
            risk_tenths: assessment.risk.score,
        }
        .into(),
        beside: Vec::new(),
        severity: assessment.security_level,
        actor: server(),
        source: "COUNTERSIGN",
        once,
    }))
}
