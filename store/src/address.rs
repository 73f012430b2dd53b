//! Where the database is: a file, or a PostgreSQL server. Its text never shows a password.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

use crate::error::StoreError;

/// Where the database is: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Place);

#[derive(Clone, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    Server(Url),
}

/// What an address leads to, for those who open it.
pub(crate) enum Target<'a> {
    File(&'a Path),
    Server(&'a Url),
}

impl FromStr for Address {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self(Place::File(PathBuf::from(
                path.strip_prefix("//").unwrap_or(path),
            )))),
            Some(("postgres" | "postgresql", _)) => {
                let url = Url::parse(text).map_err(|_| StoreError::Address(POSTGRES))?;
                if url.path().trim_start_matches('/').is_empty() {
                    return Err(StoreError::Address(POSTGRES));
                }
                Ok(Self(Place::Server(verified(url))))
            }
            _ => Err(StoreError::Address(
                "sqlite:PATH or postgres://USER@HOST/DATABASE is expected",
            )),
        }
    }
}

const POSTGRES: &str = "postgres://USER@HOST/DATABASE is expected";

/// Over a network, the server has to prove who it is, unless the address says otherwise: libpq's own default
/// would speak to anybody. A socket or this machine itself needs no proof.
fn verified(mut url: Url) -> Url {
    let said = url.query_pairs().any(|(name, _)| name == "sslmode");
    let named = url
        .query_pairs()
        .filter(|(name, _)| name == "host" || name == "hostaddr")
        .map(|(_, host)| host.into_owned());
    let hosts: Vec<String> = url
        .host_str()
        .map(str::to_owned)
        .into_iter()
        .chain(named)
        .collect();
    if !said && hosts.iter().any(|host| is_far(host)) {
        url.query_pairs_mut().append_pair("sslmode", "verify-full");
    }
    url
}

/// Neither this machine nor the directory of a socket.
fn is_far(host: &str) -> bool {
    !host.starts_with('/') && !matches!(host, "" | "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

impl Address {
    /// The database file, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Place::File(path) => Some(path),
            Place::Server(_) => None,
        }
    }

    /// Whether this is a PostgreSQL server, that several servers of ours may share.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self.0, Place::Server(_))
    }

    pub(crate) fn target(&self) -> Target<'_> {
        match &self.0 {
            Place::File(path) => Target::File(path),
            Place::Server(url) => Target::Server(url),
        }
    }
}

/// The path, or host and database: what an operator may be shown.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::File(path) => path.display().fmt(f),
            Place::Server(url) => {
                let host = url.host_str().filter(|host| !host.is_empty());
                write!(
                    f,
                    "PostgreSQL at {}{}",
                    host.unwrap_or("a socket"),
                    url.path()
                )
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_or_a_server() {
        let file = |text: &str| {
            text.parse::<Address>()
                .map(|a| a.file().map(Path::to_owned))
        };
        assert_eq!(file("sqlite:a/b.db").unwrap(), Some("a/b.db".into()));
        assert_eq!(file("sqlite:///a/b.db").unwrap(), Some("/a/b.db".into()));
        assert_eq!(file("postgres://u:p@h/d").unwrap(), None);
        for text in [
            "",
            "sqlite:",
            "a/b.db",
            "mysql://host/db",
            "SQLITE:a",
            "postgres://h",
            "postgres://h/",
            "postgres:",
        ] {
            assert!(matches!(file(text), Err(StoreError::Address(_))), "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let address: Address = "postgres://u:secret@db.example.com:5433/countersign"
            .parse()
            .unwrap();
        for shown in [address.to_string(), format!("{address:?}")] {
            assert!(!shown.contains("secret"), "{shown}");
            assert!(shown.contains("db.example.com/countersign"), "{shown}");
        }
    }

    #[test]
    fn a_server_on_a_network_proves_who_it_is_unless_the_operator_said_otherwise() {
        let url = |text: &str| match text.parse::<Address>().unwrap().0 {
            Place::Server(url) => url.to_string(),
            Place::File(_) => String::new(),
        };
        for text in [
            "postgres://u@db.example.com/d",
            "postgres:///d?host=db.example.com",
            "postgres://u@localhost/d?hostaddr=192.0.2.1",
        ] {
            assert!(url(text).ends_with("sslmode=verify-full"), "{text}");
        }
        for text in [
            "postgres://u@db.example.com/d?sslmode=disable",
            "postgres://u@127.0.0.1/d",
            "postgres:///d?host=/run/pg",
        ] {
            assert_eq!(url(text), text);
        }
    }
}
