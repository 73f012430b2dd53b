//! One tenant's storm, and what another tenant notices of it. The quiet tenant is told something fifty times a second:
//! the notification is taken in, claimed, and its work ended. Measured is how long that takes at the 99th percentile,
//! alone and while 50,000 notifications of the loud tenant come in from 64 callers and are worked on. Times: less is
//! better.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use record::facts::{Change, CommentChanged, TrackerFact};
use record::ids::{SiteId, TenantId};
use store::{Address, Delivery, MasterKey, Store, StoreError};
use throwaway::{Cluster, Durability};
use tokio::task::JoinSet;
use ulid::Ulid;

use crate::results::Row;
use crate::runner::{Alternative, beside, by_turns};

const STORM: u32 = 50_000;
const CALLERS: usize = 64;
const WORKERS: usize = 4;
const PAUSE: Duration = Duration::from_millis(20);
const ALONE: Duration = Duration::from_secs(6);

pub(crate) fn rows(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    std::fs::create_dir_all(kept)?;
    let directory = tempfile::Builder::new()
        .prefix("fairness-")
        .tempdir_in(kept)?;
    let cluster = Cluster::start(Durability::Durable, &[])?;
    cluster.make_database("bench")?;
    let addresses = [
        ("PostgreSQL", cluster.url("postgres", "bench")),
        (
            "SQLite",
            format!("sqlite:{}", directory.path().join("fairness.db").display()),
        ),
    ];
    let mut rows = Vec::new();
    for (name, address) in addresses {
        let two = Two::found(&address.parse()?)?;
        let taken = by_turns(
            vec![
                Alternative::new(
                    format!("p99 of a quiet tenant during a storm of {STORM}, {name}"),
                    || two.during_a_storm(),
                ),
                Alternative::new("the same alone", || two.alone()),
            ],
            rounds,
        )?;
        rows.push(beside(&taken[0], &taken[1], "ms"));
    }
    Ok(rows)
}

/// A store with a quiet and a loud tenant.
struct Two {
    runtime: tokio::runtime::Runtime,
    store: Store,
    quiet: TenantId,
    loud: TenantId,
    site: SiteId,
}

impl Two {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    fn found(address: &Address) -> anyhow::Result<Self> {
        store::migrate(address)?;
        let store = Store::open(address, MasterKey::from_bytes(&[7; 32]))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let [quiet, loud] = [(); 2].map(|()| TenantId::from_ulid(Ulid::generate()));
        for tenant in [&quiet, &loud] {
            let founded = store.write(tenant, |tx| tx.found_tenant());
            runtime.block_on(async { founded.await as Result<(), StoreError> })?;
        }
        Ok(Self {
            runtime,
            store,
            quiet,
            loud,
            site: SiteId::from_ulid(Ulid::generate()),
        })
    }

    fn alone(&self) -> anyhow::Result<f64> {
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        self.runtime.block_on(async {
            let timer = tokio::spawn(async move {
                tokio::time::sleep(ALONE).await;
                ends.store(true, Ordering::Relaxed);
            });
            let p99 = self.told_until(&over).await;
            timer.await?;
            p99
        })
    }

    fn during_a_storm(&self) -> anyhow::Result<f64> {
        let (over, left) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU32::new(STORM)),
        );
        self.runtime.block_on(async {
            let mut callers = JoinSet::new();
            for _ in 0..CALLERS {
                let (store, loud, site, left) = (
                    self.store.clone(),
                    self.loud.clone(),
                    self.site.clone(),
                    Arc::clone(&left),
                );
                callers.spawn(async move {
                    while left
                        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                        .is_ok()
                    {
                        store.receive(&loud, delivery(&site)).await?;
                    }
                    Ok::<_, StoreError>(())
                });
            }
            let mut workers = JoinSet::new();
            for _ in 0..WORKERS {
                let (store, loud, over) =
                    (self.store.clone(), self.loud.clone(), Arc::clone(&over));
                workers.spawn(async move {
                    while !over.load(Ordering::Relaxed) {
                        work(&store, &loud).await?;
                    }
                    Ok::<_, StoreError>(())
                });
            }
            let ends = Arc::clone(&over);
            let storm = tokio::spawn(async move {
                let ended: Result<Vec<()>, StoreError> =
                    callers.join_all().await.into_iter().collect();
                ends.store(true, Ordering::Relaxed);
                ended
            });
            let p99 = self.told_until(&over).await;
            storm.await??;
            workers
                .join_all()
                .await
                .into_iter()
                .collect::<Result<Vec<()>, _>>()?;
            p99
        })
    }

    /// Milliseconds, at the 99th percentile.
    async fn told_until(&self, over: &AtomicBool) -> anyhow::Result<f64> {
        let mut took = Vec::new();
        while !over.load(Ordering::Relaxed) {
            tokio::time::sleep(PAUSE).await;
            let begun = Instant::now();
            self.store
                .receive(&self.quiet, delivery(&self.site))
                .await?;
            let worked = work(&self.store, &self.quiet).await?;
            took.push(begun.elapsed().as_secs_f64() * 1000.0);
            ensure!(worked == 1, "the notification was not claimed");
        }
        took.sort_by(f64::total_cmp);
        ensure!(
            took.len() >= 50,
            "the storm was over after {} rounds",
            took.len()
        );
        Ok(took[took.len() * 99 / 100])
    }
}

/// Claims what is due, and ends it.
async fn work(store: &Store, tenant: &TenantId) -> Result<usize, StoreError> {
    let items = store.queue(tenant, |tx| tx.claim_inbox(4)).await?;
    let count = items.len();
    for item in items {
        store.queue(tenant, move |tx| tx.done_with(&item)).await?;
    }
    Ok(count)
}

fn delivery(site: &SiteId) -> Delivery {
    let comment = TrackerFact::CommentChanged(CommentChanged {
        ticket: None,
        comment: "10001"
            .parse()
            .unwrap_or_else(|_| unreachable!("digits are an id")),
        change: Change::Created,
        author: None,
        updated: None,
        claimed_at_ms: None,
    });
    Delivery {
        site: site.clone(),
        key: Ulid::generate().to_string(),
        fact: comment,
    }
}
