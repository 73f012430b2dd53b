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
    /// Until when somebody has to decide, if that time is not over.
    pub until: Option<String>,
    /// By whom, where that was not erased.
    pub who: Option<String>,
    /// Why, where that was not erased.
    pub reason: Option<String>,
}

/// What the project's settings say of emergencies, where a release is possible.
#[derive(Debug, Clone, Serialize)]
pub struct EmergencyOffer {
    /// Whose members may release the ticket.
    pub group: String,
    /// Within how many hours somebody has to decide then.
    pub hours: u8,
}

impl From<EmergencyRule> for EmergencyOffer {
    fn from(rule: EmergencyRule) -> Self {
        Self {
            group: rule.group,
            hours: rule.hours,
        }
    }
}

impl EmergencyOffer {
    /// For a ticket whose gate is shut, that was not rejected, and that waits for no decision after a release.
    pub(crate) fn of(rules: &ReviewRules, ticket: &Ticket) -> Option<Self> {
        let offer = rules.emergency.clone().map(Self::from)?;
        let is_shut = !matches!(
            ticket.approval,
            TicketApproval::Approved | TicketApproval::Rejected
        );
        let enforced = rules.enforcement == Enforcement::Enforce;
        (is_shut && enforced && ticket.release.is_none()).then_some(offer)
    }
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
