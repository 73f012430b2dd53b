//! Where a site is and as whom it is called.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::operations::Operation;
use crate::base_url::BaseUrl;
use crate::connect::identity::{AppKey, ClientKey, SharedSecret};
use crate::connect::jwt::sign_server_token;
use crate::connect::qsh::escape;
use crate::forge::ForgeToken;

/// Where the paths of each interface begin.
const CLOUD: &str = "/rest/api/3/";
const DATA_CENTER: &str = "/rest/api/2/";

/// A Jira site, and a way to be let in.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where its REST interface lives.
    pub base_url: BaseUrl,
    /// As whom it is called.
    pub credential: Credential,
}

/// A way to be let in.
#[derive(Debug, Clone)]
pub enum Credential {
    /// As the app, by a token signed for each call.
    Connect {
        /// Who we are.
        app_key: AppKey,
        /// Which installation it is.
        client_key: ClientKey,
        /// What both sides sign with.
        shared_secret: SharedSecret,
    },
    /// As the app, by a token that Forge handed us; the base URL is the site's at Atlassian's gateway.
    Forge(ForgeToken),
    /// As the person an API token belongs to.
    Basic(ApiToken),
    /// As the person a personal access token belongs to: on Jira Data Center, which knows no other token.
    Personal(PersonalToken),
}

/// Which of its two interfaces a site has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    /// Jira Cloud's, version 3: people are account ids, rich text is documents.
    Cloud,
    /// Jira Data Center's, version 2: people are user keys and names, rich text is wiki markup.
    DataCenter,
}

impl Credential {
    /// Whether calls with it count against the app's points. Those of people have limits of their own.
    pub(super) const fn is_of_the_app(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Forge(_) => true,
            Self::Basic(_) | Self::Personal(_) => false,
        }
    }

    /// Tells the accounts of credentials apart, within this process. Of an app it is always the same: so is its account.
    #[must_use]
    pub fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        match self {
            Self::Connect { .. } | Self::Forge(_) => {}
            Self::Basic(ApiToken { email, token }) => (email, token).hash(&mut hasher),
            Self::Personal(PersonalToken(token)) => token.hash(&mut hasher),
        }
        hasher.finish()
    }

    /// The interface of the sites that it opens.
    pub(super) const fn interface(&self) -> Interface {
        match self {
            Self::Connect { .. } | Self::Forge(_) | Self::Basic(_) => Interface::Cloud,
            Self::Personal(_) => Interface::DataCenter,
        }
    }
}

/// A personal access token of Jira Data Center. Never shown.
#[derive(Clone)]
pub struct PersonalToken(String);

impl PersonalToken {
    /// The token.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }
}

impl fmt::Debug for PersonalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalToken(hidden)")
    }
}

/// A person's API token. Never shown.
#[derive(Clone)]
pub struct ApiToken {
    email: String,
    token: String,
}

impl ApiToken {
    /// The token of the account with this e-mail address.
    #[must_use]
    pub fn new(email: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            token: token.into(),
        }
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(hidden)")
    }
}

impl Site {
    /// The address of an operation: each `{name}` of its path replaced by the next value, escaped, and
    /// the query appended; what both interfaces have, Data Center has as version 2. `None` if a value could change the
    /// path's shape, or values are missing.
    pub(super) fn address(
        &self,
        operation: &Operation,
        values: &[&str],
        query: &[(&str, &str)],
    ) -> Option<Url> {
        let mut address = self.base_url.as_str().to_owned();
        let mut values = values.iter();
        let shared = operation.path.strip_prefix(CLOUD);
        let path = match (self.credential.interface(), shared) {
            (Interface::DataCenter, Some(shared)) => &format!("{DATA_CENTER}{shared}"),
            _ => operation.path,
        };
        for segment in path.split('/').skip(1) {
            address.push('/');
            if segment.starts_with('{') {
                let value = values
                    .next()
                    .filter(|value| !matches!(**value, "" | "." | ".."))?;
                address.push_str(&escape(value));
            } else {
                address.push_str(segment);
            }
        }
        for (index, (name, value)) in query.iter().enumerate() {
            address.push(if index == 0 { '?' } else { '&' });
            address.push_str(&format!("{}={}", escape(name), escape(value)));
        }
        values.next().is_none().then(|| Url::parse(&address).ok())?
    }

    /// The `Authorization` header of a call to this address, or nothing if it cannot be signed.
    pub(super) fn authorization(&self, method: &str, url: &Url, now: i64) -> Option<String> {
        match &self.credential {
            Credential::Connect {
                app_key,
                client_key,
                shared_secret,
            } => {
                let audience = Some(client_key);
                sign_server_token(
                    app_key,
                    audience,
                    shared_secret,
                    method,
                    url,
                    &self.base_url,
                    now,
                )
                .map(|token| format!("JWT {token}"))
                .ok()
            }
            Credential::Forge(token) => Some(format!("Bearer {}", token.expose())),
            Credential::Personal(PersonalToken(token)) => Some(format!("Bearer {token}")),
            Credential::Basic(ApiToken { email, token }) => Some(format!(
                "Basic {}",
                STANDARD.encode(format!("{email}:{token}"))
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::operations::{GET_COMMENT, GET_ISSUE, data_center};
    use super::*;

    fn site(base: &str) -> Site {
        let credential = Credential::Basic(ApiToken::new("ada@example.com", "secret-token"));
        Site {
            base_url: base.parse().unwrap(),
            credential,
        }
    }

    #[test]
    fn values_stay_in_their_place() {
        let site = site("https://acme.atlassian.net/jira/");
        let url = site
            .address(
                &GET_COMMENT,
                &["A-1", "../../x?y#z"],
                &[("expand", "a,b &c")],
            )
            .unwrap();
        assert_eq!(
            url.as_str(),
            "https://acme.atlassian.net/jira/rest/api/3/issue/A-1/comment/..%2F..%2Fx%3Fy%23z?expand=a%2Cb%20%26c"
        );
        for value in ["", ".", ".."] {
            assert!(site.address(&GET_ISSUE, &[value], &[]).is_none());
        }
        assert!(site.address(&GET_ISSUE, &[], &[]).is_none());
        assert!(site.address(&GET_ISSUE, &["a", "b"], &[]).is_none());
    }

    #[test]
    fn a_data_center_is_asked_for_version_2() {
        let mut site = site("https://jira.example.com/jira");
        site.credential = Credential::Personal(PersonalToken::new("secret-token"));
        let address = |operation, values: &[&str]| site.address(operation, values, &[]).unwrap();
        assert_eq!(
            address(&GET_ISSUE, &["A-1"]).as_str(),
            "https://jira.example.com/jira/rest/api/2/issue/A-1"
        );
        let url = address(&data_center::SEARCH, &[]);
        assert_eq!(
            url.as_str(),
            "https://jira.example.com/jira/rest/api/2/search"
        );
        let header = site.authorization("POST", &url, 0);
        assert_eq!(header.as_deref(), Some("Bearer secret-token"));
        assert!(!format!("{site:?}").contains("secret-token"));
    }

    #[test]
    fn a_site_does_not_show_its_secrets() {
        let shown = format!("{:?}", site("https://acme.atlassian.net"));
        assert!(!shown.contains("ada@") && !shown.contains("secret-token"));
    }
}
