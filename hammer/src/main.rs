//! `countersign-hammer`: hits what writes a ledger, again and again, and looks for what was lost: writers that are
//! killed, servers that stop at once, disks that are full, replies to COMMIT that get lost. It judges with the ledger's
//! own walk and proofs and with the real verifier, and ends with a failure if anything is wrong.
//!
//! What is done follows from a seed; how the processes interleave does not, so that a seed makes a failure likelier to
//! come again and does not promise it.

mod acknowledged;
mod chance;
mod crew;
mod database;
mod disk;
mod faults;
mod judgement;
mod ledger_as_read;
mod proxy;
mod rate;
mod reader;
mod report;
mod run;
mod schedule;
mod signed;
mod signer;
mod wire;
mod writer;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use throwaway::NoCluster;

use crate::database::Kind;
use crate::report::Tally;

/// Hammers a ledger and looks for what was lost.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    process: Option<Process>,
    /// How many writers are killed on each database; for each ten of them everything stops once and the disk is full
    /// once.
    #[arg(long, default_value_t = 20)]
    kills: u32,
    /// On which database.
    #[arg(long, value_enum, default_value = "both")]
    database: Databases,
    /// What the schedule follows from; a new one otherwise.
    #[arg(long)]
    seed: Option<u64>,
    /// Instead: lets several servers append to one PostgreSQL for so many seconds, and says how fast.
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<u64>,
    /// How many callers there are in all, with --for.
    #[arg(long, default_value_t = 64, requires = "seconds")]
    callers: u32,
    /// How many servers there are, with --for.
    #[arg(long, default_value_t = 4, requires = "seconds", value_parser = clap::value_parser!(u32).range(1..))]
    servers: u32,
    /// Proves the hammer: writers that lock no head, on a PostgreSQL that refuses no fork. Has to fail.
    #[arg(long, conflicts_with = "seconds")]
    without_head_lock: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Databases {
    Sqlite,
    Postgres,
    Both,
}

/// What this program is when it starts itself.
#[derive(Subcommand)]
enum Process {
    #[command(hide = true)]
    Write(writer::Orders),
    #[command(hide = true)]
    Sign(signer::Orders),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match arguments.process {
        Some(process) => work(process),
        None if arguments.without_head_lock != cfg!(feature = "no-head-lock") => {
            say("--without-head-lock and a build with the feature no-head-lock go together");
            return ExitCode::from(2);
        }
        None => {
            disk::mount_apart();
            hit(&arguments)
        }
    };
    ended.unwrap_or_else(|error| {
        say(&format!("FAILED: {error:#}"));
        ExitCode::FAILURE
    })
}

fn work(process: Process) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match process {
            Process::Write(orders) => writer::write(orders).await,
            Process::Sign(orders) => signer::sign(orders).await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn hit(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let seed = match arguments.seed {
        Some(seed) => seed,
        None => u64::from(u32::from_le_bytes(store::random()?)),
    };
    say(&format!("SEED={seed}"));
    if let Some(seconds) = arguments.seconds {
        let (servers, callers) = (arguments.servers, arguments.callers);
        let asked = rate::Asked {
            seconds,
            servers,
            callers,
            seed,
        };
        let tally = rate::run(asked)?;
        let rate = tally.rate(seconds);
        let ended = conclude(&[tally], seed, 0);
        say(&format!("{servers} servers, {callers} callers: {rate}"));
        return Ok(ended);
    }
    let kinds: &[Kind] = match arguments.database {
        _ if arguments.without_head_lock => &[Kind::Postgres],
        Databases::Sqlite => &[Kind::Sqlite],
        Databases::Postgres => &[Kind::Postgres],
        Databases::Both => &[Kind::Sqlite, Kind::Postgres],
    };
    let (mut tallies, mut skipped) = (Vec::new(), 0);
    for &kind in kinds {
        let asked = run::Asked {
            kind,
            kills: arguments.kills,
            seed,
            forks_are_kept: arguments.without_head_lock,
        };
        match run::hammer(asked, say) {
            Ok(tally) => tallies.push(tally),
            Err(error) if matches!(error.downcast_ref(), Some(NoCluster::NotInstalled)) => {
                say(&format!("SKIPPED: {}: {error}", kind.name()));
                skipped += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(conclude(&tallies, seed, skipped))
}

/// Says what the runs came to; a full disk that could not be had counts as skipped.
fn conclude(tallies: &[Tally], seed: u64, mut skipped: usize) -> ExitCode {
    for line in tallies.iter().flat_map(|tally| tally.details(seed)) {
        say(&line);
    }
    for line in report::table(tallies) {
        say(&line);
    }
    for tally in tallies.iter().filter(|tally| tally.kills > 0) {
        if let Some(why) = &tally.cannot_be_filled {
            say(&format!("SKIPPED: {}: a full disk: {why}", tally.name));
            skipped += 1;
        }
    }
    let failed = tallies
        .iter()
        .filter(|tally| !tally.faults.is_empty())
        .count();
    let passed = tallies.len() - failed;
    say(&format!("SEED={seed}"));
    say(&format!(
        "{passed} passed, {failed} failed, {skipped} skipped"
    ));
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

#[expect(clippy::print_stdout, reason = "the report is what the program is for")]
fn say(line: &str) {
    println!("{line}");
}
