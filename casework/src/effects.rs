//! Effects on tickets: how a ticket stands and its gate, and what the verifier wants told. Decided in the change that calls
//! for it, sent later, and always the latest state.

use jira::adf::{Inline, document};
use jira::rest::{CommentDraft, OutboxMark, PropertyKey, PropertyValue, RestError, TicketName};
use record::ids::{IssueId, SiteId, TenantId, TicketKey};
use serde_json::{Value, json};
use store::{Effect, OutboxItem, StoreError, Tx};
use tokio::task::JoinSet;

use crate::backoff::{MOST_ATTEMPTS, look_again_ms, next_attempt_ms};
use crate::code_hosts::STATUSES_EFFECT;
use crate::error::CaseError;
use crate::gate::{FIELD_EFFECT, PROPERTY_EFFECT, set_property_and_gate};
use crate::inbox::{unless_claim_lost, wished_wait};
use crate::keep_claim::while_working;
use crate::linking::{REMOTE_LINK_EFFECT, may_not_be_written, remote_link};
use crate::notices::NOTICE_EFFECT;
use crate::standing::tell_standing;
use crate::{ActiveSite, Casework, SiteRefused};

/// The issue property, and the comment, in which the verifier's findings stand; the names are those under which the
/// verifier itself writes them where it can.
const INTEGRITY: &str = "countersign.integrity";
const INTEGRITY_EFFECT: &str = "property:countersign.integrity";
const INTEGRITY_MARK: &str = "countersign-integrity";
/// The comment in which the verdict on the ledger as a whole stands, on the ticket that the verifier's operator named.
const LEDGER_MARK: &str = "countersign-ledger";
const LEDGER_EFFECT: &str = "comment:countersign-ledger";
/// What the effects are called that write a comment, the mark by which that is found aside.
const COMMENT: &str = "comment:";
/// How many effects of one tenant are sent at once.
const AT_ONCE: i64 = 4;

/// Decides that Jira is to be told how the ticket stands now.
pub(crate) fn announce(tx: &mut Tx<'_>, site: &SiteId, issue: &IssueId) -> Result<(), CaseError> {
    let tenant = tx.tenant().clone();
    let Some(row) = tx.db().ticket(&tenant, site, issue)? else {
        return Ok(());
    };
    tell_standing(tx, site, issue, &row.ticket, None)?;
    Ok(set_property_and_gate(tx, site, issue)?)
}

/// Decides that a ticket is to be told what the verifier found of its entries: by a property, and by a comment that is
/// edited in place; there may be none yet.
pub(crate) fn tell_of_integrity(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
    property: Value,
    comment: &Value,
    may_begin: bool,
) -> Result<(), CaseError> {
    tx.send(&Effect {
        site: site.clone(),
        issue: issue.clone(),
        name: INTEGRITY_EFFECT.to_owned(),
        body: property,
    })?;
    Ok(tx.send(&comment_of(site, issue, INTEGRITY_MARK, comment, may_begin))?)
}

/// Decides that the comment with this mark on a ticket is to say this, whether there is one yet or not.
pub(crate) fn comment(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
    mark: &str,
    words: &Value,
) -> Result<(), StoreError> {
    tx.send(&comment_of(site, issue, mark, words, true))
}

/// Decides that the comment with this mark on a ticket is to say this news, and behind it what to do next.
pub(crate) fn tell_news(
    tx: &mut Tx<'_>,
    (site, issue): (&SiteId, &IssueId),
    mark: &str,
    news: &str,
    next: &str,
) -> Result<(), StoreError> {
    let words = vec![
        Inline::Strong(news.to_owned()),
        Inline::Text(next.to_owned()),
    ];
    comment(tx, site, issue, mark, &document(&[words]))
}

fn comment_of(
    site: &SiteId,
    issue: &IssueId,
    mark: &str,
    words: &Value,
    may_begin: bool,
) -> Effect {
    Effect {
        site: site.clone(),
        issue: issue.clone(),
        name: format!("{COMMENT}{mark}"),
        body: json!({ "body": words, "mayBegin": may_begin }),
    }
}

/// Decides that a ticket is to be told what the verifier found of the ledger as a whole.
pub(crate) fn tell_of_ledger(
    tx: &mut Tx<'_>,
    site: &SiteId,
    ticket: &TicketKey,
    comment: &Value,
) -> Result<(), CaseError> {
    // It is known by its key alone. One effect for the site: no ticket of Jira's has this id.
    let nobody: IssueId = "0"
        .parse()
        .map_err(|_| CaseError::Unreadable("a ticket's id"))?;
    let effect = Effect {
        site: site.clone(),
        issue: nobody,
        name: LEDGER_EFFECT.to_owned(),
        body: json!({ "ticket": ticket, "body": comment, "mayBegin": true }),
    };
    Ok(tx.send(&effect)?)
}

impl Casework {
    /// Sends a tenant's effects whose time has come; gives how many were claimed.
    ///
    /// # Errors
    /// If the outbox itself cannot be read.
    pub async fn work_outbox(&self, tenant: &TenantId) -> Result<usize, CaseError> {
        let claim = self.store.queue(tenant, |tx| tx.claim_outbox(AT_ONCE));
        let items = claim.await?;
        let count = items.len();
        let mut under_way = JoinSet::new();
        for item in items {
            let casework = self.clone();
            under_way.spawn(async move { casework.deliver(item).await });
        }
        while let Some(delivered) = under_way.join_next().await {
            delivered.unwrap_or(Err(CaseError::Store(StoreError::Stopped)))?;
        }
        Ok(count)
    }

