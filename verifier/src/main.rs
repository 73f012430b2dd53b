//! `countersign-verifier`. Exit codes: 0 verified, 1 not completed, 2 usage, 3 nothing to verify,
//! 10 incomplete, 11 altered, 12 rolled back or forked, 13 report undelivered.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use record::ids::TenantId;
use verifier::config::Config;
use verifier::export::{ExportRequest, export};
use verifier::judge::Progress;
use verifier::memory::Memory;
use verifier::schedule::{NIGHTLY, Schedule, retry_after};
use verifier::{output, run};

/// Rows, payloads and pages are made and dropped by the million; the system's allocator is slower at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Judges Countersign's ledgers, reports, and exports.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 verified, 1 not completed, 2 usage, 3 nothing to verify, \
10 incomplete, 11 altered, 12 rolled back or forked, 13 report undelivered"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Verify once.
    Run {
        /// Only this tenant.
        #[arg(long)]
        tenant: Option<TenantId>,
        /// Say it in JSON.
        #[arg(long)]
        json: bool,
        /// Do not tell Jira.
        #[arg(long)]
        no_report: bool,
    },
    /// Verify whenever a cron expression says so (UTC).
    Schedule {
        /// Seconds, minutes, hours, day of month, month, day of week.
        #[arg(long, default_value = NIGHTLY)]
        cron: Schedule,
        /// Begin up to so many seconds later, by chance.
        #[arg(long, default_value_t = 300, value_name = "SECONDS")]
        jitter: u64,
    },
    /// Write a bundle for an auditor.
    Export {
        /// The tenant.
        #[arg(long)]
        tenant: TenantId,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        /// The first entry's position.
        #[arg(long, default_value_t = 0)]
        first: u64,
        /// The position after the last entry.
        #[arg(long)]
        end: Option<u64>,
        /// Leave out names, comments and other values that stand beside the entries.
        #[arg(long)]
        no_disclosures: bool,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match carry_out(arguments.command).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain(&format!("not completed: {error:#}"));
            ExitCode::from(1)
        }
    }
}

async fn carry_out(command: Command) -> anyhow::Result<u8> {
    let mut config = Config::from_environment()?;
    match command {
        Command::Run {
            tenant,
            json,
            no_report,
        } => {
            if no_report {
                config.delivery = None;
            }
            let outcome = run::run(&config, tenant.as_ref(), &mut Bar::new()).await?;
            match json {
                true => say(&output::json(&outcome).to_string()),
                false => output::plain(&outcome).iter().for_each(|line| say(line)),
            }
            Ok(outcome.exit_code())
        }
        Command::Schedule { cron, jitter } => {
            follow(&config, &cron, Duration::from_secs(jitter)).await
        }
        Command::Export {
            tenant,
            out,
            first,
            end,
            no_disclosures,
        } => {
            let request = ExportRequest {
                tenant,
                first,
                end,
                disclosures: !no_disclosures,
            };
            let exported = export(&config, &request, &out)?;
            say(&format!(
                "entries      {} to {}",
                exported.range.0,
                exported.range.1 - 1
            ));
            say(&format!("disclosures  {}", exported.disclosures));
            say(&format!("sha256       {}", exported.hash));
            say(&format!("key          {}", exported.key));
            Ok(0)
        }
    }
}

async fn follow(config: &Config, schedule: &Schedule, jitter: Duration) -> anyhow::Result<u8> {
    let memory = Memory::at(&config.directory)?;
    let mut failures = 0;
    loop {
        tokio::time::sleep(schedule.wait(&memory, Utc::now(), jitter)?).await;
        let begun = Utc::now();
        match run::run(config, None, &mut Bar::new()).await {
            Ok(outcome) => {
                output::plain(&outcome).iter().for_each(|line| say(line));
                schedule.ran(&memory, begun)?;
                failures = 0;
            }
            Err(error) => {
                failures += 1;
                let again = retry_after(failures);
                complain(&format!(
                    "not completed: {error}; again in {} s",
                    again.as_secs()
                ));
                tokio::time::sleep(again).await;
            }
        }
    }
}

/// Progress on a terminal; nothing elsewhere.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} entries {eta}")
        {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl Progress for Bar {
    fn walked(&mut self, tenant: &TenantId, done: u64, all: u64) {
        self.0.set_length(all.max(done));
        self.0.set_message(tenant.to_string());
        self.0.set_position(done);
        if done >= all {
            self.0.finish_and_clear();
        }
    }
}

/// Who no longer reads what is said still gets the exit code.
fn say(line: &str) {
    drop(writeln!(io::stdout(), "{line}"));
}

fn complain(line: &str) {
    drop(writeln!(io::stderr(), "{line}"));
}
