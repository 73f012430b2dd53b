//! Reading what changed on sites that an API token opens: on a schedule, and when somebody asks. What is found goes the
//! way of notifications, under the same keys, so that both lead to the same entries, each once. What only a notification
//! can see, a deleted comment for one, is never concluded from its absence.

use jira::rest::{Comment, instant_ms};
use record::facts::{Change, CommentChanged, Fact, TicketChanged};
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
    /// Reads every connected site, if this server has the lease. What fails is kept with the site, and tried next time.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn sync_all(&self) -> Result<(), CaseError> {
        if !self.store.lease(LEASE, &self.server, LEASE_MS).await? {
            return Ok(());
        }
        for tenant in self.tenants().await? {
            for (integration, _) in self.jira_integrations(&tenant).await? {
                if integration.state != record::entries::IntegrationState::Enabled {
                    continue;
                }
                if let Err(error) = self.sync(&tenant, &integration.site).await {
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
        let (whose, id) = (tenant.clone(), site.clone());
        let before = self
            .store
            .read(move |db| db.sync_state(&whose, &id))
            .await?;
        let before = before.unwrap_or_default();
        let began = now_ms();
        let from = match before.read_to_ms {
            0 => began - FIRST_MS,
            read_to => read_to - OVERLAP_MS,
        };
        let read = self.read_changes(&active, from).await;
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
        let id = site.clone();
        self.store
            .queue(tenant, move |tx| tx.keep_sync_state(&id, &after))
            .await?;
        read
    }

    async fn read_changes(&self, site: &ActiveSite, from_ms: i64) -> Result<Synced, CaseError> {
        let narrowed = self
            .jira_narrowed(site)
            .await?
            .ok_or(SiteRefused::Unknown)?;
        let projects: Vec<String> = narrowed.0.iter().map(|key| format!("\"{key}\"")).collect();
        // Minutes back from now: a date would be read in the account's own time zone.
        let minutes = (now_ms() - from_ms) / 60_000 + 1;
        let jql = format!(
            "project in ({}) AND updated >= -{minutes}m ORDER BY updated ASC",
            projects.join(", ")
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
fn facts_of(comment: &Comment, ticket: &jira::rest::FoundTicket) -> Vec<Fact> {
    let fact = |change| {
        Fact::CommentChanged(CommentChanged {
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
