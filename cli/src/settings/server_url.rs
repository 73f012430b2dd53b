//! The server's address: one that a key may be sent to. Whether it answers is another question.

use std::str::FromStr;

use url::{Host, Url};

/// An absolute address: `https`, or `http` on this very machine; no user, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(Url);

/// Why a key is not sent there. Never holds the text: an address may have a password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAServerUrl {
    /// Not an absolute address with a host.
    #[error("an address such as https://countersign.example.com is expected")]
    NotAbsolute,
    /// The key would cross the network in clear.
    #[error(
        "it must begin with https; http is for localhost only, since the key would be readable on its way"
    )]
    NotHttps,
    /// Something stands before the host or after the path.
    #[error("it must have no user, query or fragment")]
    NotBare,
}

impl ServerUrl {
    /// The address, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether the server is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// An address below it: segments and values are escaped, so that none can name another.
    #[must_use]
    pub fn below(&self, segments: &[&str], query: &[(&str, String)]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl FromStr for ServerUrl {
    type Err = NotAServerUrl;

    fn from_str(text: &str) -> Result<Self, NotAServerUrl> {
        let url = Url::parse(text).map_err(|_| NotAServerUrl::NotAbsolute)?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(NotAServerUrl::NotAbsolute);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(NotAServerUrl::NotHttps),
        }
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        match bare {
            true => Ok(Self(url)),
            false => Err(NotAServerUrl::NotBare),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sent_over_https_or_to_this_machine() {
        for text in [
            "https://countersign.example.com",
            "https://example.com/below/",
            "http://localhost:8080",
            "http://127.0.0.1:1",
            "http://[::1]:1",
        ] {
            assert!(text.parse::<ServerUrl>().is_ok(), "{text}");
        }
        for (text, problem) in [
            ("countersign.example.com", NotAServerUrl::NotAbsolute),
            ("", NotAServerUrl::NotAbsolute),
            ("http://countersign.example.com", NotAServerUrl::NotHttps),
            ("http://localhost.example.com", NotAServerUrl::NotHttps),
            ("http://192.168.0.1", NotAServerUrl::NotHttps),
            ("ftp://localhost", NotAServerUrl::NotHttps),
            ("https://user@example.com", NotAServerUrl::NotBare),
            ("https://:word@example.com", NotAServerUrl::NotBare),
            ("https://example.com/?a", NotAServerUrl::NotBare),
            ("https://example.com/#a", NotAServerUrl::NotBare),
        ] {
            assert_eq!(text.parse::<ServerUrl>(), Err(problem), "{text}");
        }
    }

    #[test]
    fn what_stands_in_an_address_stays_in_its_place() {
        let server: ServerUrl = "https://example.com/below/".parse().unwrap();
        let url = server.below(&["v1", "../a?b"], &[("q", "c&d=e".to_owned())]);
        assert_eq!(
            url.as_str(),
            "https://example.com/below/v1/..%2Fa%3Fb?q=c%26d%3De"
        );
        assert_eq!(
            server.below(&["v1"], &[]).as_str(),
            "https://example.com/below/v1"
        );
    }
}
