//! What every handler is given.

use std::sync::Arc;

use casework::Casework;
use jira::connect::Descriptor;
use jira::connect::install_check::InstallCheck;
use jira::connect::install_keys::InstallKeys;
use jira::forge::{ForgeApp, InvocationKeys};
use jira::rest::{Client, HttpSettings};
use store::{Address, LedgerRows, MasterKey, Store};
use tokio::sync::Notify;

use crate::config::Config;
use crate::error::StartError;
use crate::rates::Rates;
use crate::views::Views;

/// The descriptor as it stands in the repository; only the address is filled in.
pub(crate) const DESCRIPTOR: &str = include_str!("../../atlassian-connect.json");

/// Everything that is shared between requests.
pub struct AppState {
    pub(crate) config: Config,
    pub(crate) casework: Casework,
    pub(crate) descriptor: String,
    pub(crate) install_check: InstallCheck,
    pub(crate) install_keys: InstallKeys,
    /// The Forge door; none where no Forge app is registered.
    pub(crate) forge: Option<ForgeDoor>,
    pub(crate) views: Views,
    /// How often each API key may call.
    pub(crate) rates: Rates,
    /// Rung when there is new work for the jobs.
    pub(crate) bell: Arc<Notify>,
}

/// What calls of Forge's are checked with.
pub(crate) struct ForgeDoor {
    pub(crate) app: ForgeApp,
    pub(crate) keys: InvocationKeys,
}

impl ForgeDoor {
    fn of(config: &Config) -> Result<Option<Self>, StartError> {
        let Some(id) = config.forge_app.clone() else {
            return Ok(None);
        };
        let keys = InvocationKeys::at(config.forge_keys.clone());
        Ok(Some(Self {
            app: ForgeApp {
                id,
                environment: config.forge_environment,
                gateway: config.forge_gateway.clone(),
            },
            keys: keys.map_err(|error| StartError::Build(error.to_string()))?,
        }))
    }
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").finish_non_exhaustive()
    }
}

impl AppState {
    pub(crate) fn build(config: Config) -> Result<Self, StartError> {
        let casework = open(&config)?;
        let descriptor =
            Descriptor::parse(DESCRIPTOR).map_err(|error| StartError::Build(error.to_string()))?;
        Ok(Self {
            descriptor: descriptor.served_at(&config.address),
            install_check: InstallCheck {
                app_key: descriptor.key().clone(),
                our_address: config.address.clone(),
                allowed_hosts: config.allowed_hosts.clone(),
            },
            install_keys: InstallKeys::at(config.install_keys.clone())
                .map_err(|error| StartError::Build(error.to_string()))?,
            forge: ForgeDoor::of(&config)?,
            views: Views::build().map_err(|error| StartError::Build(error.to_string()))?,
            rates: Rates::per_second(config.api_per_second),
            bell: Arc::default(),
            casework,
            config,
        })
    }
}

/// The key of the file. A new one is made only where there is nothing yet that another has sealed: who lost the key
/// must not find out when the first site calls.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general enough over the connection's lifetime"
)]
fn master_key(config: &Config) -> Result<MasterKey, StartError> {
    if !config.master_key_file.exists() {
        let mut rows = LedgerRows::open(&config.database)?;
        let tenants = rows.snapshot(|db| db.tenants())?;
        if !tenants.is_empty() {
            return Err(StartError::MasterKeyMissing);
        }
    }
    Ok(MasterKey::load_or_create(&config.master_key_file)?)
}

/// A file is ours, and is migrated as it is opened. On a server the tables belong to somebody else, who migrates
/// before any of our servers starts.
fn bring_up_to_date(database: &Address) -> Result<(), StartError> {
    if !database.is_postgres() {
        store::migrate(database)?;
        return Ok(());
    }
    match store::schema_is_current(database)? {
        true => Ok(()),
        false => Err(StartError::Schema),
    }
}

/// The use cases over the database and keys that the configuration names. The database must be current.
///
/// # Errors
/// If the database or the keys cannot be used.
pub(crate) fn open(config: &Config) -> Result<Casework, StartError> {
    std::fs::create_dir_all(&config.data).map_err(StartError::Data)?;
    bring_up_to_date(&config.database)?;
    let master = master_key(config)?;
    let store = Store::open(&config.database, master)?;
    let descriptor =
        Descriptor::parse(DESCRIPTOR).map_err(|error| StartError::Build(error.to_string()))?;
    let client = Client::new(HttpSettings::default())
        .map_err(|error| StartError::Build(error.to_string()))?;
    let casework = Casework::new(
        store,
        client,
        descriptor.key().clone(),
        config.forge_gateway.clone(),
        config.data.join("heads"),
    )
    .with_assessor(Arc::clone(&config.assessor))
    .with_licensing(config.licensing)
    .with_forge_app(config.forge_app.clone());
    match &config.mail {
        None => Ok(casework),
        Some((server, from)) => casework
            .with_mail(server.clone(), from.clone())
            .map_err(|error| StartError::Mail(error.to_string())),
    }
}
