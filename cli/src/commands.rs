//! The commands: one call or a few, and what is said of the answer. None decides anything that the server did not.

mod acknowledge;
mod assistant;
mod building;
mod catalog;
mod catalog_change;
mod classify;
mod connect;
mod coverage;
mod evaluate;
mod gate;
mod hook;
mod link;
mod log;
mod mcp;
mod push;
mod recheck;
mod report;
mod scan;
mod show;
mod sync;
mod trace;
mod trailers;
mod verify;

use crate::arguments::{AskingCommand as Command, CatalogCommand, Config, Connect, LocalCommand};
use crate::client::Client;
use crate::error::CliError;
use crate::exit::Exit;
use crate::settings::{Given, Settings};
use crate::voice::Voice;

pub use show::{NotASubject, Subject};

/// Carries out what needs no server.
///
/// # Errors
/// Why it was not carried out.
pub async fn run_here(
    command: &LocalCommand,
    given: Given,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    match command {
        LocalCommand::Config {
            what: Config::Ai(wanted),
        } => assistant::run(wanted, given.url, voice),
        LocalCommand::Hook { assistant, event } => {
            hook::run(*assistant, *event, given, voice).await
        }
        LocalCommand::Classify { file, config } => {
            classify::run(file, &catalog::assessor(config.as_deref())?, voice)
        }
        LocalCommand::Trace(wanted) => trace::run(wanted, given, voice).await,
        LocalCommand::Catalog { what } => match what {
            CatalogCommand::Check { file } => catalog::check(file, voice),
            CatalogCommand::Preview { config, json } => {
                let client = client(given)?;
                catalog_change::preview(&client, config.as_deref(), *json, voice).await
            }
            CatalogCommand::Apply { comments } => {
                catalog_change::apply(&client(given)?, *comments, voice).await
            }
        },
        LocalCommand::Evaluate {
            file,
            config,
            json,
            lists,
        } => {
            let chosen = catalog::assessor(config.as_deref())?;
            evaluate::run(file, &chosen, *json, *lists, voice)
        }
    }
}

fn client(given: Given) -> Result<Client, CliError> {
    let settings = Settings::gather(given, |name| std::env::var(name).ok())?;
    Ok(Client::new(settings)?)
}

/// Carries a command out.
///
/// # Errors
/// Why it was not carried out.
pub async fn run(
    command: Command,
    settings: Settings,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let client = Client::new(settings)?;
    match command {
        Command::Connect {
            what: Connect::Jira(wanted),
        } => connect::jira(&client, wanted, voice).await,
        Command::Show { what, json } => show::run(&client, &what, json, voice).await,
        Command::Log(wanted) => log::run(&client, wanted, voice).await,
        Command::Prompt(wanted) => building::prompt(&client, wanted, voice).await,
        Command::Validate { key, json } => building::validate(&client, key, json, voice).await,
        Command::Mcp => mcp::run(client).await,
        Command::Coverage(wanted) => coverage::run(&client, &wanted, voice).await,
        Command::Acknowledge { request } => acknowledge::run(&client, &request, voice).await,
        Command::Sync { site } => sync::run(&client, site.as_ref(), voice).await,
        Command::Scan(wanted) => scan::run(&client, &wanted, voice).await,
        Command::Gate(wanted) => gate::run(&client, wanted, voice).await,
        Command::Link(wanted) => link::add(&client, &wanted, voice).await,
        Command::Unlink {
            event,
            link,
            reason,
        } => link::revoke(&client, &event, &link, reason, voice).await,
        Command::Report(wanted) => report::run(&client, wanted, voice).await,
        Command::Verify { event } => verify::run(&client, &event, voice).await,
    }
}
