//! The bodies of Jira's calls about an installation. Their claims count only after the checks of
//! [`super::install_check`] (installed, uninstalled) or of a server token (enabled, disabled).

use serde::Deserialize;

use super::identity::{ClientKey, SharedSecret};
use super::jwt::ServerToken;
use crate::base_url::BaseUrl;

/// The longest body that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// Why a body is not one of these calls. Never holds any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LifecycleError {
    /// The body is too long.
    #[error("the body is too long")]
    TooLong,
    /// The body is not the JSON object expected.
    #[error("the body is not the JSON object expected")]
    NotJson,
    /// A member is missing or does not have its form.
    #[error("the member {0} is missing or malformed")]
    Member(&'static str),
    /// The body speaks of another installation than the token.
    #[error("the body is about another installation than the token")]
    OtherInstallation,
}

/// The app was installed, or installed anew: its secret replaces an older one of the same client key.
#[derive(Debug, Clone)]
pub struct Installed {
    /// The app Jira means, as text: compared with ours by the install check.
    pub app_key: String,
    /// Whose installation it is.
    pub client_key: ClientKey,
    /// The secret both sides sign with from now on.
    pub shared_secret: SharedSecret,
    /// Where the site's REST interface lives.
    pub base_url: BaseUrl,
    /// Where people see the site, if elsewhere.
    pub display_url: Option<BaseUrl>,
    /// The site's cloud id, where it tells us: at most 64 letters, digits and `-`.
    pub cloud_id: Option<String>,
}

/// The app was uninstalled: the installation's secret is void.
#[derive(Debug, Clone)]
pub struct Uninstalled {
    /// The app Jira means, as text.
    pub app_key: String,
    /// Whose installation it was.
    pub client_key: ClientKey,
    /// Where the site lives.
    pub base_url: BaseUrl,
}

/// The app was enabled or disabled.
#[derive(Debug, Clone)]
pub struct Toggled {
    /// Whose installation it is.
    pub client_key: ClientKey,
}

/// What a body says of itself, to be compared with what is signed.
#[derive(Debug, Clone, Copy)]
pub struct Claimed<'b> {
    /// The app it is about.
    pub app_key: &'b str,
    /// The installation it is about.
    pub client_key: &'b ClientKey,
    /// Where the site lives.
    pub base_url: &'b BaseUrl,
}

/// A body of a call that Atlassian signs: first and repeated installs, and uninstalls.
pub trait SignedBody: Sized {
    /// Reads the body.
    ///
    /// # Errors
    /// A member this app needs is missing or malformed.
    fn read(body: &[u8]) -> Result<Self, LifecycleError>;

    /// What it says of itself.
    fn claims(&self) -> Claimed<'_>;
}

impl SignedBody for Installed {
    fn read(body: &[u8]) -> Result<Self, LifecycleError> {
        Self::parse(body)
    }

    fn claims(&self) -> Claimed<'_> {
        let Self {
            app_key,
            client_key,
            base_url,
            ..
        } = self;
        Claimed {
            app_key,
            client_key,
            base_url,
        }
    }
}

impl SignedBody for Uninstalled {
    fn read(body: &[u8]) -> Result<Self, LifecycleError> {
        Self::parse(body)
    }

    fn claims(&self) -> Claimed<'_> {
        let Self {
            app_key,
            client_key,
            base_url,
        } = self;
        Claimed {
            app_key,
            client_key,
            base_url,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    key: Option<String>,
    client_key: Option<String>,
    shared_secret: Option<String>,
    base_url: Option<String>,
    display_url: Option<String>,
    cloud_id: Option<String>,
    product_type: Option<String>,
}

impl Installed {
    /// Reads the body of an `installed` call.
    ///
    /// # Errors
    /// A member this app needs is missing or malformed, or the product is not Jira.
    pub fn parse(body: &[u8]) -> Result<Self, LifecycleError> {
        let body = Body::parse(body)?;
        if body.product_type.as_deref() != Some("jira") {
            return Err(LifecycleError::Member("productType"));
        }
        Ok(Self {
            client_key: body.client_key()?,
            shared_secret: member(body.shared_secret.as_deref(), "sharedSecret")?,
            base_url: body.base_url()?,
            display_url: body
                .display_url
                .as_deref()
                .and_then(|text| text.parse().ok()),
            cloud_id: body.cloud_id.filter(|id| is_cloud_id(id)),
            app_key: body.key.ok_or(LifecycleError::Member("key"))?,
        })
    }
}

fn is_cloud_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl Uninstalled {
    /// Reads the body of an `uninstalled` call, in which the secret may be missing.
    ///
    /// # Errors
    /// A member this app needs is missing or malformed.
    pub fn parse(body: &[u8]) -> Result<Self, LifecycleError> {
        let body = Body::parse(body)?;
        Ok(Self {
            client_key: body.client_key()?,
            base_url: body.base_url()?,
            app_key: body.key.ok_or(LifecycleError::Member("key"))?,
        })
    }
}

impl Toggled {
    /// Reads the body of an `enabled` or `disabled` call that came with this token.
    ///
    /// # Errors
    /// It names no client key, or another one than the token.
    pub fn parse(body: &[u8], token: &ServerToken) -> Result<Self, LifecycleError> {
        let client_key = Body::parse(body)?.client_key()?;
        if client_key == token.client_key {
            Ok(Self { client_key })
        } else {
            Err(LifecycleError::OtherInstallation)
        }
    }
}

impl Body {
    fn parse(body: &[u8]) -> Result<Self, LifecycleError> {
        if body.len() > LONGEST {
            return Err(LifecycleError::TooLong);
        }
        serde_json::from_slice(body).map_err(|_| LifecycleError::NotJson)
    }

    fn client_key(&self) -> Result<ClientKey, LifecycleError> {
        member(self.client_key.as_deref(), "clientKey")
    }

    fn base_url(&self) -> Result<BaseUrl, LifecycleError> {
        member(self.base_url.as_deref(), "baseUrl")
    }
}

fn member<T: std::str::FromStr>(
    text: Option<&str>,
    name: &'static str,
) -> Result<T, LifecycleError> {
    text.and_then(|text| text.parse().ok())
        .ok_or(LifecycleError::Member(name))
}
