//! The address a site or this app is reached at. It does not say whether that address may be
//! trusted: [`crate::connect::allowed_hosts`] does.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// An absolute address without a trailing slash, user info, query or fragment.
/// `https`, or `http` on a loopback host.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    text: String,
    url: Url,
}

/// Why a text is no base URL. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not an absolute URL with a host.
    #[error("a base URL must be an absolute address with a host")]
    NotAbsolute,
    /// `http` is for loopback hosts, anything else than `http` and `https` for nobody.
    #[error("a base URL must use https, except on a loopback host")]
    NotHttps,
    /// Something stands before the host or after the path.
    #[error("a base URL must have no user, query or fragment")]
    NotBare,
}

impl BaseUrl {
    /// The address as text, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address as a URL; the path of a bare host is `/`.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The path below the host, without a trailing slash: empty for a bare host.
    #[must_use]
    pub fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text).map_err(|_| BaseUrlError::NotAbsolute)?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(BaseUrlError::NotAbsolute);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(BaseUrlError::NotHttps),
        }
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !bare {
            return Err(BaseUrlError::NotBare);
        }
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            url,
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.text)
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
    fn a_base_url_has_no_trailing_slash_and_knows_its_path() {
        let bare: BaseUrl = "https://App.Example.com/".parse().unwrap();
        assert_eq!(
            (bare.as_str(), bare.path()),
            ("https://app.example.com", "")
        );
        let below: BaseUrl = "https://app.example.com/jira/".parse().unwrap();
        assert_eq!(
            (below.as_str(), below.path()),
            ("https://app.example.com/jira", "/jira")
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for text in [
            "http://localhost:8080",
            "http://127.0.0.1:9",
            "http://[::1]:9",
        ] {
            assert!(text.parse::<BaseUrl>().unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://acme.atlassian.net",
            "http://localhost.example.com",
            "ftp://localhost",
        ] {
            assert_eq!(
                text.parse::<BaseUrl>(),
                Err(BaseUrlError::NotHttps),
                "{text}"
            );
        }
    }

    #[test]
    fn what_could_hide_another_host_is_refused() {
        for text in [
            "https://acme.atlassian.net@evil.example",
            "https://a.example/?x=1",
            "https://a.example/#x",
        ] {
            assert_eq!(
                text.parse::<BaseUrl>(),
                Err(BaseUrlError::NotBare),
                "{text}"
            );
        }
        for text in ["", "acme.atlassian.net", "data:text/plain,x", "/panel"] {
            assert!(text.parse::<BaseUrl>().is_err(), "{text}");
        }
    }
}
