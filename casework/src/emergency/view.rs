//! A ticket's release in an emergency, as its panel shows it.

use record::entries::{EmergencyRule, Enforcement, ReviewRules};
use record::ids::TenantId;
use record::state::{Ticket, TicketApproval};
use serde::Serialize;
use store::{Db, StoreError};

use crate::statement::Stated;

/// A release on which nobody has decided yet.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseView {
    /// Until when its gate is open by it, if it is.
    pub until: Option<String>,
    /// Whether it was released in another project, where the gate is shut.
    pub elsewhere: bool,
    /// By whom, where that was not erased.
    pub who: Option<String>,
    /// Why, where that was not erased.
    pub reason: Option<String>,
}

/// Who may release a ticket, where that is possible: its gate is shut, it was not rejected, and it waits for no decision
/// after a release.
pub(crate) fn offered(rules: &ReviewRules, ticket: &Ticket) -> Option<EmergencyRule> {
    let is_shut = !matches!(
        ticket.approval,
        TicketApproval::Approved | TicketApproval::Rejected
    );
    let enforced = rules.enforcement == Enforcement::Enforce;
    let rule = rules.emergency.clone();
    rule.filter(|_| is_shut && enforced && ticket.release.is_none())
}

/// The ticket's release, if nobody has decided on it since.
pub(crate) fn release_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
) -> Result<Option<ReleaseView>, StoreError> {
    let Some(release) = &ticket.release else {
        return Ok(None);
    };
    let mut view = ReleaseView {
        until: ticket.released_at(&store::now()).map(str::to_owned),
        elsewhere: release.project != ticket.key.project(),
        who: None,
        reason: None,
    };
    if let Some(seq) = db.position(tenant, &release.event)?
        && let Some(row) = db.entry(tenant, seq)?
    {
        let Stated { who, reason } = Stated::beside(db, tenant, &row.entry, true)?;
        (view.who, view.reason) = (who, reason);
    }
    Ok(Some(view))
}
