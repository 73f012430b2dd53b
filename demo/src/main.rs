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
    /// Where the pages for Forge were built; they are needed with `--door forge` and without `--check`.
    #[arg(long, value_name = "DIR", default_value = "forge/ui/dist")]
    pages: PathBuf,
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
    let shown = !arguments.check && arguments.door == calls::Door::Forge;
    let pages = shown.then_some(arguments.pages);
    if let Some(pages) = &pages {
        anyhow::ensure!(
            pages.join("panel/index.html").exists(),
            "the pages for Forge are not built in {}: `make demo DOOR=forge` builds them, with node and npm",
            pages.display()
        );
    }
    let stage = stage::Stage::set(
        arguments.keep,
        arguments.port,
        arguments.database,
        arguments.door,
        pages,
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
