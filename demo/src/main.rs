//! `countersign-demo`: starts a local Jira look-alike, the server and the verifier, and either plays the
//! story by itself (`--check`) or leaves the stage to a person in a browser.

mod calls;
mod database;
mod play;
mod programs;
mod stage;
mod story;
mod tamper;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Plays the story of Countersign on this machine.
#[derive(Parser)]
struct Arguments {
    /// Play the story without a person, and end.
    #[arg(long)]
    check: bool,
    /// Leave database, keys, state and bundle in this directory.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The database to play in.
    #[arg(long, value_enum, default_value = "sqlite", conflicts_with = "keep")]
    database: database::Kind,
    /// The door through which the site has the app.
    #[arg(long, value_enum, default_value = "connect")]
    door: calls::Door,
    /// The port of the Jira look-alike; a free one otherwise.
    #[arg(long, env = "PORT")]
    port: Option<u16>,
}

#[actix_web::main]
async fn main() -> ExitCode {
    match play_it(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("FAILED: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn play_it(arguments: Arguments) -> anyhow::Result<()> {
    let by_itself = arguments.check || arguments.door == calls::Door::Connect;
    anyhow::ensure!(
        by_itself,
        "the look-alike's pages show the Connect panel alone: with --door forge, add --check"
    );
    let stage = stage::Stage::set(
        arguments.keep,
        arguments.port,
        arguments.database,
        arguments.door,
    )
    .await?;
    if arguments.check {
        story::tell(stage).await
    } else {
        play::leave_to_a_person(stage).await
    }
}

#[expect(clippy::print_stdout, reason = "the demo speaks to a person")]
fn say(line: &str) {
    println!("{line}");
}
