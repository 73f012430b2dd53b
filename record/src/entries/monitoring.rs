//! Payloads about what is to be watched.

use serde::{Deserialize, Serialize};

use crate::entries::{Reporter, TicketId};
use crate::ids::EventId;
use crate::scale::RiskTenths;

/// What was deployed for a ticket is to be watched, as its risk asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MonitoringRequested {
    /// The ticket.
    pub ticket: TicketId,
    /// The deployment: its DEPLOYMENT entry.
    pub deployment: EventId,
    /// The ticket's risk score then, in tenths.
    pub risk_tenths: RiskTenths,
}

/// Whoever watches says to watch what was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MonitoringAcknowledged {
    /// The ticket.
    pub ticket: TicketId,
    /// The request: its MONITORING_REQUESTED entry.
    pub request: EventId,
    /// Who says so.
    pub by: Reporter,
}

/// Nobody said in time to watch what was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MonitoringOverdue {
    /// The ticket.
    pub ticket: TicketId,
    /// The request: its MONITORING_REQUESTED entry.
    pub request: EventId,
    /// Until when somebody had to.
    pub until: String,
}
