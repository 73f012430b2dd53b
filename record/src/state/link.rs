//! The rows of links between events and tickets.

use serde::Serialize;

use crate::entries::LinkAdded;
use crate::ids::{EventId, IssueId, SiteId, TicketKey};

/// A link between an event and a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its LINK_ADDED entry.
    pub link: EventId,
    /// The entry's position.
    pub seq: u64,
    /// The event.
    pub event: EventId,
    /// The key by which the ticket was named.
    pub ticket_key: TicketKey,
    /// The ticket's site and the tracker's id of it, where its tracker showed it.
    pub ticket: Option<(SiteId, IssueId)>,
    /// Whether it was revoked.
    pub revoked: bool,
}

impl Link {
    pub(super) fn of(added: LinkAdded, link: &EventId, seq: u64) -> Self {
        Self {
            link: link.clone(),
            seq,
            event: added.event,
            ticket_key: added.ticket_key,
            ticket: added.ticket.map(|ticket| (ticket.site, ticket.id)),
            revoked: false,
        }
    }
}
