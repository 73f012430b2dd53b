//! A ticket's release in an emergency, as long as nobody decided on the ticket.

use serde::Serialize;

use crate::entries::{EmergencyOverdue, EmergencyReleased};
use crate::ids::{EventId, ProjectKey};
use crate::state::kept::Rows;

/// A ticket's release in an emergency, on which nobody has decided yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmergencyRelease {
    /// Its EMERGENCY_RELEASED entry.
    pub event: EventId,
    /// The project by whose settings it was released: it opens nothing in another one.
    pub project: ProjectKey,
    /// Until when somebody has to decide; none once that time is over and it was recorded. From then on it opens nothing,
    /// whether that was recorded or not.
    pub until: Option<String>,
}

/// A later release takes the place of an earlier one.
pub(super) fn emergency_released<R: Rows>(
    released: EmergencyReleased,
    id: &EventId,
    rows: &mut R,
) -> Result<(), R::Error> {
    let Some(mut ticket) = rows.ticket(&released.ticket.site, &released.ticket.id)? else {
        return Ok(());
    };
    ticket.release = Some(EmergencyRelease {
        event: id.clone(),
        project: released.ticket.key.project(),
        until: Some(released.until),
    });
    rows.put_ticket(ticket)
}

pub(super) fn emergency_overdue<R: Rows>(
    overdue: &EmergencyOverdue,
    rows: &mut R,
) -> Result<(), R::Error> {
    let Some(mut ticket) = rows.ticket(&overdue.ticket.site, &overdue.ticket.id)? else {
        return Ok(());
    };
    match &mut ticket.release {
        Some(release) if release.event == overdue.release => release.until = None,
        _ => return Ok(()),
    }
    rows.put_ticket(ticket)
}
