//! Runs the program. Whatever it does, the key is in nothing that it says.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::Server;

pub(crate) const KEY: &str = "ak_test_0123456789ABCDEFGHJKMNPQRSTVWXYZ";
pub(crate) const EVENT: &str = "evt_01HZABCDEF1234567890ABCDEF";
pub(crate) const LINK: &str = "evt_01HZABCDEF1234567890ABCDEG";

/// How it ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with the key and this server's address in its environment, and little else.
pub(crate) fn program(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("COUNTERSIGN_URL", url)
        .env("COUNTERSIGN_API_KEY", KEY);
    command
}

pub(crate) fn run(mut command: Command, input: &str) -> Ran {
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let ran = Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(
        !ran.out.contains(KEY) && !ran.err.contains(KEY),
        "the key is shown: {ran:?}"
    );
    ran
}

impl Server {
    /// Runs the program against this server.
    pub(crate) fn told(&self, line: &str) -> Ran {
        self.told_in(Path::new("."), line)
    }

    /// The same, in this directory.
    pub(crate) fn told_in(&self, directory: &Path, line: &str) -> Ran {
        let mut command = program(&self.url);
        command.args(line.split_whitespace()).current_dir(directory);
        run(command, "")
    }
}
