//! Sending feeds: in the order of the ledger, the next entry only after the one before was taken, so that what listens
//! misses nothing and knows the order. At least once: how far a feed was sent is kept after a go, so that after a crash
//! entries of that go come again, under the same id. One server of several sends, under a lease. Each feed has a lane of
//! its own: what one end does, or what is wrong with one feed, holds up no other.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use feed::{FeedAddress, FeedClient, FeedSecret, Message, NotTaken};
use record::entries::{FeedForm, IntegrationState};
use record::ids::{FeedId, TenantId};
use record::scale::Severity;
use record::state::Feed;
use serde_json::{Value, json};
use store::{Db, FeedPosition, StoreError, Tx, now, now_ms};
use tokio::task::{Id, JoinSet};

use super::end::End;
use super::mailing;
use crate::Casework;
use crate::backoff::{MOST_ATTEMPTS, next_attempt_ms};
use crate::error::CaseError;
use crate::trail::{EventView, event_at};

const LEASE: &str = "send-feeds";
/// Longer than the time between two looks at what is due, of which each renews it.
const LEASE_MS: i64 = 45_000;
/// How often it is renewed while the last goes end, and how often at most: what is broken off then is sent again.
const RENEWAL: Duration = Duration::from_secs(10);
const RENEWALS: usize = 3;
/// How many entries are looked at in one go, and how long a go lasts at most.
const AT_ONCE: u64 = 200;
const LONGEST_GO: Duration = Duration::from_secs(15);

/// The lanes of this server's feeds.
#[derive(Debug)]
pub struct FeedLanes {
    casework: Casework,
    client: FeedClient,
    lanes: JoinSet<Result<(), CaseError>>,
    busy: BTreeMap<FeedId, Id>,
}

impl Casework {
    /// Lanes for feeds, none of them under way.
    ///
    /// # Errors
    /// If the machine lacks what TLS needs.
    pub fn feed_lanes(&self) -> Result<FeedLanes, CaseError> {
        let client = FeedClient::new();
        Ok(FeedLanes {
            casework: self.clone(),
            client: client.map_err(|_| CaseError::Unreadable("what TLS needs on this machine"))?,
            lanes: JoinSet::new(),
            busy: BTreeMap::new(),
        })
    }
}

impl FeedLanes {
    /// Lets each feed that has something to send, and is not at it already, begin a go, if this server has the lease.
    ///
    /// # Errors
    /// If the store fails. What a feed's other end does is kept with the feed, and tried again.
    pub async fn begin(&mut self) -> Result<(), CaseError> {
        let store = &self.casework.store;
        if !store.lease(LEASE, &self.casework.server, LEASE_MS).await? {
            return Ok(());
        }
        while let Some(ended) = self.lanes.try_join_next_with_id() {
            let (id, ended) = match ended {
                Ok((id, ended)) => (id, ended),
                Err(error) => (error.id(), Err(CaseError::Store(StoreError::Stopped))),
            };
            self.busy.retain(|_, lane| *lane != id);
            if let Err(error) = ended {
                tracing::warn!(%error, "a feed's go could not be ended");
            }
        }
        let due = store.read(|db| -> Result<_, StoreError> {
            let feeds = db.feeds_in_use()?.into_iter();
            let due = feeds.map(|(tenant, feed)| due(db, tenant, feed));
            due.collect::<Result<Vec<_>, _>>()
        });
        for due in due.await?.into_iter().flatten() {
            let id = due.feed.feed.clone();
            if !self.busy.contains_key(&id) {
                let go = go(self.casework.clone(), self.client.clone(), due);
                self.busy.insert(id, self.lanes.spawn(go).id());
            }
        }
        Ok(())
    }

    /// Ends: lets goes that are under way keep how far they came, and leaves the feeds to another server.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(mut self) -> Result<(), CaseError> {
        let Casework { store, server, .. } = &self.casework;
        for _ in 0..RENEWALS {
            let ending = async { while self.lanes.join_next().await.is_some() {} };
            if tokio::time::timeout(RENEWAL, ending).await.is_ok() {
                break;
            }
            store.lease(LEASE, server, LEASE_MS).await?;
        }
        self.lanes.shutdown().await;
        Ok(store.end_lease(LEASE, server).await?)
    }
}

/// A feed that has something to send.
struct Due {
    tenant: TenantId,
    feed: Feed,
    position: FeedPosition,
}

/// None if all is sent, or it is not time to try again. Of a ledger whose size cannot be read there may be more.
fn due(db: &mut Db<'_>, tenant: TenantId, feed: Feed) -> Result<Option<Due>, StoreError> {
    let position = db.feed_position(&tenant, &feed.feed)?.unwrap_or_default();
    let size = db
        .frontier(&tenant)
        .map_or(u64::MAX, |frontier| frontier.size());
    let is_due = position.next < size && position.again_at_ms <= now_ms();
    Ok(is_due.then_some(Due {
        tenant,
        feed,
        position,
    }))
}

/// A feed with what its calls need.
struct Line {
    client: FeedClient,
    feed: Feed,
    position: FeedPosition,
    secret: FeedSecret,
    address: FeedAddress,
}

