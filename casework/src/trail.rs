//! The trail, read: single events, pages of them, and what belongs together, walked from an event, a commit, a model or
//! a ticket. Reading appends nothing. What is shown is one tenant's alone.

mod event;
mod gate;
mod ledger;
mod link;
mod page;
mod proven;
mod ticket;
mod walk;

use record::ids::{EventId, TenantId};
use store::{Db, StoreError};

use crate::Casework;
use crate::error::CaseError;

pub use event::{ActorView, EventView};
pub use gate::{GateReason, GateState, GateView};
pub use ledger::{ConsistencyView, LedgerView};
pub use link::{ApprovalView, LinkView, TicketData};
pub use page::{EventFilter, EventPage};
pub use proven::{Proven, Standing};
pub use ticket::{DecisionView, TicketView};
pub use walk::{Start, Trail};

pub(crate) use link::link_view;

impl Casework {
    /// An event of the tenant's; with the hashes that prove its place if they are asked for.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn event(
        &self,
        tenant: &TenantId,
        id: &EventId,
        with_proof: bool,
    ) -> Result<Option<EventView>, CaseError> {
        let (tenant, id) = (tenant.clone(), id.clone());
        let read = self
            .store
            .read(move |db| event_by_id(db, &tenant, &id, with_proof));
        Ok(read.await?)
    }

    /// The links of an event of the tenant's, revoked ones among them; none if there is no such event.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn links_of_event(
        &self,
        tenant: &TenantId,
        event: &EventId,
    ) -> Result<Option<Vec<LinkView>>, CaseError> {
        let (tenant, event) = (tenant.clone(), event.clone());
        let read = self
            .store
            .read(move |db| match db.position(&tenant, &event)? {
                Some(_) => link::links_of(db, &tenant, &event).map(Some),
                None => Ok(None),
            });
        Ok(read.await?)
    }
}

fn event_by_id(
    db: &mut Db<'_>,
    tenant: &TenantId,
    id: &EventId,
    with_proof: bool,
) -> Result<Option<EventView>, StoreError> {
    match db.position(tenant, id)? {
        Some(seq) => event_at(db, tenant, seq, with_proof),
        None => Ok(None),
    }
}

pub(crate) fn event_at(
    db: &mut Db<'_>,
    tenant: &TenantId,
    seq: u64,
    with_proof: bool,
) -> Result<Option<EventView>, StoreError> {
    match db.entry(tenant, seq)? {
        Some(row) => event::view(db, tenant, &row, with_proof).map(Some),
        None => Ok(None),
    }
}
