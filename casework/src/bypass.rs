//! Tickets that come without an approval to where their project asks for one. Nobody can be kept from moving a ticket in
//! Jira from here; that it was done is an entry, and the ticket is told. A move is judged by the project that the ticket
//! was in then, by the rules that it had then, and by what counted then as far as the ledger knows it: an edit that was
//! heard of later only makes an approval stale later.

mod then;

use std::sync::Arc;

use jira::rest::{Histories, History, Status};
use record::entries::{Enforcement, GateBypassed, ReviewRules, TicketId};
use record::facts::Tracker;
use record::ids::{IssueId, ProjectKey, TenantId, TicketKey};
use record::scale::Severity;
use serde_json::Value;
use store::{Db, NewEntry, StoreError, Tx};

pub(crate) use then::RulesThen;
use then::was_open;

use crate::effects::tell_news;
use crate::error::CaseError;
use crate::moves::moved_through_gate;
use crate::people::person_for;
use crate::statement::DISPLAY_NAME;
use crate::times::instant;
use crate::{ActiveSite, Casework, person, server, subject_of};

/// The mark by which the comment is found.
const MARK: &str = "countersign-bypass";

/// A move to where a project asked for an approval.
#[derive(Debug, Clone)]
struct Gated {
    change: History,
    ticket: TicketId,
    project: ProjectKey,
    at: String,
    /// What the status is called.
    status: String,
    /// How the rules name it.
    named: String,
    enforced: bool,
}

impl Casework {
    /// Records which changes of status since then, milliseconds since 1970, went around the gate. Where nobody can decide,
    /// since the site has no licence, nobody is accused.
    pub(crate) async fn record_bypasses(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        histories: &Histories,
        since_ms: i64,
    ) -> Result<(), CaseError> {
        if site.demand_licence().is_err() {
            return Ok(());
        }
        let (tenant, id) = (site.tenant.clone(), site.site.clone());
        let rules = self.store.read(move |db| RulesThen::of(db, &tenant, &id));
        let rules = rules.await?;
        if !rules.ever_gated() {
            return Ok(());
        }
        let named = rules.name_categories();
        let statuses = self.statuses_if_named(site, named).await?;
        for gated in gated_moves(site, issue, histories, &rules, &statuses) {
            if gated.change.at_ms >= since_ms {
                self.record_unless_open(site, gated).await?;
            }
        }
        Ok(())
    }

    async fn record_unless_open(&self, site: &ActiveSite, gated: Gated) -> Result<(), CaseError> {
        let once = format!("bypassed:{}:{}", site.site, gated.change.id);
        let gated = Arc::new(gated);
        let (tenant, key, asked) = (site.tenant.clone(), once.clone(), Arc::clone(&gated));
        let passed = self.store.read(move |db| -> Result<_, StoreError> {
            Ok(db.position_under(&tenant, &key)?.is_some() || asked.was_open(db, &tenant)?)
        });
        if passed.await? {
            return Ok(());
        }
        let who = self.name_of(site, gated.change.author.as_ref()).await?;
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                let tenant = tx.tenant().clone();
                // Somebody may have decided since it was asked.
                match gated.was_open(tx.db(), &tenant)? {
                    true => Ok(()),
                    false => gated.record(tx, once, who),
                }
            })
            .await
    }
}

/// The moves of a ticket to where the project that it was in then asked for an approval, the latest first.
fn gated_moves(
    site: &ActiveSite,
    issue: &IssueId,
    histories: &Histories,
    rules: &RulesThen,
    statuses: &[Status],
) -> Vec<Gated> {
    let mut key = histories.key.clone();
    let mut gated = Vec::new();
    for change in &histories.changes {
        let (at, project) = (instant(change.at_ms), key.project());
        let moved = moved_through_gate(change, statuses);
        let then = rules.at(&project, &at);
        if let Some((moved, then)) = moved.zip(then)
            && let Some(named) = then.gated(&moved)
        {
            gated.push(Gated {
                change: change.clone(),
                ticket: TicketId {
                    tracker: Tracker::Jira,
                    site: site.site.clone(),
                    id: issue.clone(),
                    key: key.clone(),
                },
                project,
                at,
                status: moved.to.to_owned(),
                named: named.to_owned(),
                enforced: is_enforced(then),
            });
        }
        if let Some(before) = key_before(change) {
            key = before;
        }
    }
    gated
}

fn is_enforced(rules: &ReviewRules) -> bool {
    rules.enforcement == Enforcement::Enforce
}

/// The key that a ticket had before a change that gave it another one.
fn key_before(change: &History) -> Option<TicketKey> {
    let is_key = |field: &str| matches!(field, "key" | "issuekey");
    let item = change.items.iter().find(|item| is_key(&item.field))?;
    item.from.as_deref()?.parse().ok()
}

impl Gated {
    fn was_open(&self, db: &mut Db<'_>, tenant: &TenantId) -> Result<bool, StoreError> {
        let of = (&self.ticket.site, &self.ticket.id);
        was_open(db, tenant, of, &self.project, &self.at)
    }

    fn record(&self, tx: &mut Tx<'_>, once: String, who: Option<String>) -> Result<(), CaseError> {
        let (site, issue) = (&self.ticket.site, &self.ticket.id);
        let by = match &self.change.author {
            Some(account) => Some(person_for(tx, site, account)?),
            None => None,
        };
        let name = who.map(|name| (DISPLAY_NAME, Value::from(name)));
        tx.append(NewEntry {
            subject: subject_of(site, issue),
            actor: by.as_ref().map_or_else(server, person),
            payload: GateBypassed {
                ticket: self.ticket.clone(),
                status: self.named.clone(),
                changelog: self.change.id.clone(),
                by,
                moved_at: self.at.clone(),
            }
            .into(),
            beside: name.into_iter().collect(),
            severity: match self.enforced {
                true => Severity::High,
                false => Severity::Medium,
            },
            source: "JIRA",
            once,
        })?;
        let news = format!(
            "Countersign: this issue came into “{}” without an approval that counts.",
            self.status
        );
        let next = " It is recorded. Unless that was done since, ask an approver of the project to decide on the issue.";
        Ok(tell_news(tx, (site, issue), MARK, &news, next)?)
    }
}
