//! Events and tickets that belong together. An event's entry is there first; what its words name is looked up on each of
//! the tenant's sites, and each link is an entry of its own, with the ticket as it was then. A key of a known project
//! that no ticket has is recorded as an unresolved link.

mod commits;
mod keys;
mod manual;
mod remote;
mod site_facts;
mod texts;

use std::collections::BTreeMap;

use jira::rest::{RestError, TicketName};
use record::entries::{FoundIn, LinkAdded, TicketId};
use record::facts::{CapturedTicket, EventRecorded, Tracker};
use record::ids::{EventId, ProjectKey, TicketKey};
use record::scale::Severity;
use serde_json::Value;
use store::{Appended, InboxItem, NewEntry, StoreError, Tx};

use crate::code_hosts::set_statuses;
use crate::error::CaseError;
use crate::people::person_for;
use crate::stale::make_stale_by_commit;
use crate::{ActiveSite, Casework, monitoring, server, subject_of};

use keys::keys_in;

pub(crate) use commits::{LinkedCommit, ever_linked_commits, linked_commits};
pub use manual::{LinkRefused, ManualLink};
pub(crate) use remote::{REMOTE_LINK_EFFECT, may_not_be_written, remote_link, why_not_on_ticket};
pub(crate) use site_facts::{KnownSites, SiteFacts};
pub(crate) use texts::texts_of;

/// The name under which what was reported stands beside its entry.
pub(crate) const PAYLOAD: &str = "payload";
/// The names under which a linked ticket stands beside its link.
pub(crate) const TICKET: &str = "ticket";
pub(crate) const ASSIGNEE: &str = "assignee";
pub(crate) const REPORTER: &str = "reporter";

/// The most tickets that one event is linked to by its words. The first one beyond them is an unresolved link, so that
/// the gate does not take what was linked for all that was named.
const MOST_KEYS: usize = 20;

/// A link to be recorded.
pub(crate) struct NewLink {
    pub(crate) event: EventId,
    pub(crate) key: TicketKey,
    pub(crate) found_in: FoundIn,
    /// The ticket, where its site showed it.
    pub(crate) ticket: Option<CapturedTicket>,
    /// What the caller of a manual link says.
    pub(crate) asserted: Option<Value>,
    pub(crate) actor: ledger::Actor,
    pub(crate) source: &'static str,
}

