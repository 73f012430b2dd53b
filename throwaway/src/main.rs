//! `throwaway-postgres COMMAND [ARGUMENT…]`: runs a command with a cluster beside it, named to it by
//! COUNTERSIGN_TEST_POSTGRES, and ends as the command ended. The cluster does not wait for the disk.

use std::process::{Command, ExitCode};

use throwaway::{Cluster, Durability, SHARED};

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else {
        complain("a command is expected");
        return ExitCode::from(2);
    };
    let cluster = match Cluster::start(Durability::Fleeting, &[]) {
        Ok(cluster) => cluster,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    let address = format!("postgres://postgres@127.0.0.1:{}", cluster.port());
    let ended = Command::new(program)
        .args(words)
        .env(SHARED, address)
        .status();
    drop(cluster);
    match ended.map(|status| status.code()) {
        Ok(Some(code)) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Ok(None) => ExitCode::FAILURE,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "why a command was not run")]
fn complain(line: &str) {
    eprintln!("throwaway-postgres: {line}");
}
