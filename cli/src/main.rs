//! `countersign`. Exit codes: 0 done, open or verified, 1 not completed, 2 usage, 10 not covered by a checkpoint yet,
//! 11 altered, 20 the gate is closed, 21 what an issue asks for is not complete.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::Parser;
use cli::arguments::{Arguments, Command};
use cli::commands;
use cli::error::CliError;
use cli::exit::Exit;
use cli::settings::{Given, Settings, stands_in};
use cli::voice::Voice;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let mut voice = Voice::new(&mut out, &mut err);
    let words: Vec<OsString> = std::env::args_os().collect();
    // Before anything else reads the line: what is wrong with a line is told by repeating it.
    if words.iter().any(|word| stands_in(word)) {
        voice.warn(
            "An API key stands on the command line, where every program of this machine can read it. Nothing was sent: \
             put the key into COUNTERSIGN_API_KEY or into a file for --key-file, and have this one revoked.",
        );
        return Exit::Usage.into();
    }
    match carry_out(Arguments::parse_from(words), &mut voice).await {
        Ok(exit) => exit.into(),
        // Who stops reading has what they wanted.
        Err(CliError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Exit::Done.into()
        }
        Err(error) => {
            voice.warn(&error.to_string());
            Exit::NotDone.into()
        }
    }
}

async fn carry_out(arguments: Arguments, voice: &mut Voice<'_>) -> Result<Exit, CliError> {
    let given = Given {
        url: arguments.url,
        key_file: arguments.key_file,
    };
    let command = match arguments.command {
        Command::Local(command) => return commands::run_here(&command, given, voice).await,
        Command::Asking(command) => command,
    };
    let settings = Settings::gather(given, |name| std::env::var(name).ok())?;
    commands::run(command, settings, voice).await
}
