//! Webhooks at the server as it ships: a process of its own, real HTTP over kept connections, tokens as Jira signs
//! them, `jira:issue_updated` of about 4.5 KB about a thousand tickets. An answer counts if it is of success, and all
//! that counted are looked for in the inbox afterwards. Jira itself does not answer meanwhile, so that what is measured
//! is how notifications are taken in.
//!
//! Beside it, in the same minutes: `/health/live` of the same server over as many connections, which is what HTTP
//! alone takes; and the store's `receive`, called within this process by as many callers, which is what the queue can
//! take at all. The load comes from the same two cores.

pub(crate) mod ingest;
mod load;
mod notification;
mod server;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use record::ids::{SiteId, TenantId};
use store::{Address, MasterKey, Store, StoreError};
use throwaway::{Cluster, Durability};
use tokio::task::JoinSet;
use ulid::Ulid;

use crate::results::Row;
use crate::runner::{Taken, beside};
use crate::times::Times;
use load::Load;
use server::Server;

const CONNECTIONS: [usize; 2] = [16, 64];
const LASTS: Duration = Duration::from_secs(3);

pub(crate) fn rows(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    std::fs::create_dir_all(kept)?;
    let directory = tempfile::Builder::new()
        .prefix("webhook-")
        .tempdir_in(kept)?;
    let cluster = Cluster::in_directory(directory.path(), Durability::Durable, &[])?;
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let at = |name: &str| directory.path().join(format!("{name}{connections}"));
        let files = ["served", "direct"].map(|name| format!("sqlite:{}.db", at(name).display()));
        rows.extend(on("SQLite", &files, &at("sqlite"), connections, rounds)?);
        let names = ["served", "direct"].map(|name| format!("{name}{connections}"));
        for name in &names {
            cluster.make_database(name)?;
        }
        let urls = names.map(|name| cluster.url("postgres", &name));
        rows.extend(on(
            "PostgreSQL",
            &urls,
            &at("postgres"),
            connections,
            rounds,
        )?);
    }
    Ok(rows)
}

/// What a round came to.
struct Round {
    webhooks: Load,
    live: Load,
    direct: Load,
}

fn on(
    database: &str,
    [served, direct]: &[String; 2],
    data: &Path,
    connections: usize,
    rounds: usize,
) -> anyhow::Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let server = runtime.block_on(Server::start(served, data))?;
    let queue = runtime.block_on(Queue::open(&direct.parse()?))?;
    let mut taken = Vec::new();
    for _ in 0..=rounds {
        let before = server.waiting()?;
        let webhooks = server.measured(&runtime, |at| load::webhooks(at, connections, LASTS))?;
        let found = server.waiting()? - before;
        ensure!(
            found == webhooks.count as i64,
            "{} were acknowledged and {found} wait",
            webhooks.count
        );
        taken.push(Round {
            webhooks,
            live: server.measured(&runtime, |at| load::live(at, connections, LASTS))?,
            direct: runtime.block_on(queue.filled_by(connections))?,
        });
    }
    Ok(compared(database, connections, &taken[1..]))
}

fn compared(database: &str, connections: usize, rounds: &[Round]) -> Vec<Row> {
    let row = |what: &str, unit: &str, peer: &str, of: fn(&Round) -> (f64, f64)| {
        let (ours, theirs) = rounds.iter().map(of).unzip();
        let name = format!("webhooks, {connections} connections, {database}: {what}");
        let ours = Taken { name, rounds: ours };
        let theirs = Taken {
            name: peer.to_owned(),
            rounds: theirs,
        };
        beside(&ours, &theirs, unit)
    };
    let (queue, http) = ("the store's receive, as many callers", "/health/live");
    vec![
        row("per second", "1/s", queue, |round| {
            (round.webhooks.rate(), round.direct.rate())
        }),
        row("p50", "ms", queue, |round| {
            (round.webhooks.p50, round.direct.p50)
        }),
        row("p99", "ms", queue, |round| {
            (round.webhooks.p99, round.direct.p99)
        }),
        row("per second beside HTTP alone", "1/s", http, |round| {
            (round.webhooks.rate(), round.live.rate())
        }),
        row("the server's CPU for one", "us", http, |round| {
            (round.webhooks.cpu_us(), round.live.cpu_us())
        }),
    ]
}

/// A store that nothing stands before.
struct Queue {
    store: Store,
    tenant: TenantId,
    site: SiteId,
}

impl Queue {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    async fn open(address: &Address) -> anyhow::Result<Self> {
        store::migrate(address)?;
        let store = Store::open(address, MasterKey::from_bytes(&[7; 32]))?;
        let tenant = TenantId::from_ulid(Ulid::generate());
        let founded: Result<(), StoreError> = store.write(&tenant, |tx| tx.found_tenant()).await;
        founded?;
        Ok(Self {
            store,
            tenant,
            site: SiteId::from_ulid(Ulid::generate()),
        })
    }

    async fn filled_by(&self, callers: usize) -> anyhow::Result<Load> {
        let fact = Arc::new(jira::webhook::parse(notification::body(1).as_bytes())?);
        let begun = Instant::now();
        let mut under_way = JoinSet::new();
        for _ in 0..callers {
            let (store, tenant, site) =
                (self.store.clone(), self.tenant.clone(), self.site.clone());
            let fact = Arc::clone(&fact);
            under_way.spawn(async move {
                let mut times = Times::default();
                while begun.elapsed() < LASTS {
                    let delivery = store::Delivery {
                        site: site.clone(),
                        key: Ulid::generate().to_string(),
                        fact: (*fact).clone(),
                    };
                    let asked = Instant::now();
                    store.receive(&tenant, delivery).await?;
                    times.add(asked.elapsed());
                }
                Ok::<_, StoreError>(times)
            });
        }
        let times: Result<Vec<Times>, _> = under_way.join_all().await.into_iter().collect();
        Ok(Load::of(times?, begun.elapsed()))
    }
}
