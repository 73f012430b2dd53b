//! Notifications: taken in fast, worked on later. Working on one reads the ticket again, so a repeated,
//! reordered or replayed notification leads to the same entries as a single one.

use std::time::Duration;

use github::ApiError;
use jira::rest::RestError;
use record::facts::Fact;
use record::ids::TenantId;
use store::{Delivery, InboxItem, StoreError, Tx};
use tokio::task::JoinSet;

use crate::backoff::{look_again_ms, next_attempt_ms};
use crate::error::CaseError;
use crate::keep_claim::while_working;
use crate::told_by_history::TELLING;
use crate::{ActiveSite, Casework, SiteRefused};

/// How many notifications of one tenant are worked on at once.
const AT_ONCE: i64 = 4;

impl Casework {
    /// Takes a notification in; it is durable when this returns. False if it waits already.
    ///
    /// # Errors
    /// If the store fails; then the sender has to try again.
    pub async fn receive(
        &self,
        site: &ActiveSite,
        fact: Fact,
        delivery: Option<String>,
    ) -> Result<bool, CaseError> {
        let key = delivery.unwrap_or_else(|| fact.key());
        let delivery = Delivery {
            site: site.site.clone(),
            key,
            fact,
        };
        Ok(self.store.receive(&site.tenant, delivery).await?)
    }

    /// The tenants for whom something is to be done.
    ///
    /// # Errors
    /// If the queues cannot be read.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    pub async fn tenants_with_work(&self) -> Result<Vec<TenantId>, CaseError> {
        Ok(self.store.read(|db| db.tenants_with_work()).await?)
    }

    /// Works on a tenant's notifications whose time has come, a few at once; gives how many were claimed.
    ///
    /// # Errors
    /// If the inbox itself cannot be read.
    pub async fn work_inbox(&self, tenant: &TenantId) -> Result<usize, CaseError> {
        let claim = self.store.queue(tenant, |tx| tx.claim_inbox(AT_ONCE));
        let items = claim.await?;
        let count = items.len();
        let mut under_way = JoinSet::new();
        for item in items {
            let casework = self.clone();
            under_way.spawn(async move { casework.deal_with(item).await });
        }
        while let Some(dealt_with) = under_way.join_next().await {
            dealt_with.unwrap_or(Err(CaseError::Store(StoreError::Stopped)))?;
        }
        Ok(count)
    }

    async fn deal_with(&self, item: InboxItem) -> Result<(), CaseError> {
        let claimed = item.clone();
        let renew = move |tx: &mut Tx<'_>| tx.still_working_on(&claimed);
        match while_working(&self.store, &item.tenant, renew, self.work_on(&item)).await {
            Ok(()) => Ok(()),
            Err(CaseError::Store(StoreError::ClaimLost)) => {
                tracing::info!(tenant = %item.tenant, "work on a notification took too long; somebody else has it");
                Ok(())
            }
            Err(error) => self.try_again_later(item, &error).await,
        }
    }

    async fn work_on(&self, item: &InboxItem) -> Result<(), CaseError> {
        let site = match self.site(&item.tenant, &item.site).await {
            Ok(site) => site,
            Err(CaseError::Site(SiteRefused::Uninstalled)) => {
                return self.discard(item.clone()).await;
            }
            Err(error) => return Err(error),
        };
        match item.fact.clone() {
            Fact::TicketChanged(fact) => {
                let telling = |field: &String| TELLING.contains(&field.to_lowercase().as_str());
                if fact.edited.iter().any(telling) {
                    self.hear_ticket(&site, &fact.id).await?;
                }
                let assessed = self.assess_ticket(&site, &fact.id, Some(item.clone()));
                assessed.await.map(drop)
            }
            Fact::TicketDeleted(fact) => self.ticket_deleted(&site, &fact, item.clone()).await,
            Fact::CommentChanged(fact) => self.comment_changed(&site, &fact, item.clone()).await,
            Fact::WorklogChanged(fact) => self.worklog_changed(&site, &fact, item.clone()).await,
            Fact::PropertyChanged(fact) => self.property_changed(&site, &fact, item.clone()).await,
            Fact::EventRecorded(fact) => self.link_event(&site, &fact, item.clone()).await,
        }
    }

    async fn discard(&self, item: InboxItem) -> Result<(), CaseError> {
        let tenant = item.tenant.clone();
        Ok(self
            .store
            .queue(&tenant, move |tx| tx.done_with(&item))
            .await?)
    }

    async fn try_again_later(&self, item: InboxItem, error: &CaseError) -> Result<(), CaseError> {
        let tenant = item.tenant.clone();
        if let CaseError::Site(SiteRefused::NoToken) = error {
            let (site, reason) = (item.site.clone(), error.to_string());
            let until = look_again_ms(item.since_ms);
            let put_off = move |tx: &mut Tx<'_>| tx.put_off(&item, until, &reason);
            unless_claim_lost(self.store.queue(&tenant, put_off).await)?;
            return self.unless_a_token_came(&tenant, &site).await;
        }
        let next = next_attempt_ms(item.attempts, wished_wait(error));
        let reason = error.to_string();
        tracing::warn!(tenant = %item.tenant, attempts = item.attempts, laid_aside = next.is_none(), %reason,
            "work on a notification failed");
        let postpone = move |tx: &mut Tx<'_>| tx.postpone(&item, next, &reason);
        unless_claim_lost(self.store.queue(&tenant, postpone).await)
    }
}

/// Whoever has the claim now ends the work.
pub(crate) fn unless_claim_lost(ended: Result<(), StoreError>) -> Result<(), CaseError> {
    match ended {
        Err(StoreError::ClaimLost) => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// How long the source itself asked us to wait.
pub(crate) const fn wished_wait(error: &CaseError) -> Option<Duration> {
    match error {
        CaseError::Jira(RestError::RateLimited { retry_after, .. })
        | CaseError::GitHub(ApiError::RateLimited { retry_after }) => Some(*retry_after),
        _ => None,
    }
}
