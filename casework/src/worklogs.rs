//! Work was logged on a ticket, or what was logged was changed or deleted. What its author wrote stands beside the entry,
//! as it was when it was read again; what is deleted is recorded as observed.

use jira::rest::{RestError, TicketName, Worklog};
use record::entries::{Observed, TicketId, WorklogRecorded};
use record::facts::{Change, Tracker, WorklogChanged};
use record::ids::{AccountId, IssueId};
use record::scale::Severity;
use store::{InboxItem, NewEntry, StoreError, Tx};

use crate::error::CaseError;
use crate::people::person_for;
use crate::{ActiveSite, Casework, person, server, subject_of};

/// What was logged, as it stands at its source, or as a notification told of it.
struct Seen {
    author: Option<AccountId>,
    text: String,
    seconds: Option<u64>,
    started: Option<String>,
    updated: Option<String>,
    observed: Observed,
}

impl Casework {
    /// Records what happened to work that was logged. The notification names no key and so no project: whether the ticket
    /// is one that is looked at shows when it is read.
    pub(crate) async fn worklog_changed(
        &self,
        site: &ActiveSite,
        fact: &WorklogChanged,
        item: InboxItem,
    ) -> Result<(), CaseError> {
        let Some(ticket) = self.looked_at(site, &fact.issue).await? else {
            return self.lay_down(site, Some(item)).await;
        };
        let read = match self.calls(site).worklog(&fact.issue, &fact.worklog).await {
            Ok(worklog) => Some(worklog),
            Err(RestError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        if fact.change == Change::Deleted && read.is_some() {
            return self.lay_down(site, Some(item)).await;
        }
        let seen = Seen::of(read, fact);
        let (worklog, change) = (fact.worklog.clone(), fact.change);
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                record(tx, ticket, worklog, change, seen)?;
                Ok(tx.done_with(&item)?)
            })
            .await
    }

    /// The ticket by its name, if it can be seen and belongs to a project that is looked at.
    pub(crate) async fn looked_at(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
    ) -> Result<Option<TicketId>, CaseError> {
        let snapshot = match self.calls(site).ticket(TicketName::Id(issue), &[]).await {
            Ok(snapshot) => snapshot,
            Err(RestError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let narrowed = self.jira_narrowed(site).await?;
        if narrowed.is_some_and(|(projects, _)| !projects.contains(&snapshot.project)) {
            return Ok(None);
        }
        Ok(Some(TicketId {
            tracker: Tracker::Jira,
            site: site.site.clone(),
            id: snapshot.id,
            key: snapshot.key,
        }))
    }
}

impl Seen {
    fn of(read: Option<Worklog>, fact: &WorklogChanged) -> Self {
        match read {
            Some(worklog) => Self {
                author: worklog.author,
                text: worklog.text,
                seconds: worklog.seconds,
                started: worklog.started,
                updated: Some(worklog.updated),
                observed: Observed::Read,
            },
            None => Self {
                author: fact.author.clone(),
                text: String::new(),
                seconds: None,
                started: None,
                updated: fact.updated.clone(),
                observed: Observed::Webhook,
            },
        }
    }
}

fn record(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    worklog: IssueId,
    change: Change,
    seen: Seen,
) -> Result<(), StoreError> {
    let author = match &seen.author {
        Some(account) => Some(person_for(tx, &ticket.site, account)?),
        None => None,
    };
    let which = format!("worklog:{}:{worklog}:{}", ticket.site, change.as_str());
    let once = match (change, &seen.updated) {
        (Change::Updated, Some(version)) => format!("{which}:{version}"),
        _ => which,
    };
    let body = (!seen.text.is_empty()).then(|| ("body", seen.text.into()));
    tx.append(NewEntry {
        subject: subject_of(&ticket.site, &ticket.id),
        severity: Severity::Info,
        actor: author.as_ref().map_or_else(server, person),
        source: "JIRA",
        once,
        beside: body.into_iter().collect(),
        payload: WorklogRecorded {
            ticket,
            worklog,
            change,
            observed: seen.observed,
            author,
            seconds: seen.seconds,
            started_at: seen.started,
            claimed_at: seen.updated,
        }
        .into(),
    })
    .map(drop)
}
