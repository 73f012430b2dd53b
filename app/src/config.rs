//! The settings. The only reader of the environment, the log's filter aside; every other part is handed what it needs.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use casework::{Licensing, MailAddress, MailServer};
use compliance::Assessor;
use jira::BaseUrl;
use jira::connect::AllowedHosts;
use jira::connect::install_keys::ATLASSIAN_KEY_HOST;
use jira::forge::{AppId, Environment};
use ledger::VerifierKey;
use store::{Address, Roles};

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {problem}")]
pub struct ConfigError {
    /// Its name.
    pub setting: &'static str,
    /// What is wrong, without the value.
    pub problem: String,
}

/// What a server is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// `COUNTERSIGN_ADDRESS`: the base URL under which Jira reaches this server. Required.
    pub address: BaseUrl,
    /// `COUNTERSIGN_LISTEN`: where to listen; 127.0.0.1:8080.
    pub listen: String,
    /// `DATABASE_URL`: `sqlite:PATH` or `postgres://…`; countersign.sqlite in the data directory.
    pub database: Address,
    /// `COUNTERSIGN_DATA`: the directory for keys and signed heads; `data`.
    pub data: PathBuf,
    /// `COUNTERSIGN_MASTER_KEY_FILE`: master.key in the data directory.
    pub master_key_file: PathBuf,
    /// `COUNTERSIGN_ALLOWED_HOSTS`: hosts that sites may live on; *.atlassian.net,*.jira.com.
    pub allowed_hosts: AllowedHosts,
    /// `COUNTERSIGN_INSTALL_KEYS`: where Atlassian's install keys are fetched.
    pub install_keys: BaseUrl,
    /// `COUNTERSIGN_FORGE_APP`: the id of our Forge app, as `forge register` gave it. Without it, the Forge door is
    /// shut.
    pub forge_app: Option<AppId>,
    /// `COUNTERSIGN_FORGE_ENVIRONMENT`: the environment whose calls are taken; PRODUCTION.
    pub forge_environment: Environment,
    /// `COUNTERSIGN_FORGE_KEYS`: where Forge's invocation keys are fetched.
    pub forge_keys: BaseUrl,
    /// `COUNTERSIGN_FORGE_GATEWAY`: where sites are reached with Forge's tokens.
    pub forge_gateway: BaseUrl,
    /// `COUNTERSIGN_CONNECT_JS`: the script with which a panel speaks to Jira.
    pub connect_js: String,
    /// `COUNTERSIGN_VERIFIER_DIR`: where the verifier keeps its key and leaves reports. Without it, no
    /// report enters the ledger.
    pub verifier_dir: Option<PathBuf>,
    /// `COUNTERSIGN_VERIFIER_KEY`: the verifier's public key, for reports that it leaves in the database
    /// (PostgreSQL).
    pub verifier_key: Option<VerifierKey>,
    /// `COUNTERSIGN_APP_ROLE`, `COUNTERSIGN_VERIFIER_ROLE`: the roles that `migrate` gives their rights to
    /// (PostgreSQL).
    pub roles: Roles,
    /// `COUNTERSIGN_LICENSING`: whether panels ask for the licence that Jira knows of, because this app is sold; off.
    pub licensing: Licensing,
    /// `COUNTERSIGN_COMPLIANCE_CONFIG`: the organisation's `compliance-config.yml`; without it every framework may apply.
    pub assessor: Arc<Assessor>,
    /// `COUNTERSIGN_CHECKPOINT_SECONDS`: how often heads are signed; 1 to 60, 30.
    pub checkpoint_seconds: u64,
    /// `COUNTERSIGN_APP_SYNC_SECONDS`: how often sites with the app are read for what notifications missed; 3600, and 0 for
    /// never. Not more often than the sites below.
    pub app_sync_seconds: u64,
    /// `COUNTERSIGN_SYNC_SECONDS`: how often Jira sites that an API token opens are read; 300, and 0 for never, those with
    /// the app neither.
    pub sync_seconds: u64,
    /// `COUNTERSIGN_MONITORING_HOURS`: within how many hours somebody has to say to watch what was deployed, where a feed
    /// carries such requests; 24, and 0 for never.
    pub monitoring_hours: u64,
    /// `COUNTERSIGN_SMTP_URL`, `COUNTERSIGN_SMTP_FROM`: the server that mails go through, and the mailbox that they come
    /// from; without both none is sent. `COUNTERSIGN_SMTP_CA_FILE`: an authority, in PEM, that the server's certificate may
    /// be of.
    pub mail: Option<(MailServer, MailAddress)>,
    /// `COUNTERSIGN_API_PER_SECOND`: how many calls a second each API key may make; 100.
    pub api_per_second: NonZeroU32,
    /// `COUNTERSIGN_WORKERS`: threads that serve; 2.
    pub workers: usize,
}

