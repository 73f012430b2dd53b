//! Where the server is, and with what key it is called. The only reader of these settings. The key is taken from the
//! environment or from a file, never from the command line, where every program of the machine can read it.

mod api_key;
mod server_url;

use std::path::PathBuf;

pub(crate) use api_key::is_open_to_others;
pub use api_key::{ApiKey, stands_in};
pub use server_url::{NotAServerUrl, ServerUrl};

/// The variable that holds the key.
pub const API_KEY: &str = "COUNTERSIGN_API_KEY";
const URL: &str = "COUNTERSIGN_URL";

/// Why the settings cannot be used. Holds neither the key nor an address.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The server is not named.
    #[error(
        "COUNTERSIGN_URL is missing: set it to the address of your Countersign server, or give --url"
    )]
    NoUrl,
    /// What names it is no address to send a key to.
    #[error("{setting}: {problem}. Nothing was sent.")]
    Url {
        /// The setting.
        setting: &'static str,
        /// What is wrong.
        problem: NotAServerUrl,
    },
    /// There is no key.
    #[error(
        "There is no API key: set COUNTERSIGN_API_KEY, or give --key-file. Whoever runs Countersign issues keys with \
         `countersign-server key issue`."
    )]
    NoKey,
    /// What is given is no key.
    #[error(
        "{setting}: this is not an API key: they begin with ak_live_ or ak_test_. Nothing was sent."
    )]
    NotAKey {
        /// The setting.
        setting: &'static str,
    },
    /// The key file is open to others.
    #[error(
        "--key-file: other users can read or write this file. Nothing was sent: run `chmod 600` on it, and ask for a \
         new key if they may have read this one."
    )]
    OpenToOthers,
    /// The key file cannot be read.
    #[error("--key-file: the file cannot be read: {0}. Nothing was sent.")]
    KeyFile(std::io::Error),
}

/// What the command line says of them.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// `--url`.
    pub url: Option<String>,
    /// `--key-file`.
    pub key_file: Option<PathBuf>,
}

/// Where the server is, and with what key it is called.
#[derive(Debug)]
pub struct Settings {
    /// The server.
    pub url: ServerUrl,
    /// The key.
    pub key: ApiKey,
}

impl Settings {
    /// The settings: the command line's before the environment's. An empty variable is none.
    ///
    /// # Errors
    /// Why they cannot be used.
    pub fn gather(
        given: Given,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let variable = |name| variable(name).filter(|text| !text.trim().is_empty());
        let (setting, url) = match given.url {
            Some(url) => ("--url", url),
            None => (URL, variable(URL).ok_or(SettingsError::NoUrl)?),
        };
        let url = url.trim().parse();
        let key = match given.key_file {
            Some(file) => ApiKey::in_file(&file)?,
            None => {
                let text = variable(API_KEY).ok_or(SettingsError::NoKey)?;
                ApiKey::parse(&text).ok_or(SettingsError::NotAKey { setting: API_KEY })?
            }
        };
        Ok(Self {
            url: url.map_err(|problem| SettingsError::Url { setting, problem })?,
            key,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ak_test_0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    fn gather(
        url: Option<&str>,
        variables: &'static [(&'static str, &'static str)],
    ) -> Result<Settings, String> {
        let given = Given {
            url: url.map(str::to_owned),
            key_file: None,
        };
        let find = |name: &str| variables.iter().find(|(of, _)| *of == name);
        Settings::gather(given, |name| find(name).map(|(_, text)| (*text).to_owned()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_command_line_comes_before_the_environment() {
        const BOTH: &[(&str, &str)] = &[(URL, "https://one.example.com"), (API_KEY, KEY)];
        let settings = gather(None, BOTH).unwrap();
        assert_eq!(settings.url.as_str(), "https://one.example.com");
        assert_eq!(settings.key.expose(), KEY);
        let settings = gather(Some("https://two.example.com"), BOTH).unwrap();
        assert_eq!(settings.url.as_str(), "https://two.example.com");
    }

    #[test]
    fn what_is_missing_or_unusable_is_named_and_never_repeated() {
        for (variables, told) in [
            (&[(API_KEY, KEY)] as &[_], "COUNTERSIGN_URL is missing"),
            (&[(URL, " "), (API_KEY, KEY)], "COUNTERSIGN_URL is missing"),
            (&[(URL, "https://a.example")], "There is no API key"),
            (
                &[(URL, "https://a.example"), (API_KEY, "")],
                "There is no API key",
            ),
            (
                &[(URL, "https://a.example"), (API_KEY, "key_01HIDDEN")],
                "COUNTERSIGN_API_KEY: this is not an API key",
            ),
            (
                &[(URL, "http://HIDDEN.example"), (API_KEY, KEY)],
                "COUNTERSIGN_URL: it must begin with https",
            ),
        ] {
            let error = gather(None, variables).unwrap_err();
            assert!(error.starts_with(told), "{error}");
            assert!(!error.contains("HIDDEN") && !error.contains(KEY), "{error}");
        }
    }
}
