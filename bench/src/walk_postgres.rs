//! The strict walk over the same ledger in PostgreSQL: beside a binary COPY of the entries by `psql`. The rows are
//! copied over from the kept database, table by table.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};
use throwaway::{Cluster, Durability};

use crate::ledger::{Kept, made};
use crate::results::Row;
use crate::runner::{Alternative, beside, by_turns};
use crate::step::{Step, What};

/// What stands for a value that is not there, on the way from one database to the other.
const NOTHING: &str = "~nothing~";

const COPY: &str = "COPY entries TO STDOUT (FORMAT binary)";

pub(crate) fn rows(kept: &Path, entries: u64, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let ledger = made(kept, entries)?;
    let directory = tempfile::Builder::new()
        .prefix("cluster-")
        .tempdir_in(kept)?;
    let cluster = Cluster::in_directory(
        directory.path(),
        Durability::Fleeting,
        &["shared_buffers=512MB", "max_wal_size=8GB"],
    )?;
    cluster.make_database("bench")?;
    let address = cluster.url("postgres", "bench");
    store::migrate(&address.parse()?)?;
    copy_over(&ledger, &address)?;
    store::migrate(&address.parse()?)?;
    let walk = |threads| {
        let step = Step {
            what: What::Judge,
            threads,
            database: address.clone(),
            tenant: ledger.tenant.clone(),
        };
        Alternative::new(format!("walk, PostgreSQL, threads: {threads}"), move || {
            let outcome = step.apart()?;
            ensure!(
                outcome.entries == entries,
                "{} entries were read",
                outcome.entries
            );
            Ok(outcome.seconds)
        })
    };
    let copy = Alternative::new("psql, binary COPY of the entries", || copied(&address));
    let taken = by_turns(vec![walk(1), walk(2), copy], rounds)?;
    Ok(taken[..2]
        .iter()
        .map(|ours| beside(ours, &taken[2], "s"))
        .collect())
}

/// Every row of every table of ours.
fn copy_over(from: &Kept, to: &str) -> anyhow::Result<()> {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '__diesel*' AND name NOT GLOB 'sqlite_*'";
    for table in asked(from, tables)?.lines() {
        let columns = asked(
            from,
            &format!("SELECT name || ' ' || type FROM pragma_table_info('{table}')"),
        )?;
        let columns: Vec<(&str, &str)> = columns
            .lines()
            .filter_map(|line| line.split_once(' '))
            .collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let values: Vec<String> = columns
            .iter()
            .map(|(name, kind)| match *kind {
                "BLOB" => format!("'\\x' || hex({name})"),
                _ => (*name).to_owned(),
            })
            .collect();
        let (names, values) = (names.join(", "), values.join(", "));
        let mut rows = Command::new("sqlite3")
            .args(["-csv", "-nullvalue", NOTHING])
            .arg(&from.database)
            .arg(format!("SELECT {values} FROM {table}"))
            .stdout(Stdio::piped())
            .spawn()
            .context("Debian's `sqlite3` is needed")?;
        let input = rows.stdout.take().context("no way to read from sqlite3")?;
        let command =
            format!("COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '{NOTHING}')");
        let written = Command::new("psql")
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", &command, to])
            .stdin(input)
            .status()?;
        ensure!(
            rows.wait()?.success() && written.success(),
            "{table} could not be copied over"
        );
    }
    Ok(())
}

fn asked(kept: &Kept, query: &str) -> anyhow::Result<String> {
    let printed = Command::new("sqlite3")
        .arg(&kept.database)
        .arg(query)
        .output()?;
    ensure!(printed.status.success(), "sqlite3 failed");
    Ok(String::from_utf8(printed.stdout)?)
}

fn copied(address: &str) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let status = Command::new("psql")
        .args(["-X", "-q", "-c", COPY, address])
        .stdout(Stdio::null())
        .status()?;
    ensure!(status.success(), "psql failed");
    Ok(begun.elapsed().as_secs_f64())
}
