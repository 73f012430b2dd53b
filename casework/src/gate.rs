//! The gate: what a workflow rule of Jira can ask of a ticket. It is open while the ticket has an approval that counts. On
//! Forge it stands in a field that the server alone can write; on Connect in our issue property, which whoever may edit
//! the ticket can write too (see `gate/tampered.rs`). Decided here; written by `gate/written.rs`.

mod tampered;
mod written;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jira::rest::AppField;
use record::entries::{Enforcement, GateState, InstallationState};
use record::facts::{Change, Fact, TicketChanged};
use record::ids::{IssueId, ProjectKey, SiteId, TenantId};
use record::state::{Ticket, TicketApproval};
use serde_json::json;
use store::{Db, Effect, StoreError, Tx};

use crate::code_hosts::set_statuses;
use crate::error::CaseError;
use crate::{ActiveSite, Casework};

/// The field of the app on Forge.
pub(crate) const FIELD_EFFECT: &str = "field:countersign-gate-field";
/// The issue property: how the ticket stands, for searches in Jira, and its gate.
pub(crate) const PROPERTY_EFFECT: &str = "property:countersign";

/// How many gates are set in one change.
const AT_ONCE: usize = 100;

/// The ids of the gate's field on sites, as far as they are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct GateFields(Arc<Mutex<HashMap<SiteId, AppField>>>);

impl GateFields {
    fn known(&self) -> MutexGuard<'_, HashMap<SiteId, AppField>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decides that the ticket's gate is to stand as its approval does then: its property where Connect has our app, its field
/// where Forge has it, and the status of its commits where that can be written.
pub(crate) fn set_gate(tx: &mut Tx<'_>, site: &SiteId, issue: &IssueId) -> Result<(), StoreError> {
    let tenant = tx.tenant().clone();
    if tx.db().has_connect(&tenant, site)? {
        tx.send(&effect(site, issue, PROPERTY_EFFECT))?;
    }
    set_gate_beside(tx, site, issue)
}

/// Decides that Jira is to be told how the ticket stands then, by which it can search, and that its gate is to stand so.
pub(crate) fn set_property_and_gate(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
) -> Result<(), StoreError> {
    tx.send(&effect(site, issue, PROPERTY_EFFECT))?;
    set_gate_beside(tx, site, issue)
}

fn set_gate_beside(tx: &mut Tx<'_>, site: &SiteId, issue: &IssueId) -> Result<(), StoreError> {
    set_statuses(tx, site, issue)?;
    let tenant = tx.tenant().clone();
    let known = tx.db().forge_installation(&tenant, site)?;
    if known.is_some_and(|known| known.state == InstallationState::Enabled.as_str()) {
        tx.send(&effect(site, issue, FIELD_EFFECT))?;
    }
    Ok(())
}

/// What is written is found out when it is: the latest then.
fn effect(site: &SiteId, issue: &IssueId, name: &str) -> Effect {
    Effect {
        site: site.clone(),
        issue: issue.clone(),
        name: name.to_owned(),
        body: json!({}),
    }
}

/// How a ticket's gate has to stand: by its approval, or its release in an emergency, if its project is one that enforces.
fn gate_of(ticket: &Ticket, enforcement: Enforcement) -> GateState {
    match ticket.approval {
        _ if ticket.deleted => GateState::Closed,
        _ if enforcement != Enforcement::Enforce => GateState::Open,
        TicketApproval::Approved => GateState::Open,
        _ if ticket.released_at(&store::now()).is_some() => GateState::Open,
        _ => GateState::Closed,
    }
}

/// What a ticket's project asks of the gate.
pub(crate) fn enforcement_for(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
) -> Result<Enforcement, StoreError> {
    let settings = db.settings_for(tenant, &ticket.site, &ticket.key.project())?;
    Ok(settings.map_or_else(Enforcement::default, |settings| settings.rules.enforcement))
}

impl Casework {
    /// The Forge app, or another version of it, was installed on a site: the gate's field may be new there, or may have come
    /// back with what it said before. Each gate that was ever decided on is set, and each that its project keeps open.
    /// Elsewhere the field is empty, and that is as good as closed.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn forge_is_there(&self, site: &ActiveSite) -> Result<(), CaseError> {
        let (tenant, id) = (site.tenant.clone(), site.site.clone());
        self.gate_fields.known().remove(&id);
        let (whose, of) = (tenant.clone(), id.clone());
        let read = self.store.read(move |db| -> Result<_, StoreError> {
            let settings = db.all_settings(&whose)?.into_iter().flatten();
            let keeps_open = settings.filter(|settings| {
                settings.site == of && settings.rules.enforcement != Enforcement::Enforce
            });
            let keep_open: Vec<_> = keeps_open.map(|settings| settings.project).collect();
            Ok((db.decided_tickets(&whose, &of)?, keep_open))
        });
        let (decided, keep_open) = read.await?;
        let issues = decided.iter().map(|ticket| ticket.issue.clone());
        self.set_each(&tenant, &id, issues.collect()).await?;
        for project in keep_open {
            self.set_gates_of(&tenant, &id, project.as_ref()).await?;
        }
        self.read_approved_again(site).await
    }

    /// The Connect app was switched on: whoever may edit a ticket may have written its property meanwhile, so that each
    /// gate is set.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn connect_is_on(&self, site: &ActiveSite) -> Result<(), CaseError> {
        self.set_gates_of(&site.tenant, &site.site, None).await?;
        self.read_approved_again(site).await
    }

    /// Nobody told what happened to approved tickets while the app was away.
    async fn read_approved_again(&self, site: &ActiveSite) -> Result<(), CaseError> {
        let (tenant, id) = (site.tenant.clone(), site.site.clone());
        let read = self
            .store
            .read(move |db| -> Result<_, StoreError> { db.decided_tickets(&tenant, &id) });
        let approved = |ticket: &Ticket| gate_of(ticket, Enforcement::Enforce) == GateState::Open;
        for ticket in read.await?.into_iter().filter(approved) {
            let fact = TicketChanged {
                id: ticket.issue,
                key: ticket.key,
                change: Change::Updated,
                changelog: None,
                edited: Vec::new(),
                claimed_at_ms: Some(store::now_ms()),
                by: None,
            };
            self.receive(site, Fact::TicketChanged(fact), None).await?;
        }
        Ok(())
    }

    /// Has the gates of a project's tickets set, or of all of a site's: what is asked of them changed, or their fields are
    /// new.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn set_gates_of(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        project: Option<&ProjectKey>,
    ) -> Result<(), CaseError> {
        let (whose, of) = (tenant.clone(), site.clone());
        let tickets = self
            .store
            .read(move |db| -> Result<_, StoreError> { db.tickets_of_site(&whose, &of) });
        let mut tickets = tickets.await?;
        tickets.retain(|(_, key)| project.is_none_or(|project| key.project() == *project));
        let issues = tickets.into_iter().map(|(issue, _)| issue);
        self.set_each(tenant, site, issues.collect()).await
    }

    async fn set_each(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        issues: Vec<IssueId>,
    ) -> Result<(), CaseError> {
        for some in issues.chunks(AT_ONCE) {
            let (some, site) = (some.to_vec(), site.clone());
            let set =
                move |tx: &mut Tx<'_>| some.iter().try_for_each(|issue| set_gate(tx, &site, issue));
            self.store.queue(tenant, set).await?;
        }
        Ok(())
    }
}
