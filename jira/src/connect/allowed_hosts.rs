//! The hosts a Jira site may live on. It only compares names: nothing is resolved.

use std::str::FromStr;

use crate::base_url::BaseUrl;

/// A list of hosts, such as `*.atlassian.net`, `jira.example.com` or `localhost:9090`.
/// `https` is demanded of all but loopback hosts, which must be listed by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHosts(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// Any host below this domain, on the usual port.
    Below(String),
    /// This host, on this port or on the usual one.
    Exactly { host: String, port: Option<u16> },
}

/// An entry is no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a host, host:port or *.domain: {0}")]
pub struct NotAHost(pub String);

impl AllowedHosts {
    /// Atlassian's own domains for Jira Cloud.
    #[must_use]
    pub fn jira_cloud() -> Self {
        Self(
            ["atlassian.net", "jira.com"]
                .map(|domain| Rule::Below(domain.to_owned()))
                .into(),
        )
    }

    /// The list of these entries.
    ///
    /// # Errors
    /// An entry is neither a host, a host and port, nor `*.` and a domain of two or more labels.
    pub fn parse<'e>(entries: impl IntoIterator<Item = &'e str>) -> Result<Self, NotAHost> {
        entries
            .into_iter()
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether a site at this address is allowed.
    #[must_use]
    pub fn allow(&self, site: &BaseUrl) -> bool {
        let host = site.url().host_str().unwrap_or_default();
        let port = site.url().port();
        self.0.iter().any(|rule| match rule {
            Rule::Below(domain) => {
                port.is_none()
                    && site.url().scheme() == "https"
                    && is_host(host)
                    && host
                        .strip_suffix(domain)
                        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
            Rule::Exactly {
                host: listed,
                port: listed_port,
            } => host == listed && port == *listed_port,
        })
    }
}

impl FromStr for Rule {
    type Err = NotAHost;

    fn from_str(entry: &str) -> Result<Self, NotAHost> {
        let bad = || NotAHost(entry.to_owned());
        let lower = entry.to_ascii_lowercase();
        if let Some(domain) = lower.strip_prefix("*.") {
            let labels = domain.split('.').count();
            return if labels > 1 && is_host(domain) {
                Ok(Self::Below(domain.to_owned()))
            } else {
                Err(bad())
            };
        }
        let (host, port) = match lower.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') && !port.ends_with(']') => {
                (host, Some(port.parse().map_err(|_| bad())?))
            }
            _ => (lower.as_str(), None),
        };
        let bracketed = host.starts_with('[') && host.ends_with(']');
        if is_host(host) || bracketed {
            Ok(Self::Exactly {
                host: host.to_owned(),
                port,
            })
        } else {
            Err(bad())
        }
    }
}

fn is_host(text: &str) -> bool {
    text.split('.').all(|label| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entries: &[&str], site: &str) -> bool {
        AllowedHosts::parse(entries.iter().copied())
            .unwrap()
            .allow(&site.parse().unwrap())
    }

    #[test]
    fn a_domain_covers_what_lies_below_it_and_nothing_else() {
        for site in [
            "https://acme.atlassian.net",
            "https://ACME.atlassian.net/",
            "https://a.b.atlassian.net",
        ] {
            assert!(allows(&["*.atlassian.net"], site), "{site}");
        }
        for site in [
            "https://atlassian.net",
            "https://evilatlassian.net",
            "https://acme.atlassian.net.evil.example",
            "https://acme.atlassian.net:8443",
            "https://*.atlassian.net",
            "https://a;b'.atlassian.net",
            "https://..atlassian.net",
        ] {
            assert!(!allows(&["*.atlassian.net"], site), "{site}");
        }
    }

    #[test]
    fn loopback_must_be_listed_with_its_port() {
        assert!(!allows(&["*.atlassian.net"], "http://localhost:9090"));
        assert!(!allows(&["localhost"], "http://localhost:9090"));
        assert!(allows(&["localhost:9090"], "http://localhost:9090"));
        assert!(allows(&["[::1]:9090"], "http://[::1]:9090"));
    }

    #[test]
    fn what_would_allow_everything_is_no_entry() {
        for entry in [
            "*",
            "*.",
            "*.net",
            "",
            "https://acme.example",
            "a b",
            "host:port",
            "host:99999",
        ] {
            assert!(AllowedHosts::parse([entry]).is_err(), "{entry}");
        }
    }
}
