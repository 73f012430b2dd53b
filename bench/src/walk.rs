//! The strict walk over a stored ledger: beside what SQLite's own program takes to look at each of its rows,
//! beside parsing and canonicalising them with the usual crates, and its memory beside that of a small ledger.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::ledger::{Kept, made};
use crate::results::Row;
use crate::runner::{Alternative, Taken, beside, by_turns};
use crate::step::{Outcome, Step, What};

/// The ledger whose walk shows what memory takes without many entries. It has all the tickets already.
const SMALL: u64 = 10_000;

/// SQLite knows the length of a blob without reading it.
const LENGTHS: &str = "SELECT sum(length(bytes)), sum(length(leaf)) FROM entries";
/// The length of a text it has to count, so that it looks at every byte once.
const LENGTHS_READ: &str =
    "SELECT sum(length(CAST(bytes AS TEXT))), sum(length(leaf)) FROM entries";

pub(crate) fn rows(kept: &Path, entries: u64, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let large = made(kept, entries)?;
    let small = made(kept, SMALL)?;
    let mut rows = against_sqlite(&large, rounds)?;
    rows.extend(against_crates(&large, rounds.min(3))?);
    for threads in [1, 2] {
        rows.push(memory(&large, &small, threads)?);
    }
    Ok(rows)
}

fn against_sqlite(kept: &Kept, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let sum = |query| Alternative::new(format!("sqlite3 '{query}'"), move || summed(kept, query));
    let alternatives = vec![
        sum(LENGTHS),
        sum(LENGTHS_READ),
        walk(kept, 1),
        walk(kept, 2),
    ];
    let taken = by_turns(alternatives, rounds)?;
    let mut rows = Vec::new();
    for ours in &taken[2..] {
        for (limit, what) in taken.iter().zip(["lengths", "bytes read once"]) {
            let mut row = beside(ours, limit, "s");
            row.name = format!("{}: beside {what}", ours.name);
            rows.push(row);
        }
    }
    Ok(rows)
}

fn against_crates(kept: &Kept, rounds: usize) -> anyhow::Result<Vec<Row>> {
    let peer = Alternative::new(
        "serde_json, serde_json_canonicalizer, sha2: no more",
        || Ok(whole(kept, What::Canonicalise, 1)?.seconds),
    );
    let taken = by_turns(vec![peer, walk(kept, 1), walk(kept, 2)], rounds)?;
    let walks = taken[1..].iter();
    Ok(walks
        .map(|ours| {
            let mut row = beside(ours, &taken[0], "s");
            row.name = format!("{}: beside parse and canonicalise", ours.name);
            row
        })
        .collect())
}

fn memory(large: &Kept, small: &Kept, threads: usize) -> anyhow::Result<Row> {
    let peak = |kept: &Kept| -> anyhow::Result<Taken> {
        let peak = whole(kept, What::Judge, threads)?.peak_kib;
        let peak = peak.context("the system does not tell its peak memory")?;
        Ok(Taken {
            name: format!("{} entries", kept.entries),
            rounds: vec![peak as f64 / 1024.0],
        })
    };
    let mut row = beside(&peak(large)?, &peak(small)?, "MiB");
    row.name = format!(
        "walk, SQLite, threads: {threads}: peak memory of {}",
        large.entries
    );
    Ok(row)
}

fn walk(kept: &Kept, threads: usize) -> Alternative<'_> {
    Alternative::new(format!("walk, SQLite, threads: {threads}"), move || {
        Ok(whole(kept, What::Judge, threads)?.seconds)
    })
}

/// A step over the whole of the ledger.
fn whole(kept: &Kept, what: What, threads: usize) -> anyhow::Result<Outcome> {
    let step = Step {
        what,
        threads,
        database: format!("sqlite:{}", kept.database.display()),
        tenant: kept.tenant.clone(),
    };
    let outcome = step.apart()?;
    let (read, all) = (outcome.entries, kept.entries);
    ensure!(read == all, "{read} of {all} entries were read");
    Ok(outcome)
}

/// What a query takes, by SQLite's own program.
fn summed(kept: &Kept, query: &str) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let status = Command::new("sqlite3")
        .arg(&kept.database)
        .arg(query)
        .stdout(Stdio::null())
        .status()
        .context("Debian's `sqlite3` is needed")?;
    ensure!(status.success(), "sqlite3 failed");
    Ok(begun.elapsed().as_secs_f64())
}
