//! A ticket's waivers, as they are shown.

use record::entries::Payload;
use record::ids::{EventId, TenantId};
use record::state::{Ticket, WaiverState};
use serde::Serialize;
use store::{Db, StoreError};
use utoipa::ToSchema;

use crate::statement::Stated;

/// A waiver that holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaiverView {
    /// Its entry.
    #[schema(value_type = String)]
    pub event: EventId,
    /// Until when it holds.
    pub until: String,
    /// Whether its end is near.
    pub expiring: bool,
    /// In what role it was given.
    pub role: String,
    /// By whom, where that was not erased.
    pub who: Option<String>,
    /// Why, where that was not erased, and is not told in the panel alone.
    pub reason: Option<String>,
}

/// A ticket's waivers that hold now, by requirement. `in_panel` says that whoever looks may see the ticket.
pub(crate) fn waivers_about(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
    in_panel: bool,
) -> Result<Vec<(String, WaiverView)>, StoreError> {
    let now = store::now();
    let mut views = Vec::new();
    for waiver in db.holding_waivers(tenant, &ticket.site, &ticket.issue)? {
        let Some(row) = db.entry(tenant, waiver.seq)?.filter(|_| waiver.until > now) else {
            continue;
        };
        let Payload::RequirementWaived(waived) =
            Payload::parse(&row.entry.kind, &row.entry.payload)?
        else {
            continue;
        };
        let Stated { who, reason } = Stated::beside(db, tenant, &row.entry, in_panel)?;
        views.push((
            waiver.requirement,
            WaiverView {
                event: waiver.waiver,
                until: waiver.until,
                expiring: waiver.state == WaiverState::Expiring,
                role: waived.by.role,
                who,
                reason,
            },
        ));
    }
    Ok(views)
}
