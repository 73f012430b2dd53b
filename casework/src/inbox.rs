//! Notifications: taken in fast, worked on later. Working on one reads the ticket again, so a repeated,
//! reordered or replayed notification leads to the same entries as a single one.

use std::time::Duration;

use jira::rest::RestError;
use record::facts::TrackerFact;
use store::{Delivery, InboxItem};

use crate::backoff::next_attempt_ms;
use crate::error::CaseError;
use crate::{ActiveSite, Casework, SiteRefused};

/// How many notifications are taken from the inbox at once.
const BATCH: i64 = 64;

impl Casework {
    /// Takes a notification in; it is durable when this returns. False if it waits already.
    ///
    /// # Errors
    /// If the store fails; then the sender has to try again.
    pub async fn receive(
        &self,
        site: &ActiveSite,
        fact: TrackerFact,
        delivery: Option<String>,
    ) -> Result<bool, CaseError> {
        let key = delivery.unwrap_or_else(|| fact.key());
        let delivery = Delivery {
            site: site.site.clone(),
            key,
            fact,
        };
        self.store
            .write(&site.tenant, move |tx| Ok(tx.receive(&delivery)?))
            .await
    }

    /// Works on the notifications whose time has come; gives how many there were.
    ///
    /// # Errors
    /// If the inbox itself cannot be read.
    pub async fn work_inbox(&self) -> Result<usize, CaseError> {
        let due = self.store.read(|db| db.due_inbox(BATCH)).await?;
        let count = due.len();
        for item in due {
            if let Err(error) = self.work_on(&item).await {
                self.try_again_later(item, &error).await?;
            }
        }
        Ok(count)
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
            TrackerFact::TicketChanged(fact) => self
                .assess_ticket(&site, &fact.id, Some(item.clone()))
                .await
                .map(drop),
            TrackerFact::TicketDeleted(fact) => {
                self.ticket_deleted(&site, &fact, item.clone()).await
            }
            TrackerFact::CommentChanged(fact) => {
                self.comment_changed(&site, &fact, item.clone()).await
            }
        }
    }

    async fn discard(&self, item: InboxItem) -> Result<(), CaseError> {
        let tenant = item.tenant.clone();
        self.store
            .write(&tenant, move |tx| Ok(tx.done_with(&item)?))
            .await
    }

    async fn try_again_later(&self, item: InboxItem, error: &CaseError) -> Result<(), CaseError> {
        let next = next_attempt_ms(item.attempts, wished_wait(error));
        let reason = error.to_string();
        tracing::warn!(tenant = %item.tenant, attempts = item.attempts, laid_aside = next.is_none(), %reason,
            "work on a notification failed");
        let tenant = item.tenant.clone();
        self.store
            .write(&tenant, move |tx| Ok(tx.postpone(&item, next, &reason)?))
            .await
    }
}

/// How long the source itself asked us to wait.
pub(crate) const fn wished_wait(error: &CaseError) -> Option<Duration> {
    match error {
        CaseError::Jira(RestError::RateLimited { retry_after, .. }) => Some(*retry_after),
        _ => None,
    }
}
