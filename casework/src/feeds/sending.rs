//! Sending feeds: in the order of the ledger, the next entry only after the one before was taken, so that what listens
//! misses nothing and knows the order. At least once: how far a feed was sent is kept after a go, so that after a crash
//! entries of that go come again, under the same id. One server of several sends, under a lease.

use std::time::{Duration, Instant};

use feed::{FeedClient, Message, NotTaken};
use record::entries::FeedForm;
use record::ids::TenantId;
use record::scale::Severity;
use record::state::Feed;
use serde_json::{Value, json};
use store::{FeedPosition, StoreError, now, now_ms};
use tokio::task::JoinSet;

use super::Secrets;
use crate::Casework;
use crate::backoff::{MOST_ATTEMPTS, next_attempt_ms};
use crate::error::CaseError;
use crate::trail::{EventView, event_at};

const LEASE: &str = "send-feeds";
/// Longer than a go with its last call.
const LEASE_MS: i64 = 30_000;
/// How many entries are looked at in one go, and how long a go lasts at most.
const AT_ONCE: u64 = 200;
const LONGEST_GO: Duration = Duration::from_secs(15);

/// A feed with what its calls need.
struct Line {
    client: FeedClient,
    tenant: TenantId,
    feed: Feed,
    position: FeedPosition,
    secrets: Secrets,
    /// How many entries the ledger has.
    size: u64,
}

impl Casework {
    /// Sends every feed what came, if this server has the lease; how many entries were sent.
    ///
    /// # Errors
    /// If the store fails. What a feed's other end does is kept with the feed, and tried again.
    pub async fn send_feeds(&self) -> Result<usize, CaseError> {
        if !self.store.lease(LEASE, &self.server, LEASE_MS).await? {
            return Ok(0);
        }
        let client = FeedClient::new().map_err(|_| CaseError::Unreadable("what TLS needs here"))?;
        let mut under_way = JoinSet::new();
        for line in self.lines_due(&client).await? {
            under_way.spawn(send(self.clone(), line));
        }
        let mut sent = 0;
        while let Some(ended) = under_way.join_next().await {
            sent += ended.unwrap_or(Err(CaseError::Store(StoreError::Stopped)))?;
        }
        Ok(sent)
    }

    /// Leaves the feeds to another server.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn leave_feeds(&self) -> Result<(), CaseError> {
        Ok(self.store.end_lease(LEASE, &self.server).await?)
    }

    async fn lines_due(&self, client: &FeedClient) -> Result<Vec<Line>, CaseError> {
        let (store, client) = (self.store.clone(), client.clone());
        let due = self.store.read(move |db| -> Result<_, StoreError> {
            let mut due = Vec::new();
            for (tenant, feed) in db.feeds_in_use()? {
                let position = db.feed_position(&tenant, &feed.feed)?.unwrap_or_default();
                let size = db.frontier(&tenant)?.size();
                if position.next >= size || position.again_at_ms > now_ms() {
                    continue;
                }
                let opened = db.feed_secrets(&tenant, &feed.feed, store.master_key())?;
                let secrets = opened.and_then(|opened| Secrets::opened(&opened));
                let secrets = secrets.ok_or(StoreError::Row("feeds"))?;
                due.push(Line {
                    client: client.clone(),
                    tenant,
                    feed,
                    position,
                    secrets,
                    size,
                });
            }
            Ok(due)
        });
        Ok(due.await?)
    }
}

/// Sends one feed until all is sent, something is refused, or the go is over.
async fn send(casework: Casework, mut line: Line) -> Result<usize, CaseError> {
    let (began, mut sent) = (Instant::now(), 0);
    let end = line.size.min(line.position.next.saturating_add(AT_ONCE));
    while line.position.next < end && began.elapsed() < LONGEST_GO {
        let (tenant, seq) = (line.tenant.clone(), line.position.next);
        let read = casework
            .store
            .read(move |db| event_at(db, &tenant, seq, false));
        if let Some(event) = read.await?.filter(|event| is_wanted(&line.feed, event)) {
            if let Err(why) = line.post(&event).await {
                line.position.failed = line.position.failed.saturating_add(1);
                // Never given up: what is missing at the other end would be missing for good.
                let failed = line.position.failed.min(MOST_ATTEMPTS - 1);
                line.position.again_at_ms = next_attempt_ms(failed, None).unwrap_or_default();
                line.position.last_error = Some(why.to_string());
                break;
            }
            sent += 1;
            line.position.sent_at = Some(now());
        }
        line.position = FeedPosition {
            next: line.position.next + 1,
            failed: 0,
            again_at_ms: 0,
            last_error: None,
            ..line.position
        };
    }
    let (feed, position) = (line.feed.feed, line.position);
    let kept = casework.store.queue(&line.tenant, move |tx| {
        tx.keep_feed_position(&feed, &position)
    });
    kept.await?;
    Ok(sent)
}

fn is_wanted(feed: &Feed, event: &EventView) -> bool {
    let matters = event
        .severity
        .parse::<Severity>()
        .unwrap_or(Severity::Critical);
    let of_a_type = |kind: &str| feed.types.iter().any(|wanted| wanted.as_str() == kind);
    matters >= feed.least && (feed.types.is_empty() || of_a_type(&event.event_type))
}

impl Line {
    async fn post(&self, event: &EventView) -> Result<(), NotTaken> {
        let (body, content_type) = match self.feed.form {
            FeedForm::Plain => (plain(event), "application/json"),
            FeedForm::CloudEvents => (cloud_event(event), "application/cloudevents+json"),
        };
        let Secrets { secret, address } = &self.secrets;
        let message = Message {
            id: event.id.as_str(),
            sent_at: now_ms() / 1_000,
            content_type,
            body: &body.to_string(),
        };
        self.client.send(address, secret, message).await
    }
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
