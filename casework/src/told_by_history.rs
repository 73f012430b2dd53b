//! What a ticket's history tells besides decisions: that it was resolved, of which Jira sends no notification of its own,
//! and that it has another key. Each change of the history is recorded once, whoever led to the reading of it.

use jira::rest::{Histories, History, HistoryItem, Status};
use record::entries::{ResolvedBy, StatusCategory, TicketId, TicketMoved, TicketResolved};
use record::facts::Tracker;
use record::ids::{IssueId, TicketKey};
use record::scale::Severity;
use store::{NewEntry, StoreError};

use crate::error::CaseError;
use crate::moves::comes_into;
use crate::people::person_for;
use crate::times::instant;
use crate::{ActiveSite, Casework, person, server, subject_of};

/// The fields whose change leads to a reading of the history, as notifications name them.
pub(crate) const TELLING: [&str; 5] = ["status", "resolution", "key", "issuekey", "project"];

/// What a change of the history tells.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Resolved(ResolvedBy),
    MovedFrom(TicketKey, TicketKey),
}

impl Casework {
    /// Records what the history tells of the time since then, milliseconds since 1970.
    pub(crate) async fn record_history(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        histories: &Histories,
        since_ms: i64,
    ) -> Result<(), CaseError> {
        let mut statuses = None;
        for change in histories.changes.iter().rev() {
            if change.at_ms < since_ms {
                continue;
            }
            for told in self.told_by(site, change, &mut statuses).await? {
                self.record_told(site, issue, &histories.key, change, told)
                    .await?;
            }
        }
        Ok(())
    }

    /// `statuses` are those of the site, once they were asked for.
    async fn told_by(
        &self,
        site: &ActiveSite,
        change: &History,
        statuses: &mut Option<Vec<Status>>,
    ) -> Result<Vec<Told>, CaseError> {
        let mut told: Vec<Told> = change.items.iter().filter_map(moved).collect();
        if change.items.iter().any(given_a_resolution) {
            told.push(Told::Resolved(ResolvedBy::Resolution));
        } else if let Some(item) = change.items.iter().find(|item| item.field == "status")
            && !self.is_known(site, &once(site, change, "resolved")).await?
        {
            let known = match statuses.take() {
                Some(known) => known,
                None => self.calls(site).statuses().await?,
            };
            if comes_into(&known, item) == Some(StatusCategory::Done) {
                told.push(Told::Resolved(ResolvedBy::Status));
            }
            *statuses = Some(known);
        }
        Ok(told)
    }

    async fn record_told(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        key: &TicketKey,
        change: &History,
        told: Told,
    ) -> Result<(), CaseError> {
        let what = match &told {
            Told::Resolved(_) => "resolved",
            Told::MovedFrom(..) => "moved",
        };
        let once = once(site, change, what);
        if self.is_known(site, &once).await? {
            return Ok(());
        }
        let (site_id, change) = (site.site.clone(), change.clone());
        let ticket = TicketId {
            tracker: Tracker::Jira,
            site: site.site.clone(),
            id: issue.clone(),
            key: match &told {
                Told::Resolved(_) => key.clone(),
                Told::MovedFrom(_, to) => to.clone(),
            },
        };
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                let by = match &change.author {
                    Some(account) => Some(person_for(tx, &site_id, account)?),
                    None => None,
                };
                let (actor, at) = (
                    by.as_ref().map_or_else(server, person),
                    instant(change.at_ms),
                );
                let subject = subject_of(&ticket.site, &ticket.id);
                let payload = match told {
                    Told::Resolved(through) => TicketResolved {
                        ticket,
                        through,
                        changelog: change.id,
                        by,
                        resolved_at: at,
                    }
                    .into(),
                    Told::MovedFrom(from, _) => TicketMoved {
                        ticket,
                        from,
                        changelog: change.id,
                        by,
                        moved_at: at,
                    }
                    .into(),
                };
                tx.append(NewEntry {
                    payload,
                    beside: Vec::new(),
                    subject,
                    severity: Severity::Info,
                    actor,
                    source: "JIRA",
                    once,
                })?;
                Ok(())
            })
            .await
    }

    async fn is_known(&self, site: &ActiveSite, once: &str) -> Result<bool, CaseError> {
        let (tenant, once) = (site.tenant.clone(), once.to_owned());
        let known = self
            .store
            .read(move |db| -> Result<_, StoreError> { db.position_under(&tenant, &once) });
        Ok(known.await?.is_some())
    }
}

fn once(site: &ActiveSite, change: &History, what: &str) -> String {
    format!("{what}:{}:{}", site.site, change.id)
}

fn given_a_resolution(item: &HistoryItem) -> bool {
    let given = |id: &Option<String>| id.as_deref().is_some_and(|id| !id.is_empty());
    item.field == "resolution" && given(&item.to_id) && !given(&item.from_id)
}

fn moved(item: &HistoryItem) -> Option<Told> {
    if !matches!(item.field.as_str(), "key" | "issuekey") {
        return None;
    }
    let key = |text: &Option<String>| text.as_deref().and_then(|key| key.parse().ok());
    Some(Told::MovedFrom(key(&item.from)?, key(&item.to)?))
}
