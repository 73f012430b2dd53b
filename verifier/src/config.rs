//! The settings of the verifier. The only reader of the environment.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use jira::BaseUrl;
use jira::connect::identity::AppKey;
use record::ids::TicketKey;
use store::{Address, LedgerRows, StoreError};

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {problem}")]
pub struct ConfigError {
    /// Its name.
    pub setting: &'static str,
    /// What is wrong, without the value.
    pub problem: String,
}

/// What the verifier is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL`: the database to judge. Required.
    pub database: Address,
    /// `COUNTERSIGN_VERIFIER_DIR`: the verifier's own key, memory and reports; `verifier`.
    pub directory: PathBuf,
    /// How to tell Jira; none if nobody is to be told.
    pub delivery: Option<Delivery>,
    /// Which ticket is told of the ledger as a whole, if one is.
    pub report_ticket: Option<ReportTicket>,
    /// `COUNTERSIGN_VERIFIER_THREADS`: how many threads walk over a ledger; as many as there are cores, but
    /// no more than 4.
    pub threads: NonZeroUsize,
}

/// How Jira is told.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// `COUNTERSIGN_MASTER_KEY_FILE`: opens the secrets with which the sites are called.
    pub master_key_file: PathBuf,
    /// `COUNTERSIGN_APP_KEY`: as which app; the descriptor's.
    pub app_key: AppKey,
}

/// The ticket that is told of the ledger as a whole.
#[derive(Debug, Clone)]
pub struct ReportTicket {
    /// `COUNTERSIGN_REPORT_TICKET`.
    pub key: TicketKey,
    /// `COUNTERSIGN_REPORT_SITE`: the address of the site that ticket is on; the tenant's first.
    pub site: Option<BaseUrl>,
}

const APP_KEY: &str = "dev.countersign.app";

/// The most threads that are taken without being asked for.
const UNASKED: NonZeroUsize = NonZeroUsize::new(4).unwrap();

impl Config {
    /// The settings from the process's environment.
    ///
    /// # Errors
    /// The first setting that is missing or cannot be used.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// The settings from anywhere.
    ///
    /// # Errors
    /// The first setting that is missing or cannot be used.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let database =
            get("DATABASE_URL").ok_or_else(|| refuse("DATABASE_URL", "is missing: sqlite:PATH"))?;
        let delivery = match get("COUNTERSIGN_MASTER_KEY_FILE") {
            None => None,
            Some(file) => Some(Delivery {
                master_key_file: PathBuf::from(file),
                app_key: parse(
                    "COUNTERSIGN_APP_KEY",
                    &get("COUNTERSIGN_APP_KEY").unwrap_or_else(|| APP_KEY.to_owned()),
                )?,
            }),
        };
        let report_ticket = match get("COUNTERSIGN_REPORT_TICKET") {
            None => None,
            Some(key) => Some(ReportTicket {
                key: parse("COUNTERSIGN_REPORT_TICKET", &key)?,
                site: get("COUNTERSIGN_REPORT_SITE")
                    .map(|site| parse("COUNTERSIGN_REPORT_SITE", &site))
                    .transpose()?,
            }),
        };
        Ok(Self {
            database: parse("DATABASE_URL", &database)?,
            directory: PathBuf::from(
                get("COUNTERSIGN_VERIFIER_DIR").unwrap_or_else(|| "verifier".to_owned()),
            ),
            delivery,
            report_ticket,
            threads: match get("COUNTERSIGN_VERIFIER_THREADS") {
                Some(number) => parse("COUNTERSIGN_VERIFIER_THREADS", &number)?,
                None => std::thread::available_parallelism()
                    .map_or(NonZeroUsize::MIN, |cores| cores.min(UNASKED)),
            },
        })
    }

    /// The connections of the threads that help, besides the one that a run has anyway.
    ///
    /// # Errors
    /// If the database cannot be opened.
    pub fn readers(&self) -> Result<Vec<LedgerRows>, StoreError> {
        (1..self.threads.get())
            .map(|_| LedgerRows::open(&self.database))
            .collect()
    }
}

fn refuse(setting: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError {
        setting,
        problem: problem.into(),
    }
}

fn parse<T: std::str::FromStr>(setting: &'static str, text: &str) -> Result<T, ConfigError>
where
    T::Err: ToString,
{
    text.trim()
        .parse()
        .map_err(|error: T::Err| refuse(setting, error.to_string()))
}
