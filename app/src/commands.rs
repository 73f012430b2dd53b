//! The operator's commands. They work on the same database as the server, through the same use cases.

mod doctor;
mod key;
mod tenant;

use std::path::PathBuf;

use casework::Casework;
use clap::Subcommand;
use record::entries::ErasedReason;
use record::ids::{EventId, PersonId, TenantId};
use store::Roles;

use crate::config::Config;
use crate::state;

/// What the operator wants.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve (the default).
    Serve,
    /// Bring the database's schema up to date, and stop.
    Migrate,
    /// Tenants and who may approve.
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Keys to the API, and the master key.
    #[command(subcommand)]
    Key(key::Key),
    /// Look at the installation and say what is wrong with it.
    Doctor,
    /// Erase what is kept of a person, or all that stands beside an entry. The ledger stays verifiable and says that it
    /// was done.
    Erase {
        /// The tenant.
        #[arg(long)]
        tenant: TenantId,
        /// The person's id, as entries name it.
        #[arg(long, required_unless_present = "event", conflicts_with = "event")]
        person: Option<PersonId>,
        /// The entry's id.
        #[arg(long)]
        event: Option<EventId>,
    },
}

/// Carries a command out.
///
/// # Errors
/// Why it could not be carried out.
pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::Serve => Ok(()),
        Command::Migrate => migrate(&config),
        Command::Tenant(command) => tenant::run(command, &config).await,
        Command::Key(command) => key::run(command, &config).await,
        Command::Doctor => doctor::run(&config).await,
        Command::Erase {
            tenant,
            person,
            event,
        } => {
            let casework = existing(&config)?;
            let reason = ErasedReason::Request;
            let erased = match (person, event) {
                (Some(person), _) => casework.erase_person(&tenant, person, reason).await?,
                (None, Some(event)) => {
                    let erased = casework.erase_beside(&tenant, event, reason).await?;
                    erased.ok_or_else(|| anyhow::anyhow!("the tenant has no such entry"))?
                }
                (None, None) => 0,
            };
            say(&format!("{erased} values erased."));
            Ok(())
        }
    }
}

/// The use cases over an installation that is there already: only `serve` and `migrate` make one.
fn existing(config: &Config) -> anyhow::Result<Casework> {
    let files = [
        config.database.file(),
        Some(config.master_key_file.as_path()),
    ];
    for file in files.into_iter().flatten() {
        let shown = std::path::absolute(file)?;
        anyhow::ensure!(
            file.exists(),
            "there is no installation here: {} is missing. Start the server once, or use `migrate`",
            shown.display()
        );
    }
    Ok(state::open(config)?)
}

fn migrate(config: &Config) -> anyhow::Result<()> {
    let applied = store::migrate(&config.database)?;
    match applied.as_slice() {
        [] => say("The schema is up to date."),
        names => names
            .iter()
            .for_each(|name| say(&format!("Applied {name}."))),
    }
    if config.roles != Roles::default() {
        store::grant(&config.database, &config.roles)?;
        for (role, who) in [
            (&config.roles.app, "server"),
            (&config.roles.verifier, "verifier"),
        ] {
            if let Some(role) = role {
                say(&format!("The role {role} has the rights of the {who}."));
            }
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn say(line: &str) {
    println!("{line}");
}

fn beside(path: &std::path::Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(suffix);
    path.with_file_name(name)
}
