//! State: what is true now, as it follows from the entries. One fold, used by the server to keep its
//! projection tables and by the verifier to compare them, so that the two cannot disagree about what
//! an entry means. The fold decides nothing: what was decided stands in the entries.

mod access;
mod by_ticket;
mod correction;
mod feed;
mod fold;
mod link;
mod memory;
mod rows;
mod waiver;

pub use access::{ApiKey, CodeHost, JiraIntegration};
pub use by_ticket::ByTicket;
pub use correction::CorrectedFinding;
pub use feed::Feed;
pub use fold::{Recorded, fold, fold_into};
pub use link::{EventModel, Link};
pub use memory::State;
pub use rows::{
    Approval, ApprovalState, ForgeInstallation, LastVerification, Person, RequirementSet, Rows,
    Settings, Site, Tenant, Ticket, TicketApproval,
};
pub use waiver::{Waiver, WaiverState};
