//! Writing a ticket's gate where a workflow rule asks it, and with it what Jira's searches find. What is written is how the
//! ticket stands at that moment, however long the effect waited.

use jira::forge::AppId;
use jira::rest::{AppField, PropertyKey, PropertyValue};
use jira::webhook::PROPERTY;
use record::entries::{Enforcement, GateState};
use record::ids::{IssueId, SiteId, TenantId};
use record::state::Ticket;
use serde_json::{Value, json};
use store::{OutboxItem, StoreError};

use super::{FIELD_EFFECT, enforcement_for, gate_of};
use crate::error::CaseError;
use crate::{ActiveSite, Casework, SiteRefused};

/// The field's module in the Forge manifest.
const MODULE: &str = "countersign-gate-field";

/// How often a gate is written in one go, while its ticket changes.
const MOST_TURNS: usize = 3;

/// A ticket, and what its project asks of the gate.
#[derive(Debug, PartialEq)]
pub(super) struct Gated {
    pub(super) ticket: Ticket,
    pub(super) asked: Enforcement,
}

/// Where a gate is written.
enum Place {
    Field(AppField),
    Property(PropertyKey),
}

impl Gated {
    pub(super) fn gate(&self) -> GateState {
        gate_of(&self.ticket, self.asked)
    }

    /// What the ticket's property has to say.
    fn property(&self) -> Value {
        let ticket = &self.ticket;
        json!({
            "version": 1,
            "severity": ticket.severity,
            "riskTenths": ticket.risk_tenths,
            "requirementSet": ticket.requirement_set,
            "approval": ticket.approval.as_str(),
            "assessedAt": ticket.assessed_seq,
            "gate": self.gate(),
        })
    }

    fn said_at(&self, place: &Place) -> Value {
        match place {
            Place::Field(_) => json!(self.gate()),
            Place::Property(_) => self.property(),
        }
    }
}

/// The key of the property that this server writes.
pub(super) fn property_key() -> Result<PropertyKey, CaseError> {
    PROPERTY
        .parse()
        .map_err(|_| CaseError::Unreadable("a property key"))
}

impl Casework {
    /// Has the gate say how the ticket stands now. Whoever was stalled on the way writes what stands afterwards.
    pub(crate) async fn have_gate(&self, item: &OutboxItem) -> Result<(), CaseError> {
        let (tenant, id, issue) = (&item.tenant, &item.effect.site, &item.effect.issue);
        let Some((site, place)) = self.place_of(item).await? else {
            return Ok(());
        };
        let Some(mut gated) = self.gated_ticket(tenant, id, issue).await? else {
            return Ok(());
        };
        for _ in 0..MOST_TURNS {
            let said = gated.said_at(&place);
            match self.write_gate(&site, &place, issue, &said).await {
                Err(error) if error.is_transient() => return Err(error),
                // A ticket that is gone has no gate.
                Err(_) if gated.ticket.deleted => return Ok(()),
                Err(error) => return Err(error),
                Ok(()) => {}
            }
            match self.gated_ticket(tenant, id, issue).await? {
                Some(now) if now.said_at(&place) != said => gated = now,
                _ => return Ok(()),
            }
        }
        Err(CaseError::Overtaken)
    }

    /// The site as it is called for this effect, and where the gate stands there; none if the app is gone.
    async fn place_of(&self, item: &OutboxItem) -> Result<Option<(ActiveSite, Place)>, CaseError> {
        let (tenant, id) = (&item.tenant, &item.effect.site);
        if item.effect.name != FIELD_EFFECT {
            return match self.site(tenant, id).await {
                Ok(site) => Ok(Some((site, Place::Property(property_key()?)))),
                Err(CaseError::Site(SiteRefused::Uninstalled)) => Ok(None),
                Err(error) => Err(error),
            };
        }
        let Some(site) = self.site_through_forge(tenant, id).await? else {
            return Ok(None);
        };
        let app = self.forge_app.as_ref().ok_or(SiteRefused::NoGate)?;
        let field = self.gate_field(app, &site).await?;
        let field = field.ok_or(SiteRefused::NoGate)?;
        Ok(Some((site, Place::Field(field))))
    }

    async fn write_gate(
        &self,
        site: &ActiveSite,
        place: &Place,
        issue: &IssueId,
        said: &Value,
    ) -> Result<(), CaseError> {
        let calls = self.calls(site);
        match place {
            Place::Field(field) => {
                let gate = said.as_str().unwrap_or_default();
                let put = calls.put_app_field(field, issue, gate).await;
                // It may have another id by now.
                if put.as_ref().is_err_and(|error| !error.is_transient()) {
                    self.gate_fields.known().remove(&site.site);
                }
                Ok(put?)
            }
            Place::Property(key) => {
                let value = PropertyValue::new(said.clone())
                    .map_err(|_| CaseError::Unreadable("a property value"))?;
                calls.put_property(issue, key, &value).await?;
                Ok(())
            }
        }
    }

    pub(super) async fn gated_ticket(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Option<Gated>, CaseError> {
        let (tenant, site, issue) = (tenant.clone(), site.clone(), issue.clone());
        let row = self.store.read(move |db| -> Result<_, StoreError> {
            let Some(row) = db.ticket(&tenant, &site, &issue)? else {
                return Ok(None);
            };
            let asked = enforcement_for(db, &tenant, &row.ticket)?;
            let ticket = row.ticket;
            Ok(Some(Gated { ticket, asked }))
        });
        Ok(row.await?)
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
}