/// The script that Atlassian serves for Connect panels.
const CONNECT_JS: &str = "https://connect-cdn.atl-paas.net/all.js";

/// Where Atlassian publishes the keys of invocation tokens.
const FORGE_KEYS: &str = "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json";

/// Atlassian's gateway.
const FORGE_GATEWAY: &str = "https://api.atlassian.com";

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
        let data = PathBuf::from(get("COUNTERSIGN_DATA").unwrap_or_else(|| "data".to_owned()));
        let database = get("DATABASE_URL")
            .unwrap_or_else(|| format!("sqlite:{}", data.join("countersign.sqlite").display()));
        let address = get("COUNTERSIGN_ADDRESS").ok_or_else(|| {
            refuse(
                "COUNTERSIGN_ADDRESS",
                "is missing: the base URL under which Jira reaches this server",
            )
        })?;
        let install_keys =
            get("COUNTERSIGN_INSTALL_KEYS").unwrap_or_else(|| ATLASSIAN_KEY_HOST.to_owned());
        let hosts = get("COUNTERSIGN_ALLOWED_HOSTS");
        let connect_js = get("COUNTERSIGN_CONNECT_JS").unwrap_or_else(|| CONNECT_JS.to_owned());
        if !connect_js.ends_with("/all.js") || connect_js.contains(['\'', '"', ' ', ';', ',']) {
            return Err(refuse(
                "COUNTERSIGN_CONNECT_JS",
                "must be the address of an all.js",
            ));
        }
        Ok(Self {
            address: parse("COUNTERSIGN_ADDRESS", &address)?,
            listen: get("COUNTERSIGN_LISTEN").unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
            database: parse("DATABASE_URL", &database)?,
            master_key_file: get("COUNTERSIGN_MASTER_KEY_FILE")
                .map_or_else(|| data.join("master.key"), PathBuf::from),
            data,
            allowed_hosts: match hosts {
                None => AllowedHosts::jira_cloud(),
                Some(hosts) => {
                    AllowedHosts::parse(hosts.split(',').map(str::trim)).map_err(|_| {
                        refuse(
                            "COUNTERSIGN_ALLOWED_HOSTS",
                            "a host, host:port or *.domain is expected",
                        )
                    })?
                }
            },
            install_keys: parse("COUNTERSIGN_INSTALL_KEYS", &install_keys)?,
            forge_app: get("COUNTERSIGN_FORGE_APP")
                .map(|id| parse("COUNTERSIGN_FORGE_APP", &id))
                .transpose()?,
            forge_environment: parse(
                "COUNTERSIGN_FORGE_ENVIRONMENT",
                &get("COUNTERSIGN_FORGE_ENVIRONMENT").unwrap_or_else(|| "PRODUCTION".to_owned()),
            )?,
            forge_keys: parse(
                "COUNTERSIGN_FORGE_KEYS",
                &get("COUNTERSIGN_FORGE_KEYS").unwrap_or_else(|| FORGE_KEYS.to_owned()),
            )?,
            forge_gateway: parse(
                "COUNTERSIGN_FORGE_GATEWAY",
                &get("COUNTERSIGN_FORGE_GATEWAY").unwrap_or_else(|| FORGE_GATEWAY.to_owned()),
            )?,
            connect_js,
            verifier_dir: get("COUNTERSIGN_VERIFIER_DIR").map(PathBuf::from),
            verifier_key: get("COUNTERSIGN_VERIFIER_KEY")
                .map(|key| {
                    VerifierKey::parse(key.trim())
                        .map_err(|_| refuse("COUNTERSIGN_VERIFIER_KEY", "is not a verifier key"))
                })
                .transpose()?,
            roles: Roles {
                app: get("COUNTERSIGN_APP_ROLE")
                    .map(|role| parse("COUNTERSIGN_APP_ROLE", &role))
                    .transpose()?,
                verifier: get("COUNTERSIGN_VERIFIER_ROLE")
                    .map(|role| parse("COUNTERSIGN_VERIFIER_ROLE", &role))
                    .transpose()?,
            },
            licensing: parse(
                "COUNTERSIGN_LICENSING",
                &get("COUNTERSIGN_LICENSING").unwrap_or_else(|| "off".to_owned()),
            )?,
            assessor: assessor(get("COUNTERSIGN_COMPLIANCE_CONFIG"))?,
            checkpoint_seconds: number(&get, "COUNTERSIGN_CHECKPOINT_SECONDS", 30, 1..=60)?,
            app_sync_seconds: number(&get, "COUNTERSIGN_APP_SYNC_SECONDS", 3_600, 0..=604_800)?,
            sync_seconds: number(&get, "COUNTERSIGN_SYNC_SECONDS", 300, 0..=86_400)?,
            monitoring_hours: number(&get, "COUNTERSIGN_MONITORING_HOURS", 24, 0..=720)?,
            mail: mail(&get)?,
            api_per_second: number(&get, "COUNTERSIGN_API_PER_SECOND", 100, 1..=1_000_000)?
                .try_into()
                .ok()
                .and_then(NonZeroU32::new)
                .unwrap_or(NonZeroU32::MIN),
            workers: number(&get, "COUNTERSIGN_WORKERS", 2, 1..=256)? as usize,
        })
    }
}

