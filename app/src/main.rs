//! `countersign-server`.

use std::net::TcpListener;
use std::process::ExitCode;

use anyhow::Context;
use app::commands::{self, Command};
use app::{Config, Server, StartError, telemetry};
use clap::Parser;

/// Rows, payloads and pages are made and dropped by the million; the system's allocator is slower at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Security requirements, approvals and a tamper-evident ledger for Jira.
#[derive(Parser)]
#[command(name = "countersign-server", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match telemetry::start()
        .map_err(anyhow::Error::from)
        .and_then(|()| run(arguments))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[actix_web::main]
async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = Config::from_environment()?;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(config).await,
        command => commands::run(command, config).await,
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(&config.listen).map_err(StartError::Listen)?;
    let address = config.address.to_string();
    let listening = listener
        .local_addr()
        .context("the listener has no address")?;
    let server = Server::start(config, listener).await?;
    tracing::info!(%listening, %address, "serving");
    server.run_until_told().await.context("serving failed")
}

#[expect(clippy::print_stderr, reason = "why a command was not carried out")]
fn complain(line: &str) {
    eprintln!("countersign-server: {line}");
}
