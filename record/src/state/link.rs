//! The rows of links between events and tickets, and of models that events are about besides their subject.

use serde::Serialize;

use crate::entries::LinkAdded;
use crate::ids::{EventId, IssueId, ModelId, SiteId, TicketKey};

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

/// A model that an event is about, whose subject is a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EventModel {
    /// The model.
    pub model: ModelId,
    /// The event's position.
    pub seq: u64,
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
