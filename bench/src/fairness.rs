//! One tenant's storm, and what another tenant notices of it. The quiet tenant is told something up to two hundred
//! times a second, and its lane works on that. Measured is how long it takes until a notification is durable, which is
//! when its sender is answered, and until what it leads to is in the ledger: at the 99th percentile, alone and during
//! the loud tenant's storm. Times: less is better.
//!
//! Measured is the store, which all tenants share: each lane does with it what the server's lanes do, but asks no
//! Jira. Storm and calm take turns, so that whatever else the machine does meets both; what the loud tenant's lane did
//! not come to stays in the inbox, and there are some ten thousand of that in the end.

mod storm;
mod tenant;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use store::{Address, MasterKey, Store};
use throwaway::{Cluster, Durability};

use crate::results::Row;
use crate::runner::{Taken, beside};
use crate::times::Times;
use storm::{Pace, STORM};
use tenant::Tenant;

const PAUSE: Duration = Duration::from_millis(5);
const CALM: Duration = Duration::from_secs(2);

pub(crate) fn rows(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    std::fs::create_dir_all(kept)?;
    let directory = tempfile::Builder::new()
        .prefix("fairness-")
        .tempdir_in(kept)?;
    let cluster = Cluster::in_directory(directory.path(), Durability::Durable, &[])?;
    let mut rows = Vec::new();
    for pace in Pace::ALL {
        rows.extend(of(pace, "PostgreSQL", rounds, |name| {
            cluster.make_database(name)?;
            Ok(cluster.url("postgres", name).parse()?)
        })?);
        rows.extend(of(pace, "SQLite", rounds, |name| {
            let file = directory.path().join(name);
            Ok(format!("sqlite:{}", file.display()).parse()?)
        })?);
    }
    Ok(rows)
}

/// A storm a round, each time in a new database.
fn of(
    pace: Pace,
    database: &str,
    rounds: usize,
    new: impl Fn(&str) -> anyhow::Result<Address>,
) -> anyhow::Result<[Row; 2]> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut passed = Vec::new();
    for round in 0..rounds {
        let address = new(&format!("storm_{}_{round}", pace.slices()))?;
        passed.push(runtime.block_on(async { Two::found(&address).await?.storm(pace).await })?);
    }
    let row = |until: &str, of: fn(&Noticed) -> f64| {
        let name = format!("p99 until {until}, {database}, during a storm of {STORM} {pace}");
        let taken = |name, of_round: fn(&(Noticed, Noticed)) -> &Noticed| Taken {
            name,
            rounds: passed.iter().map(|round| of(of_round(round))).collect(),
        };
        let alone = taken("the same alone".to_owned(), |(_, calm)| calm);
        beside(&taken(name, |(storm, _)| storm), &alone, "ms")
    };
    Ok([
        row("a notification is answered", |noticed| noticed.answered),
        row("it is in the ledger", |noticed| noticed.recorded),
    ])
}

/// In milliseconds, at the 99th percentile.
struct Noticed {
    answered: f64,
    recorded: f64,
}

/// How long everything took that the quiet tenant was told.
#[derive(Default)]
struct Noticing {
    answered: Times,
    recorded: Times,
}

impl Noticing {
    fn at_last(mut self) -> anyhow::Result<Noticed> {
        let count = self.recorded.count();
        ensure!(count >= 100, "a percentile of {count} tells nothing");
        Ok(Noticed {
            answered: self.answered.percentile(99),
            recorded: self.recorded.percentile(99),
        })
    }

    async fn until(&mut self, over: &AtomicBool, quiet: &Tenant) -> anyhow::Result<()> {
        while !over.load(Ordering::Relaxed) {
            tokio::time::sleep(PAUSE).await;
            let begun = Instant::now();
            quiet.is_told().await?;
            self.answered.add(begun.elapsed());
            let worked = quiet.work().await?;
            self.recorded.add(begun.elapsed());
            ensure!(worked == 1, "the notification was not claimed");
        }
        Ok(())
    }
}

/// A quiet and a loud tenant of one store.
struct Two {
    quiet: Tenant,
    loud: Tenant,
}

impl Two {
    async fn found(address: &Address) -> anyhow::Result<Self> {
        store::migrate(address)?;
        let store = Store::open(address, MasterKey::from_bytes(&[7; 32]))?;
        Ok(Self {
            quiet: Tenant::found(&store).await?,
            loud: Tenant::found(&store).await?,
        })
    }

    /// What the quiet tenant noticed during the storm, and in the calms between. The first calm warms up.
    async fn storm(&self, pace: Pace) -> anyhow::Result<(Noticed, Noticed)> {
        let (mut storm, mut calm) = (Noticing::default(), Noticing::default());
        self.calm(&mut Noticing::default()).await?;
        for _ in 0..pace.slices() {
            self.calm(&mut calm).await?;
            self.slice(pace, &mut storm).await?;
        }
        Ok((storm.at_last()?, calm.at_last()?))
    }

    async fn calm(&self, noticing: &mut Noticing) -> anyhow::Result<()> {
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        let timer = tokio::spawn(async move {
            tokio::time::sleep(CALM).await;
            ends.store(true, Ordering::Relaxed);
        });
        noticing.until(&over, &self.quiet).await?;
        Ok(timer.await?)
    }

    async fn slice(&self, pace: Pace, noticing: &mut Noticing) -> anyhow::Result<()> {
        let over = Arc::new(AtomicBool::new(false));
        let (loud, ends) = (self.loud.clone(), Arc::clone(&over));
        let slice = tokio::spawn(async move {
            let passed = pace.slice(&loud).await;
            ends.store(true, Ordering::Relaxed);
            passed
        });
        noticing.until(&over, &self.quiet).await?;
        Ok(slice.await??)
    }
}
