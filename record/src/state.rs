//! State: what is true now, as it follows from the entries. One fold, used by the server to keep its
//! projection tables and by the verifier to compare them, so that the two cannot disagree about what
//! an entry means. The fold decides nothing: what was decided stands in the entries.

mod access;
mod approving;
mod by_ticket;
mod claim;
mod correction;
mod feed;
mod fold;
mod kept;
mod link;
mod memory;
mod release;
mod rows;
mod waiver;

pub use access::{ApiKey, CodeHost, JiraIntegration};
pub use approving::Approving;
pub use by_ticket::ByTicket;
pub use claim::{Claim, ClaimStanding};
pub use correction::CorrectedFinding;
pub use feed::Feed;
pub use fold::{Recorded, fold, fold_into};
pub use kept::Rows;
pub use link::{EventModel, Link};
pub use memory::State;
pub use release::EmergencyRelease;
pub use rows::{
    Approval, ApprovalState, ForgeInstallation, LastVerification, Person, RequirementSet, Settings,
    Site, Tenant, Ticket, TicketApproval,
};
pub use waiver::{Waiver, WaiverState};
