//! A request to watch what was deployed, as it stands in the ledger.

use chrono::{DateTime, Utc};
use jira::rest::instant_ms;
use record::entries::{Payload, TicketId};
use record::ids::{EventId, TenantId};
use record::scale::Severity;
use store::{Db, StoreError};

/// A request, as far as its answer needs it.
pub(super) struct Request {
    pub(super) event: EventId,
    pub(super) at: DateTime<Utc>,
    pub(super) ticket: TicketId,
    /// How much it matters.
    pub(super) severity: Severity,
}

impl Request {
    /// The request that stands there, if one does.
    pub(super) fn at(
        db: &mut Db<'_>,
        tenant: &TenantId,
        seq: u64,
    ) -> Result<Option<Self>, StoreError> {
        let Some(row) = db.entry(tenant, seq)? else {
            return Ok(None);
        };
        let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        let Payload::MonitoringRequested(asked) = said else {
            return Ok(None);
        };
        let damaged = || StoreError::Row("entries");
        let at = instant_ms(&row.entry.at).and_then(DateTime::from_timestamp_millis);
        Ok(Some(Self {
            event: row.entry.id.parse().map_err(|_| damaged())?,
            at: at.ok_or_else(damaged)?,
            ticket: asked.ticket,
            severity: row.entry.severity.parse().map_err(|_| damaged())?,
        }))
    }
}
