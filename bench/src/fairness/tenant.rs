//! A tenant of which notifications come in, and the lane that works on them as the server's lanes do.

use ledger::{Actor, ActorKind};
use record::entries::{CommentRecorded, Observed, TicketId};
use record::facts::{Change, CommentChanged, Fact, Tracker};
use record::ids::{SiteId, TenantId};
use record::scale::Severity;
use store::{Delivery, InboxItem, NewEntry, Store, StoreError};
use tokio::task::JoinSet;
use ulid::Ulid;

/// How many pieces of work a lane does at once.
const AT_ONCE: i64 = 4;

/// A tenant with a site.
#[derive(Clone)]
pub(super) struct Tenant {
    store: Store,
    id: TenantId,
    site: SiteId,
}

impl Tenant {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    pub(super) async fn found(store: &Store) -> Result<Self, StoreError> {
        let id = TenantId::from_ulid(Ulid::generate());
        store.write(&id, |tx| tx.found_tenant()).await?;
        Ok(Self {
            store: store.clone(),
            id,
            site: SiteId::from_ulid(Ulid::generate()),
        })
    }

    /// A notification of its own kind comes in; it is durable when this returns.
    pub(super) async fn is_told(&self) -> Result<(), StoreError> {
        let delivery = Delivery {
            site: self.site.clone(),
            key: Ulid::generate().to_string(),
            fact: Fact::CommentChanged(CommentChanged {
                issue: None,
                ticket: None,
                comment: number("10001"),
                change: Change::Created,
                author: None,
                updated: None,
                claimed_at_ms: None,
            }),
        };
        self.store.receive(&self.id, delivery).await.map(drop)
    }

    /// Claims a few notifications and records what they tell of; gives how many.
    pub(super) async fn work(&self) -> Result<usize, StoreError> {
        let claim = |tx: &mut store::Tx<'_>| tx.claim_inbox(AT_ONCE);
        let items = self.store.queue(&self.id, claim).await?;
        let count = items.len();
        let mut under_way = JoinSet::new();
        for item in items {
            let tenant = self.clone();
            under_way.spawn(async move { tenant.record(item).await });
        }
        let done: Result<(), StoreError> = under_way.join_all().await.into_iter().collect();
        done.map(|()| count)
    }

    async fn record(&self, item: InboxItem) -> Result<(), StoreError> {
        let site = self.site.clone();
        self.store
            .write(&self.id, move |tx| {
                tx.append(entry(site))?;
                tx.done_with(&item)
            })
            .await
    }
}

fn entry(site: SiteId) -> NewEntry {
    NewEntry {
        subject: format!("ticket/{site}/10001"),
        severity: Severity::Info,
        actor: Actor {
            id: "countersign-server".to_owned(),
            kind: ActorKind::System,
        },
        source: "JIRA",
        once: format!("comment:{}", Ulid::generate()),
        beside: vec![("body", "Please look at the second half again.".into())],
        payload: CommentRecorded {
            ticket: TicketId {
                tracker: Tracker::Jira,
                site,
                id: number("10001"),
                key: "PAY-1"
                    .parse()
                    .unwrap_or_else(|_| unreachable!("this is a key")),
            },
            comment: number("10001"),
            change: Change::Created,
            observed: Observed::Read,
            author: None,
            claimed_at: None,
        }
        .into(),
    }
}

fn number<T: std::str::FromStr>(digits: &str) -> T {
    digits
        .parse()
        .unwrap_or_else(|_| unreachable!("digits are an id"))
}
