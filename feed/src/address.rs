//! Where a feed's entries are sent to. Its path and query may be what lets in there, so it is shown to nobody.

use std::str::FromStr;

use url::Url;

/// The longest address, in bytes.
const LONGEST: usize = 2_000;

/// An address with https, or with http on this machine.
#[derive(Clone)]
pub struct FeedAddress {
    text: String,
    host: String,
}

impl std::fmt::Debug for FeedAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeedAddress")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// Not an address that entries are sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address that entries are sent to")]
pub struct NotAnAddress;

impl FeedAddress {
    /// The whole of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its host, which may be shown.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl FromStr for FeedAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let url = Url::parse(text.trim()).map_err(|_| NotAnAddress)?;
        let host = url.host_str().ok_or(NotAnAddress)?.to_owned();
        let here = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && here);
        let plain = url.username().is_empty() && url.password().is_none();
        let short = url.as_str().len() <= LONGEST && host.len() <= 255;
        match scheme && plain && short && url.fragment().is_none() {
            true => Ok(Self {
                text: url.into(),
                host,
            }),
            false => Err(NotAnAddress),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_shows_its_host_alone() {
        let kept: FeedAddress = "https://hooks.acme.test/services/T0/secret?a=b"
            .parse()
            .unwrap();
        assert_eq!(kept.host(), "hooks.acme.test");
        assert!(kept.as_str().ends_with("/secret?a=b"));
        assert!(!format!("{kept:?}").contains("secret"));
        assert!("http://127.0.0.1:9000/x".parse::<FeedAddress>().is_ok());
        for text in [
            "http://acme.test/",
            "https://me:secret@acme.test/",
            "https://me@acme.test/",
            "https://acme.test/#x",
            "ftp://acme.test/",
            "file:///etc/passwd",
            "acme.test",
            "",
            &format!("https://acme.test/{}", "x".repeat(2_001)),
        ] {
            assert!(text.parse::<FeedAddress>().is_err(), "{text}");
        }
    }
}
