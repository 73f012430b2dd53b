//! `countersign-bench`: measures our programs, each row beside a peer or a physical limit, and writes what
//! it saw to `bench/results.json`. Decides nothing: whether a figure is good enough is for its reader.

mod append;
mod classify;
mod fairness;
mod ledger;
mod reassess;
mod results;
mod runner;
mod step;
mod times;
mod trace;
mod walk;
mod walk_postgres;
mod webhook;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// As our programs have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What there is to measure.
#[derive(Debug, Parser)]
#[command(name = "countersign-bench", version)]
struct Arguments {
    /// How often each alternative is run; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many entries the large ledger holds.
    #[arg(long, default_value_t = 1_000_000)]
    entries: u64,
    /// How many open tickets the large backlog has.
    #[arg(long, default_value_t = 100_000)]
    tickets: usize,
    /// Where the ledgers are kept from run to run.
    #[arg(long, default_value = "target/bench")]
    kept: PathBuf,
    /// Where the figures go.
    #[arg(long, default_value = "bench/results.json")]
    out: PathBuf,
    #[command(subcommand)]
    family: Option<Family>,
}

/// A family of rows; without a name, all of them.
#[derive(Debug, Subcommand)]
enum Family {
    /// Appending by many callers at once.
    Append,
    /// Tickets classified, beside finding the same terms with others' means.
    Classify,
    /// One tenant's storm beside another's peace. Takes two minutes a round.
    Fairness,
    /// Markers in large trees, beside ripgrep (which has to be installed).
    Trace,
    /// A changed catalog carried into a large backlog.
    Reassess,
    /// The strict walk over a stored ledger.
    Walk,
    /// Webhooks at the whole server.
    Webhook,
    /// Events from outside at the whole server, until they are durable.
    Ingest,
    /// One step of a measurement, in a process of its own.
    #[command(hide = true)]
    Step(step::Step),
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let rows = match &arguments.family {
        Some(Family::Step(step)) => return step.take(),
        Some(Family::Append) => append::rows(&arguments.kept, arguments.rounds)?,
        Some(Family::Classify) => classify::rows(&arguments.kept, arguments.rounds)?,
        Some(Family::Fairness) => fairness::rows(&arguments.kept, arguments.rounds)?,
        Some(Family::Reassess) => {
            reassess::rows(&arguments.kept, arguments.rounds, arguments.tickets)?
        }
        Some(Family::Trace) => trace::rows(&arguments.kept, arguments.rounds)?,
        Some(Family::Walk) => walks(&arguments)?,
        Some(Family::Ingest) => webhook::ingest::rows(&arguments.kept, arguments.rounds)?,
        Some(Family::Webhook) => webhook::rows(&arguments.kept, arguments.rounds)?,
        None => {
            let mut rows = append::rows(&arguments.kept, arguments.rounds)?;
            rows.extend(classify::rows(&arguments.kept, arguments.rounds)?);
            rows.extend(reassess::rows(
                &arguments.kept,
                arguments.rounds,
                arguments.tickets,
            )?);
            rows.extend(walks(&arguments)?);
            rows.extend(webhook::rows(&arguments.kept, arguments.rounds)?);
            rows.extend(webhook::ingest::rows(&arguments.kept, arguments.rounds)?);
            rows.extend(fairness::rows(&arguments.kept, arguments.rounds)?);
            rows
        }
    };
    results::keep(&arguments.out, rows)
}

fn walks(arguments: &Arguments) -> anyhow::Result<Vec<results::Row>> {
    let (kept, entries, rounds) = (&arguments.kept, arguments.entries, arguments.rounds);
    let mut rows = walk::rows(kept, entries, rounds)?;
    rows.extend(walk_postgres::rows(kept, entries, rounds)?);
    Ok(rows)
}