fn mail(
    get: &impl Fn(&str) -> Option<String>,
) -> Result<Option<(MailServer, MailAddress)>, ConfigError> {
    const SERVER: &str = "COUNTERSIGN_SMTP_URL";
    const FROM: &str = "COUNTERSIGN_SMTP_FROM";
    const AUTHORITY: &str = "COUNTERSIGN_SMTP_CA_FILE";
    match (get(SERVER), get(FROM)) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(refuse(FROM, "is missing: whose mailbox mails come from")),
        (None, Some(_)) => Err(refuse(
            SERVER,
            "is missing: the server that mails go through",
        )),
        (Some(server), Some(from)) => {
            let from = from.parse();
            let from = from.map_err(|_| refuse(FROM, "one mailbox is expected, without a name"))?;
            let server: MailServer = parse(SERVER, &server)?;
            let Some(file) = get(AUTHORITY) else {
                return Ok(Some((server, from)));
            };
            let authority = std::fs::read(file.trim())
                .map_err(|error| refuse(AUTHORITY, format!("the file cannot be read: {error}")))?;
            let server = server
                .trusting(&authority)
                .map_err(|_| refuse(AUTHORITY, "a certificate in PEM is expected"))?;
            Ok(Some((server, from)))
        }
    }
}

/// What tickets are assessed with: the file is read at the start alone.
fn assessor(file: Option<String>) -> Result<Arc<Assessor>, ConfigError> {
    const SETTING: &str = "COUNTERSIGN_COMPLIANCE_CONFIG";
    let Some(file) = file else {
        return Ok(Arc::new(Assessor::built_in()));
    };
    let text = std::fs::read_to_string(file.trim())
        .map_err(|error| refuse(SETTING, format!("the file cannot be read: {error}")))?;
    Assessor::for_organisation("compliance-config.yml", &text)
        .map(Arc::new)
        .map_err(|error| refuse(SETTING, error.to_string()))
}

fn refuse(setting: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError {
        setting,
        problem: problem.into(),
    }
}

