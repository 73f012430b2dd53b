//! Reading what changed on sites: on a schedule, and when somebody asks. What is found goes the way of notifications,
//! under the same keys, so that both lead to the same entries, each once. What only a notification can see, a deleted
//! comment for one, is never concluded from its absence. Sites with the app tell of everything themselves: there it finds
//! what got lost on the way, and goes back no further than to when it was first done.

use std::time::Duration;

use jira::rest::{Comment, FoundTicket, Worklog, instant_ms};
use record::facts::{Change, CommentChanged, Fact, TicketChanged, WorklogChanged};
use record::ids::{SiteId, TenantId};
use store::{Delivery, StoreError, SyncState, now, now_ms};

use crate::error::CaseError;
use crate::sites::SiteRefused;
use crate::{ActiveSite, Casework};

/// How far back a site is read that was never read before.
const FIRST_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// How far a reading goes back behind the one before: Jira's index lags, and clocks differ.
const OVERLAP_MS: i64 = 10 * 60 * 1_000;
/// The lease under which one server of several reads.
const LEASE: &str = "sync-jira";
const LEASE_MS: i64 = 120_000;

/// What a reading found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    /// How many tickets had changed.
    pub tickets: usize,
    /// How many facts are new to the queue.
    pub facts: usize,
}

impl Casework {
    /// Reads every site, if this server has the lease: those that an API token opens each time, those with the app when
    /// they were not read for so long, and never without that. What fails is kept with the site, and tried next time.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sync_all(&self, with_app: Option<Duration>) -> Result<(), CaseError> {
        if !self.store.lease(LEASE, &self.server, LEASE_MS).await? {
            return Ok(());
        }
        for tenant in self.tenants().await? {
            let whose = tenant.clone();
            for site in self.store.read(move |db| db.sites_in_use(&whose)).await? {
                if let Err(error) = self.sync_in_turn(&tenant, &site, with_app).await {
                    tracing::warn!(%tenant, %error, "a site could not be read to the end");
                }
                self.store.lease(LEASE, &self.server, LEASE_MS).await?;
            }
        }
        Ok(())
    }

    /// Reads what changed on a connected site since the last time.
    ///
    /// # Errors
    /// If there is no such site in use, or Jira or the store fails; the next reading begins where this one did.
    pub async fn sync(&self, tenant: &TenantId, site: &SiteId) -> Result<Synced, CaseError> {
        let active = self.site_by_token(tenant, site).await?;
        let active = active.ok_or(SiteRefused::Unknown)?;
        let before = self.read_so_far(&active).await?;
        self.sync_from(&active, before).await
    }

    async fn sync_in_turn(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        with_app: Option<Duration>,
    ) -> Result<(), CaseError> {
        let active = match self.site(tenant, site).await {
            // Switched off, or its token is not at hand.
            Err(CaseError::Site(_)) => return Ok(()),
            found => found?,
        };
        let before = self.read_so_far(&active).await?;
        if self.jira_narrowed(&active).await?.is_some() {
            return self.sync_from(&active, before).await.map(drop);
        }
        let pause = with_app.and_then(|pause| i64::try_from(pause.as_millis()).ok());
        let Some(pause) = pause else { return Ok(()) };
        if before.read_to_ms == 0 {
            let from_now = SyncState {
                read_to_ms: now_ms(),
                ..before
            };
            return self.keep_read(&active, from_now).await;
        }
        if before.read_to_ms + pause <= now_ms() {
            self.sync_from(&active, before).await?;
        }
        Ok(())
    }

    async fn read_so_far(&self, site: &ActiveSite) -> Result<SyncState, CaseError> {
        let (tenant, id) = (site.tenant.clone(), site.site.clone());
        let before = self.store.read(move |db| db.sync_state(&tenant, &id));
        Ok(before.await?.unwrap_or_default())
    }

    async fn sync_from(&self, site: &ActiveSite, before: SyncState) -> Result<Synced, CaseError> {
        let began = now_ms();
        let from = match before.read_to_ms {
            0 => began - FIRST_MS,
            read_to => read_to - OVERLAP_MS,
        };
        let read = self.read_changes(site, from).await;
        let after = match &read {
            Ok(_) => SyncState {
                read_to_ms: began,
                synced_at: Some(now()),
                heard_at: before.heard_at,
                last_error: None,
            },
            Err(error) => SyncState {
                last_error: Some(error.to_string()),
                ..before
            },
        };
        self.keep_read(site, after).await?;
        read
    }

    async fn keep_read(&self, site: &ActiveSite, state: SyncState) -> Result<(), CaseError> {
        let id = site.site.clone();
        let keep = self
            .store
            .queue(&site.tenant, move |tx| tx.keep_sync_state(&id, &state));
        Ok(keep.await?)
    }

    async fn read_changes(&self, site: &ActiveSite, from_ms: i64) -> Result<Synced, CaseError> {
        let projects = self.jira_narrowed(site).await?.map(|(projects, _)| {
            let keys: Vec<String> = projects.iter().map(|key| format!("\"{key}\"")).collect();
            format!("project in ({}) AND ", keys.join(", "))
        });
        // Minutes back from now: a date would be read in the account's own time zone.
        let minutes = (now_ms() - from_ms) / 60_000 + 1;
        let jql = format!(
            "{}updated >= -{minutes}m ORDER BY updated ASC",
            projects.unwrap_or_default()
        );
        let found = self.calls(site).search_all(&jql).await?;
        let mut synced = Synced {
            tickets: found.len(),
            facts: 0,
        };
        for ticket in found {
            let changed = Fact::TicketChanged(TicketChanged {
                id: ticket.id.clone(),
                key: ticket.key.clone(),
                change: Change::Updated,
                changelog: None,
                edited: vec!["status".to_owned()],
                claimed_at_ms: instant_ms(&ticket.updated),
                by: None,
            });
            let mut facts = vec![changed];
            for comment in self.calls(site).comments_since(&ticket.id, from_ms).await? {
                facts.extend(facts_of(&comment, &ticket));
            }
            for worklog in self.worklogs_of(site, &ticket, from_ms).await? {
                facts.extend(facts_of_worklog(&worklog, &ticket));
            }
            for fact in facts {
                let delivery = Delivery {
                    site: site.site.clone(),
                    key: fact.key(),
                    fact,
                };
                synced.facts += usize::from(self.store.receive(&site.tenant, delivery).await?);
            }
        }
        Ok(synced)
    }

    /// What was logged on a ticket; nothing where Jira does not say, as with time tracking switched off: what is known of
    /// the ticket otherwise must not hang on it.
    async fn worklogs_of(
        &self,
        site: &ActiveSite,
        ticket: &FoundTicket,
        from_ms: i64,
    ) -> Result<Vec<Worklog>, CaseError> {
        match self.calls(site).worklogs_since(&ticket.id, from_ms).await {
            Err(error) if error.is_transient() => Err(error.into()),
            Err(error) => {
                tracing::info!(tenant = %site.tenant, %error, "what was logged on a ticket was not read");
                Ok(Vec::new())
            }
            Ok(worklogs) => Ok(worklogs),
        }
    }

    /// Notes that a site told us of something.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn heard_from(&self, site: &ActiveSite) -> Result<(), CaseError> {
        let id = site.site.clone();
        let noted = self
            .store
            .queue(&site.tenant, move |tx| -> Result<(), StoreError> {
                let tenant = tx.tenant().clone();
                let before = tx.db().sync_state(&tenant, &id)?.unwrap_or_default();
                let after = SyncState {
                    heard_at: Some(now()),
                    ..before
                };
                tx.keep_sync_state(&id, &after)
            });
        Ok(noted.await?)
    }
}

