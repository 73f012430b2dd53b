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

/// All that the walk looks at.
const ALL_READ: &str = "SELECT sum(length(CAST(bytes AS TEXT))), sum(length(leaf)), sum(length(idem)), sum(length(id)), \
     sum(length(at)), sum(length(type)), sum(length(severity)), sum(length(subject)) FROM entries; \
     SELECT sum(length(digest)), sum(length(disclosure)) FROM disclosures; \
     SELECT sum(length(hashes)) FROM tiles; \
     SELECT sum(length(event)), sum(length(content_hash)), sum(length(requirement_set)), sum(length(reviewed_at)), \
     sum(length(reviewer)), sum(length(site)), sum(length(issue)) FROM approvals; \
     SELECT sum(length(content_hash)), sum(length(content_key)), sum(length(requirement_set)) FROM tickets";

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
    let sum = |name: &str, query| {
        Alternative::new(format!("sqlite3, {name}"), move || summed(kept, query))
    };
    let limits = [
        ("lengths of bytes and leaves", LENGTHS),
        ("every byte of bytes and leaves", LENGTHS_READ),
        ("every byte that the walk looks at", ALL_READ),
    ];
    let mut alternatives: Vec<_> = limits.map(|(name, query)| sum(name, query)).into();
    alternatives.extend([1, 2].map(|threads| walk(kept, threads)));
    let taken = by_turns(alternatives, rounds)?;
    let mut rows = Vec::new();
    for ours in &taken[limits.len()..] {
        for (limit, (what, _)) in taken.iter().zip(limits) {
            let mut row = beside(ours, limit, "s");
            row.name = format!("{}: beside sqlite3, {what}", ours.name);
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
