//! Whoever watches says to watch what was deployed: once for a request, also after the time for it was over.

use record::entries::{MonitoringAcknowledged, Reporter};
use record::ids::{EventId, TicketKey};
use record::scale::Severity;
use store::{NewEntry, StoreError};

use super::request::Request;
use crate::api_keys::ApiCaller;
use crate::error::CaseError;
use crate::{Casework, subject_of};

/// Why a request was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum MonitoringRefused {
    /// There is no such request.
    #[error("There is no request to watch with this id. Nothing was recorded.")]
    NoRequest,
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for MonitoringRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

/// That a request was acknowledged.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    /// The entry that says so.
    pub event: EventId,
    /// The ticket, by its key when it was requested.
    pub ticket: TicketKey,
    /// Whether nobody had said so before.
    pub fresh: bool,
}

impl Casework {
    /// Records that somebody watches what was deployed; once for a request, whoever says so.
    ///
    /// # Errors
    /// Why it was not recorded.
    pub async fn acknowledge_monitoring(
        &self,
        caller: &ApiCaller,
        request: EventId,
    ) -> Result<Acknowledged, MonitoringRefused> {
        let caller = caller.clone();
        let tenant = caller.tenant.clone();
        self.store
            .write(&tenant, move |tx| -> Result<_, MonitoringRefused> {
                let tenant = tx.tenant().clone();
                let asked = match tx.db().position(&tenant, &request)? {
                    Some(seq) => Request::at(tx.db(), &tenant, seq)?,
                    None => None,
                };
                let ticket = asked.ok_or(MonitoringRefused::NoRequest)?.ticket;
                let appended = tx.append(NewEntry {
                    subject: subject_of(&ticket.site, &ticket.id),
                    once: acknowledged_once(&request),
                    payload: MonitoringAcknowledged {
                        ticket: ticket.clone(),
                        request,
                        by: Reporter::ApiKey(caller.key.key.clone()),
                    }
                    .into(),
                    beside: Vec::new(),
                    severity: Severity::Info,
                    actor: caller.actor(),
                    source: "API",
                })?;
                Ok(Acknowledged {
                    event: appended.id,
                    ticket: ticket.key,
                    fresh: appended.fresh,
                })
            })
            .await
    }
}

/// The key under which it counts.
pub(super) fn acknowledged_once(request: &EventId) -> String {
    format!("monitoring-acknowledged:{request}")
}