    async fn deliver(&self, item: OutboxItem) -> Result<(), CaseError> {
        let claimed = item.clone();
        let renew = move |tx: &mut Tx<'_>| tx.still_sending(&claimed);
        let sent = while_working(&self.store, &item.tenant, renew, self.have(&item)).await;
        let (tenant, site) = (item.tenant.clone(), item.effect.site.clone());
        let keeps_a_gate = match &sent {
            Ok(()) => false,
            Err(error) => self.keeps_a_gate(&item, error).await?,
        };
        let no_token = matches!(sent, Err(CaseError::Site(SiteRefused::NoToken)));
        let ended = self
            .store
            .queue(&tenant, move |tx| match sent {
                Ok(()) => tx.sent(&item),
                Err(CaseError::Site(error @ (SiteRefused::NoToken | SiteRefused::NoGate))) => {
                    tx.not_sent_yet(&item, look_again_ms(item.since_ms), &error.to_string())
                }
                Err(error) => {
                    let attempts = match keeps_a_gate {
                        true => item.attempts.min(MOST_ATTEMPTS - 1),
                        false => item.attempts,
                    };
                    let next = match may_not_be_written(&item.effect, &error) {
                        true => None,
                        false => next_attempt_ms(attempts, wished_wait(&error)),
                    };
                    tx.not_sent(&item, next, &error.to_string())
                }
            })
            .await;
        unless_claim_lost(ended)?;
        match no_token {
            true => self.unless_a_token_came(&tenant, &site).await,
            false => Ok(()),
        }
    }

    /// Whether a workflow or a code host lets pass by this effect: it is never given up, since a gate that stays open for
    /// good is worse than one call an hour. The property is such a one where Connect's rule asks it, unless Jira shows no
    /// such ticket.
    async fn keeps_a_gate(&self, item: &OutboxItem, error: &CaseError) -> Result<bool, CaseError> {
        let is_shown = !matches!(error, CaseError::Jira(RestError::NotFound { .. }));
        let (tenant, site) = (item.tenant.clone(), item.effect.site.clone());
        match item.effect.name.as_str() {
            FIELD_EFFECT => Ok(true),
            PROPERTY_EFFECT if is_shown => {
                let has_connect = self.store.read(move |db| db.has_connect(&tenant, &site));
                Ok(has_connect.await?)
            }
            name => Ok(name.starts_with(STATUSES_EFFECT)),
        }
    }

    async fn have(&self, item: &OutboxItem) -> Result<(), CaseError> {
        if matches!(item.effect.name.as_str(), FIELD_EFFECT | PROPERTY_EFFECT) {
            return self.have_gate(item).await;
        }
        if let Some(host) = item.effect.name.strip_prefix(STATUSES_EFFECT) {
            return self.have_statuses(item, host).await;
        }
        let site = match self.site(&item.tenant, &item.effect.site).await {
            Ok(site) => site,
            Err(CaseError::Site(SiteRefused::Uninstalled)) => return Ok(()),
            Err(error) => return Err(error),
        };
        match item.effect.name.as_str() {
            INTEGRITY_EFFECT => self.have_property(&site, item, INTEGRITY).await,
            LEDGER_EFFECT => {
                let key = item.effect.body["ticket"].as_str().unwrap_or_default();
                let key: TicketKey = key
                    .parse()
                    .map_err(|_| CaseError::Unreadable("a ticket's key"))?;
                let ticket = self.calls(&site).ticket(TicketName::Key(&key), &[]).await?;
                self.have_comment(&site, item, &ticket.id, LEDGER_MARK)
                    .await
            }
            name if name.starts_with(NOTICE_EFFECT) => self.have_notice(&site, item).await,
            name => match (
                name.strip_prefix(COMMENT),
                name.strip_prefix(REMOTE_LINK_EFFECT),
            ) {
                (Some(mark), _) => {
                    self.have_comment(&site, item, &item.effect.issue, mark)
                        .await
                }
                (None, Some(event)) => {
                    let link = remote_link(event, &item.effect.body);
                    let link = link.ok_or(CaseError::Unreadable("a remote link"))?;
                    self.have_remote_link(&site, &item.effect.issue, &link)
                        .await
                }
                (None, None) => Err(CaseError::Unreadable("an effect of another release")),
            },
        }
    }

    async fn have_property(
        &self,
        site: &ActiveSite,
        item: &OutboxItem,
        key: &str,
    ) -> Result<(), CaseError> {
        let key: PropertyKey = key
            .parse()
            .map_err(|_| CaseError::Unreadable("a property key"))?;
        let value = PropertyValue::new(item.effect.body.clone())
            .map_err(|_| CaseError::Unreadable("a property value"))?;
        self.calls(site)
            .put_property(&item.effect.issue, &key, &value)
            .await?;
        Ok(())
    }

    async fn have_comment(
        &self,
        site: &ActiveSite,
        item: &OutboxItem,
        issue: &IssueId,
        mark: &str,
    ) -> Result<(), CaseError> {
        let calls = self.calls(site);
        let mark: OutboxMark = mark
            .parse()
            .map_err(|_| CaseError::Unreadable("a comment's mark"))?;
        let draft = CommentDraft {
            body: item.effect.body["body"].clone(),
            mark: mark.clone(),
            internal: true,
        };
        match calls.marked_comment(issue, &mark).await? {
            Some(known) => drop(calls.update_comment(issue, &known, &draft).await?),
            None if item.effect.body["mayBegin"] == true => {
                calls.add_comment(issue, &draft).await?;
            }
            None => {}
        }
        Ok(())
    }
}
