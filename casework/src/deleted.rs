//! A ticket is said to be deleted: believed only when its source no longer shows it.

use jira::rest::{RestError, TicketName};
use record::entries::{Observed, StaleReason, TicketDeleted, TicketId};
use record::facts::{self, Tracker};
use record::scale::Severity;
use store::{InboxItem, NewEntry};

use crate::error::CaseError;
use crate::gate::set_gate;
use crate::stale::make_stale;
use crate::{ActiveSite, Casework, server, subject_of};

impl Casework {
    /// Records that a ticket is gone, if it is.
    pub(crate) async fn ticket_deleted(
        &self,
        site: &ActiveSite,
        fact: &facts::TicketDeleted,
        item: InboxItem,
    ) -> Result<(), CaseError> {
        match self.calls(site).ticket(TicketName::Id(&fact.id), &[]).await {
            Err(RestError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {
                return self
                    .assess_ticket(site, &fact.id, Some(item))
                    .await
                    .map(drop);
            }
        }
        let ticket = TicketId {
            tracker: Tracker::Jira,
            site: site.site.clone(),
            id: fact.id.clone(),
            key: fact.key.clone(),
        };
        self.store
            .write(&site.tenant, move |tx| {
                let once = format!("deleted:{}:{}", ticket.site, ticket.id);
                let appended = tx.append(NewEntry {
                    payload: TicketDeleted {
                        ticket: ticket.clone(),
                        observed: Observed::Read,
                    }
                    .into(),
                    beside: Vec::new(),
                    subject: subject_of(&ticket.site, &ticket.id),
                    severity: Severity::Low,
                    actor: server(),
                    source: "JIRA",
                    once,
                })?;
                if appended.fresh {
                    make_stale(tx, &ticket, StaleReason::TicketDeleted, &appended.id)?;
                    // The ticket may only be hidden from us: what is known of it no longer opens its gate.
                    set_gate(tx, &ticket.site, &ticket.id)?;
                }
                Ok(tx.done_with(&item)?)
            })
            .await
    }
}
