//! Appending to one tenant's ledger by 64 callers, each of whom waits until its entry is durable: beside what the same
//! PostgreSQL cluster does for as many clients of `pgbench` with one transaction per event, with and without a chain;
//! and beside single-row commits of SQLite's own program, of a plain row and of one like ours. Rates: more is better.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use ledger::{Actor, ActorKind, Hash};
use record::entries::ExportCreated;
use record::ids::TenantId;
use record::scale::Severity;
use store::{Address, MasterKey, NewEntry, Store, StoreError};
use throwaway::{Cluster, Durability};
use tokio::task::JoinSet;
use ulid::Ulid;

use crate::results::Row;
use crate::runner::{Alternative, Taken, beside, by_turns};

const CALLERS: usize = 64;
const LASTS: Duration = Duration::from_secs(5);

/// How many rows SQLite's own program commits one by one.
const SINGLE_ROWS: usize = 2_000;

/// One transaction per event: lock the head, insert, move the head, commit.
const CHAINED: &str = "BEGIN;\n\
    SELECT size, last_leaf FROM chain_head WHERE tenant = 'ten' FOR UPDATE;\n\
    INSERT INTO chained (tenant, seq, bytes, leaf) SELECT 'ten', size, :bytes, last_leaf FROM chain_head;\n\
    UPDATE chain_head SET size = size + 1 WHERE tenant = 'ten';\n\
    COMMIT;\n";

/// A row without a chain.
const UNCHAINED: &str =
    "INSERT INTO unchained (tenant, bytes, leaf) VALUES ('ten', :bytes, :leaf);\n";

const TABLES: &str = "CREATE TABLE chain_head (tenant text PRIMARY KEY, size bigint, last_leaf bytea) WITH (fillfactor = 50); \
    INSERT INTO chain_head VALUES ('ten', 0, decode(repeat('00', 32), 'hex')); \
    CREATE TABLE chained (tenant text, seq bigint, bytes bytea, leaf bytea, PRIMARY KEY (tenant, seq)); \
    CREATE TABLE unchained (tenant text, seq bigserial, bytes bytea, leaf bytea, PRIMARY KEY (tenant, seq))";

/// As many bytes as one of our entries has.
const BYTES: usize = 700;

pub(crate) fn rows(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let mut rows = on_postgres(kept, rounds)?;
    rows.extend(on_sqlite(kept, rounds)?);
    Ok(rows)
}

fn on_postgres(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let directory = tempfile::Builder::new()
        .prefix("cluster-")
        .tempdir_in(made(kept)?)?;
    let cluster = Cluster::in_directory(
        directory.path(),
        Durability::Durable,
        &["shared_buffers=512MB", "max_wal_size=4GB"],
    )?;
    cluster.make_database("bench")?;
    cluster.sql("bench", TABLES)?;
    let address: Address = cluster.url("postgres", "bench").parse()?;
    let ours = Ours::open(&address)?;
    let (cluster, scripts) = (&cluster, directory.path());
    let peer = |name: &'static str, script: &'static str| {
        Alternative::new(name, move || pgbench(cluster, scripts, script, CALLERS))
    };
    let taken = by_turns(
        vec![
            Alternative::new("append on PostgreSQL, 64 callers", || ours.rate()),
            peer(
                "pgbench, one transaction per event that locks the head",
                CHAINED,
            ),
            peer("pgbench, single-row insert and commit, no chain", UNCHAINED),
        ],
        rounds,
    )?;
    ours.is_sound()?;
    Ok(taken[1..]
        .iter()
        .map(|peer| named(&taken[0], peer))
        .collect())
}

fn on_sqlite(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let directory = tempfile::Builder::new()
        .prefix("append-")
        .tempdir_in(made(kept)?)?;
    let address: Address =
        format!("sqlite:{}", directory.path().join("ours.db").display()).parse()?;
    let ours = Ours::open(&address)?;
    let plain = directory.path().join("plain.db");
    let migrated = directory.path().join("migrated.db");
    store::migrate(&format!("sqlite:{}", migrated.display()).parse()?)?;
    let taken = by_turns(
        vec![
            Alternative::new("append on SQLite, 64 callers", || ours.rate()),
            Alternative::new("sqlite3, single-row insert and commit", || {
                single_rows(&plain, PLAIN, plain_row)
            }),
            Alternative::new(
                "sqlite3, the same with our row, indices and triggers",
                || single_rows(&migrated, "", row_of_ours),
            ),
        ],
        rounds,
    )?;
    ours.is_sound()?;
    Ok(taken[1..]
        .iter()
        .map(|peer| named(&taken[0], peer))
        .collect())
}

fn made(kept: &Path) -> anyhow::Result<&Path> {
    std::fs::create_dir_all(kept)?;
    Ok(kept)
}

fn named(ours: &Taken, peer: &Taken) -> Row {
    let mut row = beside(ours, peer, "per second");
    row.name = format!("{}: beside {}", ours.name, peer.name);
    row
}

/// A store with one tenant, and a runtime to call it from.
struct Ours {
    runtime: tokio::runtime::Runtime,
    address: Address,
    store: Store,
    tenant: TenantId,
}

impl Ours {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    fn open(address: &Address) -> anyhow::Result<Self> {
        store::migrate(address)?;
        let store = Store::open(address, MasterKey::from_bytes(&[7; 32]))?;
        let tenant = TenantId::from_ulid(Ulid::generate());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let founded = store.write(&tenant, |tx| tx.found_tenant());
        runtime.block_on(async { founded.await as Result<(), StoreError> })?;
        Ok(Self {
            runtime,
            address: address.clone(),
            store,
            tenant,
        })
    }

