//! What the API answers, as far as it is shown. Members that are not named here are passed over, so that a newer server
//! may say more; a member that is needed and missing makes the answer unreadable, never half understood.

mod building;
mod catalog;
mod connected;
mod coverage;
mod event;
mod gate;
mod scan;
mod ticket;

pub use building::{
    Check, Claimed, Group, LookedFor, LookedForPage, Prompt, Requirement, Validation,
};
pub use catalog::CatalogEffect;
pub use connected::{ConnectedJira, ConnectedSite, ConnectedSites, KeyPreview, Synced};
pub use coverage::{
    CoveragePage, CoveredApproval, CoveredClaim, CoveredDeployment, CoveredFramework,
    CoveredRequirement, CoveredTicket, CoveredWaiver,
};
pub use event::{Acknowledged, Event, EventPage, Link, Proven, Standing};
pub use gate::{Gate, GateReason, GateState};
pub use scan::{ScanPage, ScannedFinding, ScannedTicket};
pub use ticket::{Decision, Finding, Ticket, TicketClaim};

use serde::Deserialize;

/// What belongs together.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trail {
    /// The events, the earliest first.
    pub events: Vec<Event>,
    /// The tickets.
    pub tickets: Vec<Ticket>,
    /// Whether there is more than is shown.
    pub truncated: bool,
}
