//! `countersign-check BUNDLE --policy FILE`. Exit codes: 0 verified, 1 not completed, 2 usage, 3 nothing to
//! verify, 10 incomplete, 11 altered, 12 rolled back or forked.

use std::path::PathBuf;
use std::process::ExitCode;

use check::output;
use check::policy::Policy;
use clap::Parser;
use ledger::{Checkpoint, Code, bundle};

/// Checks a bundle offline, with nothing but a public key.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 verified, 1 not completed, 2 usage, 3 nothing to verify, \
10 incomplete, 11 altered, 12 rolled back or forked"
)]
struct Arguments {
    /// The bundle.
    bundle: PathBuf,
    /// Your own file with the keys you believe: lines of `log` and a verifier key.
    #[arg(long)]
    policy: PathBuf,
    /// A checkpoint that you kept from an earlier visit; may be given more than once.
    #[arg(long)]
    kept: Vec<PathBuf>,
    /// Say it in JSON.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match check(&Arguments::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            complain(&format!("not completed: {problem}"));
            ExitCode::from(1)
        }
    }
}

fn check(arguments: &Arguments) -> Result<u8, String> {
    let read = |file: &PathBuf| {
        std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
    };
    let policy = String::from_utf8(read(&arguments.policy)?)
        .map_err(|_| "the policy is not text".to_owned())?;
    let policy: Policy = policy
        .parse()
        .map_err(|error: check::policy::NotAPolicy| error.to_string())?;
    let bundle = read(&arguments.bundle)?;
    if bundle.is_empty() {
        complain("the bundle is empty: there is nothing to verify");
        return Ok(3);
    }
    let mut kept = Vec::new();
    for file in &arguments.kept {
        let note = read(file)?;
        let claimed = Checkpoint::unverified(&note)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let checkpoint = Checkpoint::verify(&note, &claimed.origin, &policy.keys);
        kept.push(checkpoint.map_err(|error| format!("{}: {error}", file.display()))?);
    }
    let checked = bundle::verify(&bundle, &policy.keys, &kept);
    match arguments.json {
        true => say(&output::json(&checked).to_string()),
        false => output::plain(&checked).iter().for_each(|line| say(line)),
    }
    if checked
        .findings
        .iter()
        .any(|finding| finding.code == Code::BundleAltered)
        && !arguments.json
    {
        complain("The bundle itself was changed or cut after it was written.");
    }
    Ok(checked.verdict().exit_code())
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "why a command was not completed")]
fn complain(line: &str) {
    eprintln!("{line}");
}
