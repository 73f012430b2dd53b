//! V:387: what was deployed for a ticket whose risk asks for it is to be watched. That is an entry, MONITORING_REQUESTED,
//! which feeds carry to whoever watches. It is decided where events and tickets come together, since a deployment and the
//! link that leads to a ticket may come in any order; each request counts once.

mod acknowledged;
mod overdue;
mod request;

use std::collections::BTreeSet;

use compliance::assessment::Action;
use record::entries::{MonitoringRequested, Payload, Reported};
use record::ids::{CommitSha, EventId, IssueId, SiteId};
use store::{EntryRow, NewEntry, StoreError, Tx};

use crate::events::subject_of_commit;
use crate::panel::recorded_assessment;
use crate::{server, subject_of};

pub use acknowledged::{Acknowledged, MonitoringRefused};
pub(crate) use overdue::Watches;

/// The most entries about one commit that are looked at, the latest.
const MOST_ABOUT: i64 = 500;

/// An event was looked into for the tickets that it names: if it is a deployment, those of its commit are looked at.
pub(crate) fn after_event(tx: &mut Tx<'_>, event: &EventId) -> Result<(), StoreError> {
    let Some((_, deployed)) = reported_as(tx, event)?.filter(|(kind, _)| *kind == Kind::Deployed)
    else {
        return Ok(());
    };
    let mut tickets = BTreeSet::new();
    let of_commit = match &deployed.commit {
        Some(commit) => about(tx, commit)?,
        None => Vec::new(),
    };
    let others = of_commit.into_iter().map(|(other, _, _)| other);
    for event in others.chain([event.clone()]) {
        let tenant = tx.tenant().clone();
        let links = tx.db().links_of_event(&tenant, &event)?.into_iter();
        let holding = links.filter(|link| !link.revoked);
        tickets.extend(holding.filter_map(|link| link.ticket));
    }
    let deployment = event;
    tickets
        .iter()
        .try_for_each(|(site, issue)| request(tx, site, issue, deployment))
}

/// An event was linked with a ticket: the deployments of its commit are looked at, itself among them.
pub(crate) fn after_link(
    tx: &mut Tx<'_>,
    event: &EventId,
    site: &SiteId,
    issue: &IssueId,
) -> Result<(), StoreError> {
    let Some((kind, reported)) = reported_as(tx, event)? else {
        return Ok(());
    };
    let of_commit = match &reported.commit {
        Some(commit) => about(tx, commit)?,
        None => vec![(event.clone(), kind, reported)],
    };
    let mut deployments = of_commit
        .iter()
        .filter(|(_, kind, _)| *kind == Kind::Deployed);
    deployments.try_for_each(|(deployment, _, _)| request(tx, site, issue, deployment))
}

/// What an event is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A deployment that is done.
    Deployed,
    /// Anything else.
    Other,
}

/// None of what was not reported from outside.
fn reported_as(tx: &mut Tx<'_>, event: &EventId) -> Result<Option<(Kind, Reported)>, StoreError> {
    let tenant = tx.tenant().clone();
    let Some(seq) = tx.db().position(&tenant, event)? else {
        return Ok(None);
    };
    let row = tx.db().entry(&tenant, seq)?;
    row.map_or(Ok(None), |row| read(&row))
}

fn read(row: &EntryRow) -> Result<Option<(Kind, Reported)>, StoreError> {
    let payload = Payload::parse(&row.entry.kind, &row.entry.payload)?;
    let Some(reported) = payload.reported().cloned() else {
        return Ok(None);
    };
    let kind = match payload {
        Payload::Deployment(_) if reported.is_deployed() => Kind::Deployed,
        _ => Kind::Other,
    };
    Ok(Some((kind, reported)))
}

fn about(
    tx: &mut Tx<'_>,
    commit: &CommitSha,
) -> Result<Vec<(EventId, Kind, Reported)>, StoreError> {
    let tenant = tx.tenant().clone();
    let subject = subject_of_commit(commit);
    let mut events = Vec::new();
    for seq in tx.db().positions_about(&tenant, &subject, MOST_ABOUT)? {
        let Some(row) = tx.db().entry(&tenant, seq)? else {
            continue;
        };
        if let Some((kind, reported)) = read(&row)? {
            let id = row.entry.id.parse();
            events.push((id.map_err(|_| StoreError::Row("entries"))?, kind, reported));
        }
    }
    Ok(events)
}

/// Records the request, if the ticket's risk asks for it.
fn request(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
    deployment: &EventId,
) -> Result<(), StoreError> {
    let tenant = tx.tenant().clone();
    let row = tx.db().ticket(&tenant, site, issue)?;
    let Some(row) = row.filter(|row| !row.ticket.deleted) else {
        return Ok(());
    };
    let assessment = recorded_assessment(tx.db(), &tenant, &row)?;
    let watched = assessment.filter(|it| it.actions.contains(&Action::EnhancedMonitoring));
    let Some(assessment) = watched else {
        return Ok(());
    };
    tx.append(NewEntry {
        subject: subject_of(site, issue),
        payload: MonitoringRequested {
            ticket: row.ticket.named(),
            deployment: deployment.clone(),
            risk_tenths: assessment.risk.score,
        }
        .into(),
        beside: Vec::new(),
        severity: assessment.security_level,
        actor: server(),
        source: "COUNTERSIGN",
        once: format!("monitoring:{deployment}:{site}:{issue}"),
    })?;
    Ok(())
}
