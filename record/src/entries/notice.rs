//! Payloads about what people elsewhere were told of a ticket.

use serde::{Deserialize, Serialize};

use super::access::words;
use crate::entries::TicketId;
use crate::ids::EventId;
use crate::scale::RiskTenths;

words! {
    /// What became of a notice.
    NoticeOutcome {
        /// The tracker took it, and mails it.
        Taken = "TAKEN",
        /// The tracker refused it.
        Refused = "REFUSED",
        /// The tracker did not answer for as long as it was tried. It may have taken it all the same.
        Unknown = "UNKNOWN",
    }
}

/// The security team was to be told of a ticket, as its risk asks for it: the tracker was asked to mail a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecurityTeamNotified {
    /// The ticket.
    pub ticket: TicketId,
    /// The assessment that asks for it: its TICKET_ASSESSED entry.
    pub assessment: EventId,
    /// The ticket's risk score then, in tenths.
    pub risk_tenths: RiskTenths,
    /// The group.
    pub group: String,
    /// What became of it.
    pub outcome: NoticeOutcome,
    /// The status of the tracker's refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}
