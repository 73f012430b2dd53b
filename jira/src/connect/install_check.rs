//! Every check an installation passes before its secret is believed, in the order of Atlassian's
//! description of signed installs. First and repeated installs are treated alike; nothing is stored.

use super::allowed_hosts::AllowedHosts;
use super::identity::AppKey;
use super::install_keys::{InstallKey, InstallKeyError, InstallKeys};
use super::jwt::{self, JwtError, Moment};
use super::lifecycle::{Claimed, SignedBody};
use super::qsh::CanonicalRequest;
use crate::base_url::BaseUrl;

/// The check that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstallError {
    /// The token itself.
    #[error(transparent)]
    Token(#[from] JwtError),
    /// The key it claims to be signed with.
    #[error(transparent)]
    Key(#[from] InstallKeyError),
    /// The token's issuer is not the body's client key.
    #[error("the token's issuer is not the installation in the body")]
    OtherClient,
    /// The body is about another app.
    #[error("the body is about another app")]
    OtherApp,
    /// The site is not on an allowed host.
    #[error("the site's host is not allowed")]
    Host,
}

/// What installations are checked against.
#[derive(Debug, Clone)]
pub struct InstallCheck {
    /// The key in our descriptor.
    pub app_key: AppKey,
    /// The base URL in our descriptor.
    pub our_address: BaseUrl,
    /// The hosts sites may live on.
    pub allowed_hosts: AllowedHosts,
}

impl InstallCheck {
    /// Checks an `installed` or `uninstalled` call: algorithm, key id, key, signature, expiry, audience,
    /// request hash, issuer, app and host, in this order.
    ///
    /// # Errors
    /// The first check that failed.
    pub async fn passes(
        &self,
        keys: &InstallKeys,
        token: &str,
        request: &CanonicalRequest,
        body: &impl SignedBody,
        at: Moment,
    ) -> Result<(), InstallError> {
        let key = keys.get(&jwt::unverified_key_id(token)?).await?;
        self.with_key(&key, token, request, &body.claims(), at)
    }

    fn with_key(
        &self,
        key: &InstallKey,
        token: &str,
        request: &CanonicalRequest,
        body: &Claimed<'_>,
        at: Moment,
    ) -> Result<(), InstallError> {
        let token = jwt::verify_install(token, key, &self.our_address, request, at)?;
        if token.client_key != *body.client_key {
            return Err(InstallError::OtherClient);
        }
        if body.app_key != self.app_key.as_str() {
            return Err(InstallError::OtherApp);
        }
        if !self.allowed_hosts.allow(body.base_url) {
            return Err(InstallError::Host);
        }
        Ok(())
    }
}
