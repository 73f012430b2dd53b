//! One step of a measurement, in a process of its own, so that its memory is its own too. Prints what it
//! came to as one line of JSON.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use record::ids::TenantId;
use serde::{Deserialize, Serialize};
use store::{Address, LedgerRows, StoreError};
use verifier::judge::{Progress, judge};
use verifier::memory::Remembered;

/// What is done to a stored ledger.
#[derive(Debug, Clone, Args)]
pub(crate) struct Step {
    #[arg(value_enum)]
    pub(crate) what: What,
    #[arg(long, default_value_t = 1)]
    pub(crate) threads: usize,
    /// The database's address.
    pub(crate) database: String,
    pub(crate) tenant: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// The verifier's judgement over the whole ledger.
    Judge,
    /// Each entry parsed and written again by the usual crates, and hashed.
    Canonicalise,
}

/// What a step came to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// How many entries were judged.
    pub(crate) entries: u64,
    /// The most memory that was resident, in KiB; none where the system does not tell.
    pub(crate) peak_kib: Option<u64>,
    /// From beginning to end, the start of the process included.
    #[serde(skip)]
    pub(crate) seconds: f64,
}

impl Step {
    /// Takes the step in a process of its own.
    pub(crate) fn apart(&self) -> anyhow::Result<Outcome> {
        let what = self.what.to_possible_value().context("a step")?;
        let begun = Instant::now();
        let done = Command::new(std::env::current_exe()?)
            .args(["step", what.get_name(), "--threads"])
            .arg(self.threads.to_string())
            .args([&self.database, &self.tenant])
            .output()?;
        let seconds = begun.elapsed().as_secs_f64();
        ensure!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        let mut outcome: Outcome = serde_json::from_slice(&done.stdout)?;
        outcome.seconds = seconds;
        Ok(outcome)
    }

    /// Takes the step here.
    #[expect(clippy::print_stdout, reason = "the line is the answer")]
    pub(crate) fn take(&self) -> anyhow::Result<()> {
        let address: Address = self.database.parse()?;
        let tenant: TenantId = self.tenant.parse()?;
        let entries = match self.what {
            What::Judge => judged(&address, &tenant, self.threads)?,
            What::Canonicalise => canonicalised(&address, &tenant)?,
        };
        let outcome = Outcome {
            entries,
            peak_kib: peak_kib(),
            seconds: 0.0,
        };
        println!("{}", serde_json::to_string(&outcome)?);
        Ok(())
    }
}

struct Silent;

impl Progress for Silent {
    fn walked(&mut self, _: &TenantId, _: u64, _: u64) {}
}

/// How many entries the verifier judges; all must be in order.
pub(crate) fn judged(address: &Address, tenant: &TenantId, threads: usize) -> anyhow::Result<u64> {
    let mut rows = LedgerRows::open(address)?;
    let mut readers = (1..threads)
        .map(|_| LedgerRows::open(address))
        .collect::<Result<Vec<_>, _>>()?;
    let remembered = Remembered::default();
    let judgement =
        rows.snapshot(|db| judge(db, tenant, &remembered, &mut readers, &mut Silent))?;
    ensure!(
        judgement.findings.is_empty(),
        "the ledger is not in order: {:?}",
        judgement.findings.first()
    );
    Ok(judgement.size)
}

fn canonicalised(address: &Address, tenant: &TenantId) -> anyhow::Result<u64> {
    let mut rows = LedgerRows::open(address)?;
    let mut entries = 0;
    rows.snapshot(|db| {
        db.each_entry(tenant, 0, |row| -> Result<(), Failed> {
            let value: serde_json::Value = serde_json::from_slice(row.bytes)?;
            let written = serde_json_canonicalizer::to_vec(&value)?;
            let sound = written == row.bytes
                && ::ledger::Hash::leaf(&written).as_bytes().as_slice() == row.leaf;
            entries += 1;
            if sound { Ok(()) } else { Err(Failed(None)) }
        })
    })
    .map_err(|failed: Failed| match failed.0 {
        Some(error) => error,
        None => anyhow::anyhow!("an entry is not in order"),
    })?;
    Ok(entries)
}

/// Why the peer could not go on; none if an entry was not in order.
struct Failed(Option<anyhow::Error>);

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(Some(error.into()))
    }
}

impl From<serde_json::Error> for Failed {
    fn from(error: serde_json::Error) -> Self {
        Self(Some(error.into()))
    }
}

fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