impl Casework {
    /// Links an event to the tickets of this site that it names.
    pub(crate) async fn link_event(
        &self,
        site: &ActiveSite,
        fact: &EventRecorded,
        item: InboxItem,
    ) -> Result<(), CaseError> {
        let (tenant, event) = (site.tenant.clone(), fact.event.clone());
        let payload = self.store.read(move |db| -> Result<_, StoreError> {
            let Some(seq) = db.position(&tenant, &event)? else {
                return Ok(None);
            };
            match db.entry(&tenant, seq)? {
                Some(row) => db.beside(&tenant, &row.entry, PAYLOAD),
                None => Ok(None),
            }
        });
        let Some(payload) = payload.await? else {
            return self.lay_down(site, Some(item)).await;
        };
        let facts = self.site_facts(site).await?;
        let mut links = Vec::new();
        let wanted = |key: &TicketKey| facts.pattern.as_ref().is_none_or(|p| p.takes(key));
        let named = named_in(&payload, &facts.projects).into_iter();
        for (key, found_in) in named.filter(|(key, _)| wanted(key)) {
            let ticket = match links.len() < MOST_KEYS {
                true => self.capture_lately(site, &key, &facts).await?,
                false => None,
            };
            links.push(NewLink {
                event: fact.event.clone(),
                key,
                found_in,
                ticket,
                asserted: None,
                actor: server(),
                source: "JIRA",
            });
        }
        let (id, event) = (site.clone(), fact.event.clone());
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                for link in links {
                    add_link(tx, Some(&id), link, &payload)?;
                }
                monitoring::after_event(tx, &event)?;
                Ok(tx.done_with(&item)?)
            })
            .await
    }

    /// A ticket as it was a moment ago: a push may name the same one in each of its commits.
    async fn capture_lately(
        &self,
        site: &ActiveSite,
        key: &TicketKey,
        facts: &SiteFacts,
    ) -> Result<Option<CapturedTicket>, CaseError> {
        if let Some(known) = facts.lately(key) {
            return Ok(known);
        }
        let ticket = self.capture(site, key, facts).await?;
        facts.seen(key, &ticket);
        Ok(ticket)
    }

    /// A ticket as it is now; none if the site does not show it.
    pub(crate) async fn capture(
        &self,
        site: &ActiveSite,
        key: &TicketKey,
        facts: &SiteFacts,
    ) -> Result<Option<CapturedTicket>, CaseError> {
        let name = TicketName::Key(key);
        match self.calls(site).captured(name, &facts.custom).await {
            Ok(ticket) => Ok(Some(narrowed(ticket, &facts.fields))),
            Err(RestError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The ticket without the fields that are not to be kept. What says how risky a change is, is kept if any custom field
/// is named.
fn narrowed(mut ticket: CapturedTicket, fields: &[String]) -> CapturedTicket {
    if fields.is_empty() {
        return ticket;
    }
    let kept = |name: &str| fields.iter().any(|field| field == name);
    let detail = &mut ticket.detail;
    for (name, value) in [
        ("summary", &mut detail.summary),
        ("status", &mut detail.status),
        ("priority", &mut detail.priority),
        ("resolution", &mut detail.resolution),
    ] {
        if !kept(name) {
            *value = None;
        }
    }
    if !fields.iter().any(|field| field.starts_with("customfield_")) {
        detail.change_risk = None;
        detail.risk_assessment = None;
    }
    ticket.assignee = ticket.assignee.filter(|_| kept("assignee"));
    ticket.reporter = ticket.reporter.filter(|_| kept("reporter"));
    ticket
}

fn named_in(payload: &Value, projects: &[ProjectKey]) -> BTreeMap<TicketKey, FoundIn> {
    let mut named = BTreeMap::new();
    for (found_in, text) in texts_of(payload) {
        for key in keys_in(text, projects) {
            if named.len() <= MOST_KEYS {
                named.entry(key).or_insert(found_in);
            }
        }
    }
    named
}

/// Records a link, unless the same is there already; the ticket is told where it was read.
pub(crate) fn add_link(
    tx: &mut Tx<'_>,
    site: Option<&ActiveSite>,
    link: NewLink,
    payload: &Value,
) -> Result<Appended, CaseError> {
    let tenant = tx.tenant().clone();
    let mut beside = Vec::new();
    let mut people = (None, None);
    let mut severity = Severity::Info;
    let mut once = format!("link:{}:{}", link.event, link.key);
    let resolved = site.zip(link.ticket);
    // Who links by hand what was revoked means it; a commit that is read again does not.
    let revoked = match link.found_in {
        FoundIn::Manual => revoked_before(tx, &link.event, &link.key)?,
        _ => 0,
    };
    if let Some((site, ticket)) = &resolved {
        once = format!("link:{}:{}:{}", link.event, site.site, ticket.id);
        let known = tx.db().ticket(&tenant, &site.site, &ticket.id)?;
        severity = severity_of(
            ticket,
            known.as_ref().map(|row| row.ticket.severity.as_str()),
        );
        if !ticket.restricted {
            let detail = serde_json::to_value(&ticket.detail).unwrap_or_default();
            beside.push((TICKET, detail));
        }
        for (who, name, id) in [
            (&ticket.assignee, ASSIGNEE, &mut people.0),
            (&ticket.reporter, REPORTER, &mut people.1),
        ] {
            if let Some((account, display_name)) = who {
                *id = Some(person_for(tx, &site.site, account)?);
                beside.push((name, display_name.as_str().into()));
            }
        }
    }
    if revoked > 0 {
        once = format!("{once}:again-{revoked}");
    }
    beside.extend(link.asserted.map(|asserted| ("asserted", asserted)));
    let ticket = resolved.map(|(site, ticket)| TicketId {
        tracker: Tracker::Jira,
        site: site.site.clone(),
        id: ticket.id,
        key: ticket.key,
    });
    let appended = tx.append(NewEntry {
        payload: LinkAdded {
            event: link.event.clone(),
            ticket_key: link.key,
            fetched_at: ticket.as_ref().map(|_| store::now()),
            ticket: ticket.clone(),
            assignee: people.0,
            reporter: people.1,
            found_in: link.found_in,
        }
        .into(),
        beside,
        subject: ticket.as_ref().map_or_else(
            || format!("event/{}", link.event),
            |ticket| subject_of(&ticket.site, &ticket.id),
        ),
        severity,
        actor: link.actor,
        source: link.source,
        once,
    })?;
    if let Some(ticket) = ticket
        && appended.fresh
    {
        remote::announce_link(tx, &ticket, &link.event, payload)?;
        make_stale_by_commit(tx, &ticket, &appended.id)?;
        set_statuses(tx, &ticket.site, &ticket.id)?;
        monitoring::after_link(tx, &link.event, &ticket.site, &ticket.id)?;
    }
    Ok(appended)
}

/// How many links of this event and key were revoked, if none holds.
fn revoked_before(tx: &mut Tx<'_>, event: &EventId, key: &TicketKey) -> Result<usize, StoreError> {
    let tenant = tx.tenant().clone();
    let links = tx.db().links_of_event(&tenant, event)?;
    let same: Vec<bool> = links
        .iter()
        .filter(|link| link.ticket_key == *key)
        .map(|link| link.revoked)
        .collect();
    Ok(if same.contains(&false) { 0 } else { same.len() })
}

/// The highest of what the ticket was assessed as and of the change risk that its site states.
fn severity_of(ticket: &CapturedTicket, assessed: Option<&str>) -> Severity {
    let stated = ticket.detail.change_risk.as_deref();
    let stated = stated.and_then(|risk| risk.trim().to_uppercase().parse().ok());
    let assessed = assessed.and_then(|severity| severity.parse().ok());
    let highest = [stated, assessed].into_iter().flatten().max();
    highest.unwrap_or(Severity::Info)
}
