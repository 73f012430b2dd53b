//! Links that a caller makes or revokes. The ticket is looked up like any other; what the caller says of it stands beside
//! the link as that caller's assertion, and is never an approval.

use record::entries::{FoundIn, LinkRevoked, TicketId};
use record::facts::Tracker;
use record::ids::{EventId, TicketKey};
use record::scale::Severity;
use serde_json::{Map, Value};
use store::{NewEntry, StoreError};

use super::{NewLink, PAYLOAD, add_link};
use crate::api_keys::ApiCaller;
use crate::code_hosts::set_statuses;
use crate::error::CaseError;
use crate::trail::{LinkView, link_view};
use crate::{Casework, subject_of};

/// The most bytes of what a caller says of a ticket.
const LARGEST_ASSERTED: usize = 4_096;
const LONGEST_REASON: usize = 2_000;

/// A link that a caller wants.
#[derive(Clone)]
pub struct ManualLink {
    /// The event.
    pub event: EventId,
    /// The ticket's key.
    pub key: TicketKey,
    /// What the caller says of the ticket: `url`, `summary`, `status`, `approver`.
    pub asserted: Map<String, Value>,
}

impl std::fmt::Debug for ManualLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ManualLink")
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

/// Why a link was not made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum LinkRefused {
    /// There is no such event.
    #[error("There is no such event. Nothing was recorded.")]
    NoEvent,
    /// The event has no such link.
    #[error("The event has no such link, or it was revoked before. Nothing was recorded.")]
    NoLink,
    /// What the caller says is too much.
    #[error(
        "What is said of the ticket is larger than {LARGEST_ASSERTED} bytes. Nothing was recorded."
    )]
    TooMuch,
    /// The reason is too long.
    #[error("reason: it is longer than {LONGEST_REASON} characters. Nothing was recorded.")]
    Reason,
    /// Jira or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for LinkRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Links an event to a ticket. On which of the tenant's sites the ticket is, is looked up; where none shows it, the
    /// link is unresolved. The same link made again is the one that is there.
    ///
    /// # Errors
    /// Why it was not made.
    pub async fn link_by_hand(
        &self,
        caller: &ApiCaller,
        wanted: ManualLink,
    ) -> Result<(LinkView, bool), LinkRefused> {
        let asserted = Value::Object(wanted.asserted);
        if asserted.to_string().len() > LARGEST_ASSERTED {
            return Err(LinkRefused::TooMuch);
        }
        let (tenant, event) = (caller.tenant.clone(), wanted.event.clone());
        let payload = self.store.read(move |db| -> Result<_, StoreError> {
            let Some(seq) = db.position(&tenant, &event)? else {
                return Ok(None);
            };
            let row = db.entry(&tenant, seq)?;
            let beside = row.map(|row| db.beside(&tenant, &row.entry, PAYLOAD));
            Ok(Some(beside.transpose()?.flatten().unwrap_or_default()))
        });
        let payload = payload.await?.ok_or(LinkRefused::NoEvent)?;
        let mut link = NewLink {
            event: wanted.event,
            key: wanted.key,
            found_in: FoundIn::Manual,
            ticket: None,
            asserted: Some(asserted),
            actor: caller.actor(),
            source: "API",
        };
        let tenant = caller.tenant.clone();
        let whose = tenant.clone();
        let sites = self.store.read(move |db| db.sites_in_use(&whose)).await?;
        let mut on = None;
        for site in sites {
            let site = self.site(&tenant, &site).await?;
            let facts = self.site_facts(&site).await?;
            link.ticket = self.capture(&site, &link.key, &facts).await?;
            if link.ticket.is_some() {
                on = Some(site);
                break;
            }
        }
        self.store
            .write(&tenant, move |tx| -> Result<_, LinkRefused> {
                let appended = add_link(tx, on.as_ref(), link, &payload)?;
                let tenant = tx.tenant().clone();
                let row = tx.db().link(&tenant, &appended.id)?;
                let row = row.ok_or(StoreError::Row("links"))?;
                let view = link_view(tx.db(), &tenant, &row)?;
                Ok((view.ok_or(StoreError::Row("links"))?, appended.fresh))
            })
            .await
    }

    /// Revokes a link: it stays in the ledger, and holds no longer.
    ///
    /// # Errors
    /// Why it was not revoked.
    pub async fn revoke_link(
        &self,
        caller: &ApiCaller,
        event: EventId,
        link: EventId,
        reason: Option<String>,
    ) -> Result<LinkView, LinkRefused> {
        let too_long = |reason: &String| reason.chars().count() > LONGEST_REASON;
        if reason.as_ref().is_some_and(too_long) {
            return Err(LinkRefused::Reason);
        }
        let actor = caller.actor();
        self.store
            .write(&caller.tenant, move |tx| -> Result<_, LinkRefused> {
                let tenant = tx.tenant().clone();
                let known = tx.db().link(&tenant, &link)?;
                let holds = known.filter(|known| known.event == event && !known.revoked);
                let known = holds.ok_or(LinkRefused::NoLink)?;
                let unlinked = known.ticket.clone();
                let subject = match &known.ticket {
                    Some((site, issue)) => subject_of(site, issue),
                    None => format!("event/{event}"),
                };
                tx.append(NewEntry {
                    payload: LinkRevoked {
                        link: link.clone(),
                        event,
                        ticket: known.ticket.map(|(site, id)| TicketId {
                            tracker: Tracker::Jira,
                            site,
                            id,
                            key: known.ticket_key,
                        }),
                    }
                    .into(),
                    beside: reason
                        .map(|reason| ("reason", reason.into()))
                        .into_iter()
                        .collect(),
                    subject,
                    severity: Severity::Low,
                    actor,
                    source: "API",
                    once: format!("unlink:{link}"),
                })?;
                if let Some((site, issue)) = &unlinked {
                    set_statuses(tx, site, issue)?;
                }
                let row = tx.db().link(&tenant, &link)?;
                let row = row.ok_or(StoreError::Row("links"))?;
                let view = link_view(tx.db(), &tenant, &row)?;
                Ok(view.ok_or(StoreError::Row("links"))?)
            })
            .await
    }
}
