//! Payloads about requirements that somebody says to have read.

use serde::{Deserialize, Serialize};

use crate::entries::TicketId;
use crate::ids::{EventId, PersonId};

/// Somebody who works on a ticket says to have read what it asks for. It approves nothing. Beside it: `displayName`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequirementsAcknowledged {
    /// The ticket.
    pub ticket: TicketId,
    /// Who says so.
    pub by: PersonId,
    /// The version of the requirement set that was read.
    pub requirement_set: String,
    /// The assessment that was seen.
    pub seen: EventId,
}
