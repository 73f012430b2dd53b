//! The gate: a field of our own on each ticket of a site with the Forge app, which a workflow rule can ask. It is open
//! while the ticket has an approval that counts. The server alone writes it; a site without it is told nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jira::forge::AppId;
use jira::rest::{AppField, RestError};
use record::entries::InstallationState;
use record::ids::{IssueId, SiteId, TenantId};
use record::state::TicketApproval;
use serde_json::{Value, json};
use store::{Effect, OutboxItem, StoreError, Tx};

use crate::error::CaseError;
use crate::{ActiveSite, Casework, SiteRefused};

/// The field's module in the Forge manifest.
const MODULE: &str = "countersign-gate-field";
pub(crate) const GATE_EFFECT: &str = "field:countersign-gate-field";

/// What the workflow rule compares the field with.
const OPEN: &str = "OPEN";
const CLOSED: &str = "CLOSED";

/// The ids of the gate's field on sites, as far as they are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct GateFields(Arc<Mutex<HashMap<SiteId, AppField>>>);

impl GateFields {
    fn known(&self) -> MutexGuard<'_, HashMap<SiteId, AppField>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decides that the ticket's gate is to stand as its approval does; nothing where Forge has not our app.
pub(crate) fn set_gate(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
    approval: TicketApproval,
) -> Result<(), CaseError> {
    let tenant = tx.tenant().clone();
    let known = tx.db().forge_installation(&tenant, site)?;
    if known.is_none_or(|known| known.state != InstallationState::Enabled.as_str()) {
        return Ok(());
    }
    let gate = match approval {
        TicketApproval::Approved => OPEN,
        TicketApproval::None | TicketApproval::Rejected | TicketApproval::Stale => CLOSED,
    };
    let effect = Effect {
        site: site.clone(),
        issue: issue.clone(),
        name: GATE_EFFECT.to_owned(),
        body: json!({ "gate": gate }),
    };
    Ok(tx.send(&effect)?)
}

impl Casework {
    /// The app, or another version of it, was installed on a site: the field may be new there. The gates of the tickets
    /// with an approval that counts are opened; to any other an empty field is as good as a closed one.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn open_gates(&self, site: &ActiveSite) -> Result<(), CaseError> {
        let id = site.site.clone();
        self.gate_fields.known().remove(&id);
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                let tenant = tx.tenant().clone();
                for issue in tx.db().approved_tickets(&tenant, &id)? {
                    set_gate(tx, &id, &issue, TicketApproval::Approved)?;
                }
                Ok(())
            })
            .await
    }

    /// Has the gate's field say what was decided.
    pub(crate) async fn have_gate(&self, item: &OutboxItem) -> Result<(), CaseError> {
        let (Some(app), Value::String(gate)) = (&self.forge_app, &item.effect.body["gate"]) else {
            return Ok(());
        };
        let (tenant, id) = (&item.tenant, &item.effect.site);
        let Some(site) = self.site_through_forge(tenant, id).await? else {
            return Ok(());
        };
        let Some(field) = self.gate_field(app, &site).await? else {
            return Ok(());
        };
        let calls = self.calls(&site);
        match calls.put_app_field(&field, &item.effect.issue, gate).await {
            Err(error @ RestError::NotFound { .. }) => {
                self.gate_fields.known().remove(id);
                Err(error.into())
            }
            put => Ok(put?),
        }
    }

    async fn gate_field(
        &self,
        app: &AppId,
        site: &ActiveSite,
    ) -> Result<Option<AppField>, CaseError> {
        let known = self.gate_fields.known().get(&site.site).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let found = self.calls(site).app_field(app, MODULE).await?;
        if let Some(field) = &found {
            self.gate_fields
                .known()
                .insert(site.site.clone(), field.clone());
        }
        Ok(found)
    }

    /// The site through Forge's door; none if the app is not there.
    async fn site_through_forge(
        &self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<ActiveSite>, CaseError> {
        let (whose, id) = (tenant.clone(), site.clone());
        let known = self
            .store
            .read(move |db| -> Result<_, StoreError> { db.forge_installation(&whose, &id) });
        match known.await? {
            Some(known) if known.state == InstallationState::Enabled.as_str() => {
                let found = self.with_token(tenant, site, &known.cloud_id)?;
                found.map(Some).ok_or(SiteRefused::NoToken.into())
            }
            _ => Ok(None),
        }
    }
}