/// What a comment says of itself: that it was written and, if so, that it was edited.
fn facts_of(comment: &Comment, ticket: &FoundTicket) -> Vec<Fact> {
    let fact = |change| {
        Fact::CommentChanged(CommentChanged {
            issue: None,
            ticket: Some((ticket.id.clone(), ticket.key.clone())),
            comment: comment.id.clone(),
            change,
            author: comment.author.clone(),
            updated: Some(comment.updated.clone()),
            claimed_at_ms: instant_ms(&comment.updated),
        })
    };
    match comment.created == comment.updated {
        true => vec![fact(Change::Created)],
        false => vec![fact(Change::Created), fact(Change::Updated)],
    }
}

/// What was logged says of itself that it was and, if so, that it was changed.
fn facts_of_worklog(worklog: &Worklog, ticket: &FoundTicket) -> Vec<Fact> {
    let fact = |change| {
        Fact::WorklogChanged(WorklogChanged {
            issue: ticket.id.clone(),
            worklog: worklog.id.clone(),
            change,
            author: worklog.author.clone(),
            updated: Some(worklog.updated.clone()),
            claimed_at_ms: instant_ms(&worklog.updated),
        })
    };
    match worklog.created == worklog.updated {
        true => vec![fact(Change::Created)],
        false => vec![fact(Change::Created), fact(Change::Updated)],
    }
}