/// What a feed is at.
enum Next {
    /// This entry is to be sent.
    Send(Box<EventView>),
    /// It is not asked for.
    Pass,
    /// The feed was removed, or all is sent.
    Stop,
}

/// Sends one feed until all is sent, something is refused, or the go is over.
async fn go(casework: Casework, client: FeedClient, due: Due) -> Result<(), CaseError> {
    let Due {
        tenant,
        feed,
        position,
    } = due;
    let (store, whose, id) = (casework.store.clone(), tenant.clone(), feed.feed.clone());
    let opened = casework.store.read(move |db| -> Result<_, StoreError> {
        db.feed_secrets(&whose, &id, store.master_key())
    });
    let opened = opened.await.ok().flatten();
    let id = feed.feed.clone();
    let position = match opened.and_then(|opened| End::opened(&opened)) {
        None => failed(position, "What it needs cannot be read here."),
        Some(End::Mailbox(mailbox)) => {
            mailing::sent(&casework, &tenant, (feed, position), &mailbox).await
        }
        Some(End::Calls { secret, address }) => {
            let line = Line {
                client,
                feed,
                position,
                secret,
                address,
            };
            line.sent(&casework, &tenant).await
        }
    };
    let keep = move |tx: &mut Tx<'_>| tx.keep_feed_position(&id, &position);
    Ok(casework.store.queue(&tenant, keep).await?)
}

/// One more try was in vain. It is never given up: what is missing at the other end would be missing for good.
pub(super) fn failed(position: FeedPosition, why: &str) -> FeedPosition {
    let failed = position.failed.saturating_add(1);
    let again = next_attempt_ms(failed.min(MOST_ATTEMPTS - 1), None);
    FeedPosition {
        failed,
        again_at_ms: again.unwrap_or_default(),
        last_error: Some(why.to_owned()),
        ..position
    }
}

impl Line {
    /// How far it came.
    async fn sent(mut self, casework: &Casework, tenant: &TenantId) -> FeedPosition {
        let began = Instant::now();
        let end = self.position.next.saturating_add(AT_ONCE);
        while self.position.next < end && began.elapsed() < LONGEST_GO {
            let (whose, feed) = (tenant.clone(), self.feed.clone());
            let seq = self.position.next;
            let next = casework
                .store
                .read(move |db| -> Result<_, StoreError> { next_of(db, &whose, &feed, seq) });
            match next.await {
                Err(error) => {
                    tracing::warn!(%tenant, seq, %error, "an entry could not be read for a feed");
                    return failed(self.position, "The next entry cannot be read here.");
                }
                Ok(Next::Stop) => break,
                Ok(Next::Pass) => {}
                Ok(Next::Send(event)) => {
                    if let Err(why) = self.post(&event).await {
                        return failed(self.position, &why.to_string());
                    }
                    self.position.sent_at = Some(now());
                }
            }
            self.position = FeedPosition {
                next: seq + 1,
                failed: 0,
                again_at_ms: 0,
                last_error: None,
                ..self.position
            };
        }
        self.position
    }

    async fn post(&self, event: &EventView) -> Result<(), NotTaken> {
        let (body, content_type) = match self.feed.form {
            FeedForm::Plain | FeedForm::Email => (plain(event), "application/json"),
            FeedForm::CloudEvents => (cloud_event(event), "application/cloudevents+json"),
        };
        let message = Message {
            id: event.id.as_str(),
            sent_at: now_ms() / 1_000,
            content_type,
            body: &body.to_string(),
        };
        self.client.send(&self.address, &self.secret, message).await
    }
}

/// What matters is told by the entry itself: links that would raise it come later, as entries of their own.
fn next_of(db: &mut Db<'_>, tenant: &TenantId, feed: &Feed, seq: u64) -> Result<Next, StoreError> {
    let in_use = db.feed(tenant, &feed.feed)?;
    if in_use.is_none_or(|feed| feed.state != IntegrationState::Enabled)
        || seq >= db.frontier(tenant)?.size()
    {
        return Ok(Next::Stop);
    }
    let row = db.entry(tenant, seq)?.ok_or(StoreError::Row("entries"))?;
    let matters: Severity = row.entry.severity.parse().unwrap_or(Severity::Critical);
    if !feed.carries(&row.entry.kind, matters) {
        return Ok(Next::Pass);
    }
    let event = event_at(db, tenant, seq, false)?;
    Ok(Next::Send(Box::new(
        event.ok_or(StoreError::Row("entries"))?,
    )))
}

fn type_of(event: &EventView) -> String {
    format!("countersign.{}", event.event_type.to_lowercase())
}

fn plain(event: &EventView) -> Value {
    json!({ "type": type_of(event), "timestamp": event.received_at, "data": event })
}

/// CloudEvents 1.0, JSON format. The source is the tenant, by a URI reference.
fn cloud_event(event: &EventView) -> Value {
    json!({
        "specversion": "1.0",
        "id": event.id,
        "source": format!("/countersign/{}", event.organisation_id),
        "type": type_of(event),
        "time": event.received_at,
        "datacontenttype": "application/json",
        "data": event,
    })
}