fn parse<T: FromStr>(setting: &'static str, text: &str) -> Result<T, ConfigError>
where
    T::Err: ToString,
{
    text.trim()
        .parse()
        .map_err(|error: T::Err| refuse(setting, error.to_string()))
}

fn number(
    get: &impl Fn(&str) -> Option<String>,
    setting: &'static str,
    default: u64,
    range: std::ops::RangeInclusive<u64>,
) -> Result<u64, ConfigError> {
    let Some(text) = get(setting) else {
        return Ok(default);
    };
    let problem = || {
        refuse(
            setting,
            format!(
                "a number from {} to {} is expected",
                range.start(),
                range.end()
            ),
        )
    };
    let number = text.trim().parse().map_err(|_| problem())?;
    if range.contains(&number) {
        Ok(number)
    } else {
        Err(problem())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            settings
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_address_is_enough() {
        let config = from(&[("COUNTERSIGN_ADDRESS", "https://app.example.com/")]).unwrap();
        assert_eq!(config.address.as_str(), "https://app.example.com");
        assert_eq!(config.master_key_file, PathBuf::from("data/master.key"));
    }

    #[test]
    fn a_broken_setting_is_named_and_its_value_is_not() {
        for (setting, value) in [
            ("COUNTERSIGN_ADDRESS", "http://app.example.com"),
            ("COUNTERSIGN_ADDRESS", " "),
            ("DATABASE_URL", "mysql://secret@host"),
            ("COUNTERSIGN_ALLOWED_HOSTS", "*.example.com/secret"),
            ("COUNTERSIGN_INSTALL_KEYS", "secret"),
            ("COUNTERSIGN_CONNECT_JS", "https://evil'secret/all.js"),
            ("COUNTERSIGN_CHECKPOINT_SECONDS", "61"),
            ("COUNTERSIGN_VERIFIER_KEY", "secret"),
            ("COUNTERSIGN_APP_ROLE", "secret; DROP"),
            ("COUNTERSIGN_VERIFIER_ROLE", "\"secret\""),
            ("COUNTERSIGN_FORGE_APP", "secret"),
            ("COUNTERSIGN_FORGE_ENVIRONMENT", "secret"),
            ("COUNTERSIGN_FORGE_KEYS", "secret"),
            ("COUNTERSIGN_FORGE_GATEWAY", "http://secret.example"),
            ("COUNTERSIGN_LICENSING", "secret"),
            ("COUNTERSIGN_WORKERS", "secret"),
            (
                "COUNTERSIGN_SMTP_URL",
                "smtp://me:secret@mail.example.com/x",
            ),
            ("COUNTERSIGN_SMTP_CA_FILE", "/secret/ca.pem"),
        ] {
            let mut settings = vec![(setting, value)];
            if setting.starts_with("COUNTERSIGN_SMTP") {
                settings.push(("COUNTERSIGN_SMTP_URL", "smtps://mail.example.com"));
                settings.push(("COUNTERSIGN_SMTP_FROM", "countersign@example.com"));
            }
            if setting != "COUNTERSIGN_ADDRESS" {
                settings.push(("COUNTERSIGN_ADDRESS", "https://app.example.com"));
            }
            let error = from(&settings).unwrap_err();
            assert_eq!(error.setting, setting, "{value}");
            assert!(!error.problem.contains("secret"), "{}", error.problem);
        }
    }

    #[test]
    fn a_mail_server_and_the_mailbox_it_sends_from_go_together() {
        let address = ("COUNTERSIGN_ADDRESS", "https://app.example.com");
        let server = ("COUNTERSIGN_SMTP_URL", "smtps://me:hush@mail.example.com");
        let mailbox = ("COUNTERSIGN_SMTP_FROM", "countersign@example.com");
        assert!(from(&[address]).unwrap().mail.is_none());
        assert!(from(&[address, server, mailbox]).unwrap().mail.is_some());
        for (given, missing) in [(server, mailbox), (mailbox, server)] {
            assert_eq!(from(&[address, given]).unwrap_err().setting, missing.0);
        }
        let named = ("COUNTERSIGN_SMTP_FROM", "Us <countersign@example.com>");
        let error = from(&[address, server, named]).unwrap_err();
        assert_eq!(error.setting, "COUNTERSIGN_SMTP_FROM");
    }
}
