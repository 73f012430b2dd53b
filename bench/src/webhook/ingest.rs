//! Events from outside at the server as it ships: from the first byte of a signed push, or of a report with a key, until
//! the answer that its entry is durable. Beside it, in the same minutes, `pgbench` with as many clients, which inserts
//! and commits a plain row each. All that was acknowledged is looked for in the ledger afterwards.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use throwaway::{Cluster, Durability};
use tokio::runtime::Runtime;

use super::load::{self, Load};
use super::server::{Served, Server};
use crate::append::{Plain, plain_inserts};
use crate::results::Row;
use crate::runner::{Taken, beside};

const CALLERS: [usize; 3] = [1, 16, 64];
const LASTS: Duration = Duration::from_secs(3);

/// What a round came to.
struct Round {
    pushes: Load,
    reports: Load,
    plain: f64,
}

pub(crate) fn rows(kept: &Path, rounds: usize) -> anyhow::Result<Vec<Row>> {
    std::fs::create_dir_all(kept)?;
    let directory = tempfile::Builder::new()
        .prefix("ingest-")
        .tempdir_in(kept)?;
    let cluster = Cluster::in_directory(directory.path(), Durability::Durable, &[])?;
    let plain = plain_inserts(&cluster, directory.path())?;
    let mut rows = Vec::new();
    for callers in CALLERS {
        let at = |name: &str| directory.path().join(format!("{name}{callers}"));
        let file = format!("sqlite:{}.db", at("sqlite").display());
        rows.extend(on(
            "SQLite",
            &file,
            &at("with-sqlite"),
            callers,
            rounds,
            &plain,
        )?);
        let name = format!("served{callers}");
        cluster.make_database(&name)?;
        let url = cluster.url("postgres", &name);
        rows.extend(on(
            "PostgreSQL",
            &url,
            &at("with-postgres"),
            callers,
            rounds,
            &plain,
        )?);
    }
    Ok(rows)
}

fn on(
    database: &str,
    url: &str,
    data: &Path,
    callers: usize,
    rounds: usize,
    plain: &Plain<'_>,
) -> anyhow::Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let server = runtime.block_on(Server::start(url, data))?;
    let mut taken = Vec::new();
    for _ in 0..=rounds {
        taken.push(Round {
            pushes: found(&server, &runtime, |at| load::pushes(at, callers, LASTS))?,
            reports: found(&server, &runtime, |at| load::reports(at, callers, LASTS))?,
            plain: plain.rate(callers)?,
        });
    }
    Ok(compared(database, callers, &taken[1..]))
}

/// A load, all of which is in the ledger.
fn found<F: Future<Output = anyhow::Result<Load>>>(
    server: &Server,
    runtime: &Runtime,
    load: impl FnOnce(Served) -> F,
) -> anyhow::Result<Load> {
    let before = server.entries()?;
    let load = server.measured(runtime, load)?;
    let added = server.entries()? - before;
    ensure!(
        added >= load.count as u64,
        "{} were acknowledged and {added} entries came",
        load.count
    );
    Ok(load)
}

fn compared(database: &str, callers: usize, rounds: &[Round]) -> Vec<Row> {
    let row = |what: &str, unit: &str, peer: &str, of: &dyn Fn(&Round) -> (f64, f64)| {
        let (ours, theirs) = rounds.iter().map(of).unzip();
        let ours = Taken {
            name: format!("{what}, {callers} callers, {database}"),
            rounds: ours,
        };
        let theirs = Taken {
            name: format!("pgbench, single-row insert and commit, as many clients: {peer}"),
            rounds: theirs,
        };
        beside(&ours, &theirs, unit)
    };
    let on_average = |round: &Round| callers as f64 * 1e3 / round.plain;
    let (rate, average) = ("per second", "the average in ms");
    vec![
        row(
            "signed pushes until durable: per second",
            "1/s",
            rate,
            &|round| (round.pushes.rate(), round.plain),
        ),
        row(
            "signed pushes until durable: p99",
            "ms",
            average,
            &|round| (round.pushes.p99, on_average(round)),
        ),
        row(
            "reports with a key until durable: per second",
            "1/s",
            rate,
            &|round| (round.reports.rate(), round.plain),
        ),
        row(
            "reports with a key until durable: p99",
            "ms",
            average,
            &|round| (round.reports.p99, on_average(round)),
        ),
    ]
}