    /// Acknowledged appends per second.
    fn rate(&self) -> anyhow::Result<f64> {
        let begun = Instant::now();
        let counts: anyhow::Result<Vec<u64>> = self.runtime.block_on(async {
            let mut callers = JoinSet::new();
            for _ in 0..CALLERS {
                let (store, tenant) = (self.store.clone(), self.tenant.clone());
                callers.spawn(async move {
                    let mut count = 0_u64;
                    while begun.elapsed() < LASTS {
                        store.append(&tenant, an_entry()).await?;
                        count += 1;
                    }
                    Ok(count)
                });
            }
            callers.join_all().await.into_iter().collect()
        });
        Ok(counts?.iter().sum::<u64>() as f64 / begun.elapsed().as_secs_f64())
    }

    /// What was acknowledged is one sound ledger.
    fn is_sound(&self) -> anyhow::Result<()> {
        let outcome = crate::step::judged(&self.address, &self.tenant, 2)?;
        ensure!(outcome > 0, "nothing was appended");
        Ok(())
    }
}

/// An entry of about [`BYTES`] bytes.
fn an_entry() -> NewEntry {
    let once = Ulid::generate().to_string();
    NewEntry {
        payload: ExportCreated {
            bundle: "0123456789abcdef".repeat(12),
            first: 0,
            end: 1_000_000,
            disclosures: 1_000,
            exported_at: "2026-11-21T09:00:00.000Z".to_owned(),
        }
        .into(),
        beside: Vec::new(),
        subject: "ledger".to_owned(),
        severity: Severity::Info,
        actor: Actor {
            id: "countersign-server".to_owned(),
            kind: ActorKind::System,
        },
        source: "COUNTERSIGN",
        once,
    }
}

/// `pgbench` that inserts and commits plain rows.
pub(crate) struct Plain<'c> {
    cluster: &'c Cluster,
    scripts: &'c Path,
}

/// Makes a table for plain rows in the cluster.
pub(crate) fn plain_inserts<'c>(
    cluster: &'c Cluster,
    scripts: &'c Path,
) -> anyhow::Result<Plain<'c>> {
    cluster.make_database("bench")?;
    cluster.sql("bench", TABLES)?;
    Ok(Plain { cluster, scripts })
}

impl Plain<'_> {
    /// Rows per second by so many clients.
    pub(crate) fn rate(&self, clients: usize) -> anyhow::Result<f64> {
        pgbench(self.cluster, self.scripts, UNCHAINED, clients)
    }
}

/// Transactions per second, as `pgbench` counts them.
fn pgbench(cluster: &Cluster, scripts: &Path, script: &str, clients: usize) -> anyhow::Result<f64> {
    let file = scripts.join("script.sql");
    std::fs::write(&file, script)?;
    let (bytes, leaf) = (
        format!("bytes={}", "x".repeat(BYTES)),
        format!("leaf={}", "l".repeat(32)),
    );
    let threads = clients.min(2).to_string();
    let (callers, lasts) = (clients.to_string(), LASTS.as_secs().to_string());
    let file = file.display().to_string();
    let address = cluster.url("postgres", "bench");
    let printed = cluster.run(
        "pgbench",
        &[
            "-n", "-M", "prepared", "-c", &callers, "-j", &threads, "-T", &lasts, "-D", &bytes,
            "-D", &leaf, "-f", &file, &address,
        ],
    )?;
    printed
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
        .context("pgbench printed no rate")
}

/// A row without keys to look for.
const PLAIN: &str =
    "CREATE TABLE IF NOT EXISTS plain (seq INTEGER PRIMARY KEY, bytes BLOB, leaf BLOB);\n";

fn plain_row() -> String {
    let (bytes, leaf) = ("78".repeat(BYTES), "6c".repeat(32));
    format!("INSERT INTO plain (bytes, leaf) VALUES (x'{bytes}', x'{leaf}');\n")
}

/// A row as one of ours, of the ledger that the table then holds.
fn row_of_ours() -> String {
    let (bytes, leaf) = ("78".repeat(BYTES), "6c".repeat(32));
    let (id, idem) = (
        Ulid::generate(),
        Hash::of(Ulid::generate().to_string().as_bytes()),
    );
    format!(
        "INSERT INTO entries SELECT 'ten_00000000000000000000000000', coalesce(max(seq) + 1, 0), x'{bytes}', \
         x'{leaf}', 'evt_{id}', x'{idem}', '2026-11-21T09:00:00.000Z', 'EXPORT_CREATED', 'INFO', 'ledger' \
         FROM entries WHERE tenant = 'ten_00000000000000000000000000';\n"
    )
}

/// Single-row commits per second through SQLite's own program, as durable as ours.
fn single_rows(file: &Path, table: &str, row: fn() -> String) -> anyhow::Result<f64> {
    let mut statements = format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;\n{table}");
    for _ in 0..SINGLE_ROWS {
        statements.push_str(&row());
    }
    let begun = Instant::now();
    let mut program = Command::new("sqlite3")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("sqlite3 is not installed")?;
    program
        .stdin
        .take()
        .context("no way to speak to sqlite3")?
        .write_all(statements.as_bytes())?;
    ensure!(program.wait()?.success(), "sqlite3 failed");
    Ok(SINGLE_ROWS as f64 / begun.elapsed().as_secs_f64())
}
