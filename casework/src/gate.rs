//! The gate: a field of our own on each ticket of a site with the Forge app, which a workflow rule can ask. It is open
//! while the ticket has an approval that counts. The server alone writes it, and waits where a site does not list it
//! yet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jira::forge::AppId;
use jira::rest::AppField;
use record::entries::{Enforcement, InstallationState};
use record::facts::{Change, Fact, TicketChanged};
use record::ids::{IssueId, ProjectKey, SiteId, TenantId};
use record::state::{Ticket, TicketApproval};
use serde_json::json;
use store::{Db, Effect, OutboxItem, StoreError, Tx};

use crate::code_hosts::set_statuses;
use crate::error::CaseError;
use crate::{ActiveSite, Casework, SiteRefused};

/// The field's module in the Forge manifest.
const MODULE: &str = "countersign-gate-field";
pub(crate) const GATE_EFFECT: &str = "field:countersign-gate-field";

/// What the workflow rule compares the field with.
const OPEN: &str = "OPEN";
const CLOSED: &str = "CLOSED";

/// How many gates are set in one change.
const AT_ONCE: usize = 100;

/// How often a gate is written in one go, while its ticket changes.
const MOST_TURNS: usize = 3;

/// The ids of the gate's field on sites, as far as they are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct GateFields(Arc<Mutex<HashMap<SiteId, AppField>>>);

impl GateFields {
    fn known(&self) -> MutexGuard<'_, HashMap<SiteId, AppField>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decides that the ticket's gate is to stand as its approval does then: its field where Forge has our app, and the status
/// of its commits where that can be written.
pub(crate) fn set_gate(tx: &mut Tx<'_>, site: &SiteId, issue: &IssueId) -> Result<(), StoreError> {
    set_statuses(tx, site, issue)?;
    let tenant = tx.tenant().clone();
    let known = tx.db().forge_installation(&tenant, site)?;
    if known.is_some_and(|known| known.state == InstallationState::Enabled.as_str()) {
        tx.send(&effect(site, issue))?;
    }
    Ok(())
}

fn effect(site: &SiteId, issue: &IssueId) -> Effect {
    Effect {
        site: site.clone(),
        issue: issue.clone(),
        name: GATE_EFFECT.to_owned(),
        body: json!({}),
    }
}

/// How a ticket's gate has to stand: by its approval, or its release in an emergency, if its project is one that enforces.
fn gate_of(ticket: &Ticket, enforcement: Enforcement) -> &'static str {
    match ticket.approval {
        _ if ticket.deleted => CLOSED,
        _ if enforcement != Enforcement::Enforce => OPEN,
        TicketApproval::Approved => OPEN,
        _ if ticket.released_at(&store::now()).is_some() => OPEN,
        _ => CLOSED,
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
    /// The app, or another version of it, was installed on a site: the field may be new there, or may have come back
    /// with what it said before. Each gate that an approval ever opened is set, and each that its project keeps open; and each
    /// ticket that is approved is read once more, since nobody told what happened to it meanwhile. Elsewhere the field is
    /// empty, and that is as good as closed.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set_gates(&self, site: &ActiveSite) -> Result<(), CaseError> {
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
        let approved = |ticket: &&Ticket| gate_of(ticket, Enforcement::Enforce) == OPEN;
        for ticket in decided.iter().filter(approved) {
            let fact = TicketChanged {
                id: ticket.issue.clone(),
                key: ticket.key.clone(),
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

    /// Has the gate's field say how the ticket stands now. Whoever was stalled on the way writes what stands afterwards.
    pub(crate) async fn have_gate(&self, item: &OutboxItem) -> Result<(), CaseError> {
        let (tenant, id, issue) = (&item.tenant, &item.effect.site, &item.effect.issue);
        let Some(site) = self.site_through_forge(tenant, id).await? else {
            return Ok(());
        };
        let app = self.forge_app.as_ref().ok_or(SiteRefused::NoGate)?;
        let field = self.gate_field(app, &site).await?;
        let field = field.ok_or(SiteRefused::NoGate)?;
        let Some((mut ticket, mut asked)) = self.ticket_of_gate(tenant, id, issue).await? else {
            return Ok(());
        };
        for _ in 0..MOST_TURNS {
            let gate = gate_of(&ticket, asked);
            match self.calls(&site).put_app_field(&field, issue, gate).await {
                Err(error) if error.is_transient() => return Err(error.into()),
                // A ticket that is gone has no gate.
                Err(_) if ticket.deleted => return Ok(()),
                Err(error) => {
                    self.gate_fields.known().remove(id);
                    return Err(error.into());
                }
                Ok(()) => {}
            }
            match self.ticket_of_gate(tenant, id, issue).await? {
                Some((now, then)) if gate_of(&now, then) != gate => (ticket, asked) = (now, then),
                _ => return Ok(()),
            }
        }
        Err(CaseError::Overtaken)
    }

    async fn ticket_of_gate(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Option<(Ticket, Enforcement)>, CaseError> {
        let (tenant, site, issue) = (tenant.clone(), site.clone(), issue.clone());
        let row = self.store.read(move |db| -> Result<_, StoreError> {
            let Some(row) = db.ticket(&tenant, &site, &issue)? else {
                return Ok(None);
            };
            let enforcement = enforcement_for(db, &tenant, &row.ticket)?;
            Ok(Some((row.ticket, enforcement)))
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
