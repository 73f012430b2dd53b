//! Installing, enabling, rotating and removing the app: the signed calls of the Connect lifecycle. One app at
//! a time; nothing is kept of an install that the app refused.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::descriptor::{Descriptor, DescriptorError};
use super::{keys, qsh, token};
use crate::site::{Site, lock};
use crate::world::AccountId;
use crate::{clock, connect::token::TokenError};

/// The app as installed.
#[derive(Clone)]
pub(crate) struct Installation {
    pub(crate) descriptor: Descriptor,
    pub(crate) descriptor_url: String,
    pub(crate) client_key: String,
    pub(crate) shared_secret: String,
    pub(crate) enabled: bool,
    pub(crate) app_account: AccountId,
}

impl fmt::Debug for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installation")
            .field("key", &self.descriptor.key)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

/// How the app answered a lifecycle step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Installed {
    /// The tenant's key, the same at every install of this app on this site.
    pub client_key: String,
    /// HTTP status that answered `installed`.
    pub installed: u16,
    /// HTTP status that answered `enabled`, when the app asks for it.
    pub enabled: Option<u16>,
}

/// Why a lifecycle step failed.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// The descriptor could not be fetched.
    #[error("the descriptor could not be fetched")]
    Fetch,
    /// The descriptor is not acceptable.
    #[error(transparent)]
    Descriptor(#[from] DescriptorError),
    /// No app is installed.
    #[error("no app is installed")]
    NotInstalled,
    /// The app answered with something other than 2xx.
    #[error("the app answered {event} with status {status}")]
    Refused {
        /// Which step.
        event: &'static str,
        /// HTTP status.
        status: u16,
    },
    /// The app did not answer.
    #[error("the app did not answer {event}")]
    Unreachable {
        /// Which step.
        event: &'static str,
    },
    /// The call could not be signed.
    #[error("the call could not be signed")]
    Sign(#[from] TokenError),
    /// No random bytes for a secret.
    #[error("the system gave no random bytes")]
    Random(#[from] getrandom::Error),
    /// A URL that cannot be a site's base URL.
    #[error("not an http or https origin")]
    BaseUrl,
}

impl Site {
    /// Fetches the descriptor and installs the app, with a new secret and the tenant's old client key if any.
    pub(crate) async fn install(&self, descriptor_url: &str) -> Result<Installed, LifecycleError> {
        let answer = self.client.get(descriptor_url).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let text = answer.map_err(|_| LifecycleError::Fetch)?.text().await;
        let descriptor = Descriptor::parse(&text.map_err(|_| LifecycleError::Fetch)?)?;
        let client_key = match lock(&self.client_keys).get(&descriptor.key) {
            Some(known) => known.clone(),
            None => keys::uuid()?,
        };
        let app_account = app_account(&client_key);
        let next = Installation {
            descriptor,
            descriptor_url: descriptor_url.to_owned(),
            client_key: client_key.clone(),
            shared_secret: keys::secret()?,
            enabled: true,
            app_account,
        };
        let Some(hook) = next.descriptor.lifecycle.installed.clone() else {
            return Err(DescriptorError::Unacceptable("lifecycle.installed").into());
        };
        let installed = self.call_signed(&next, "installed", &hook, true).await?;
        lock(&self.client_keys).insert(next.descriptor.key.clone(), client_key.clone());
        lock(&self.world).admit_app(&next.app_account, &next.descriptor.name);
        *lock(&self.installation) = Some(next);
        let enabled = self.set_enabled(true).await?;
        Ok(Installed {
            client_key,
            installed,
            enabled,
        })
    }

    /// Sends `installed` again with a new secret, as Jira does on a reinstall.
    pub(crate) async fn rotate_secret(&self) -> Result<Installed, LifecycleError> {
        let current = self.installation().ok_or(LifecycleError::NotInstalled)?;
        self.install(&current.descriptor_url).await
    }

    /// Gives the site another base URL and tells the app by a reinstall, when one is installed.
    pub(crate) async fn change_base_url(
        &self,
        base_url: &str,
    ) -> Result<Option<Installed>, LifecycleError> {
        let parsed = url::Url::parse(base_url).map_err(|_| LifecycleError::BaseUrl)?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(LifecycleError::BaseUrl);
        }
        let before = lock(&self.world).base_url.clone();
        base_url
            .trim_end_matches('/')
            .clone_into(&mut lock(&self.world).base_url);
        if self.installation().is_none() {
            return Ok(None);
        }
        let outcome = self.rotate_secret().await;
        if outcome.is_err() {
            lock(&self.world).base_url = before;
        }
        outcome.map(Some)
    }

    /// Removes the app and tells it (RS256); the app is gone whatever it answers. The status, when it asked.
    pub(crate) async fn uninstall(&self) -> Result<Option<u16>, LifecycleError> {
        let gone = lock(&self.installation)
            .take()
            .ok_or(LifecycleError::NotInstalled)?;
        lock(&self.world).set_active(&gone.app_account, false);
        match gone.descriptor.lifecycle.uninstalled.clone() {
            Some(hook) => self
                .call_signed(&gone, "uninstalled", &hook, true)
                .await
                .map(Some),
            None => Ok(None),
        }
    }

    /// Enables or disables the app and tells it (HS256); the status, when the app asks for the call.
    pub(crate) async fn set_enabled(&self, enabled: bool) -> Result<Option<u16>, LifecycleError> {
        let current = {
            let mut guard = lock(&self.installation);
            let current = guard.as_mut().ok_or(LifecycleError::NotInstalled)?;
            current.enabled = enabled;
            current.clone()
        };
        let lifecycle = &current.descriptor.lifecycle;
        let (event, hook) = if enabled {
            ("enabled", lifecycle.enabled.as_deref())
        } else {
            ("disabled", lifecycle.disabled.as_deref())
        };
        match hook {
            Some(hook) => match self.call_signed(&current, event, hook, false).await {
                Ok(status) | Err(LifecycleError::Refused { status, .. }) => Ok(Some(status)),
                Err(error) => Err(error),
            },
            None => Ok(None),
        }
    }

    async fn call_signed(
        &self,
        app: &Installation,
        event: &'static str,
        hook: &str,
        by_install_key: bool,
    ) -> Result<u16, LifecycleError> {
        let url = app.descriptor.url(hook);
        let iat = clock::now_s();
        let mut claims = json!({
            "iss": app.client_key,
            "iat": iat,
            "exp": iat + token::CALL_LIFE,
            "qsh": qsh::hash("POST", &url, qsh::base_path(&app.descriptor.base_url)),
        });
        let jwt = if by_install_key {
            claims["aud"] = json!([app.descriptor.base_url]);
            token::sign_install(&claims, &self.install_key)?
        } else {
            token::sign_shared(&claims, &app.shared_secret)?
        };
        let answer = self
            .client
            .post(&url)
            .header("Authorization", format!("JWT {jwt}"))
            .json(&self.lifecycle_body(app, event))
            .send()
            .await
            .map_err(|_| LifecycleError::Unreachable { event })?;
        let status = answer.status().as_u16();
        if answer.status().is_success() {
            Ok(status)
        } else {
            Err(LifecycleError::Refused { event, status })
        }
    }

    fn lifecycle_body(&self, app: &Installation, event: &'static str) -> Value {
        let base_url = lock(&self.world).base_url.clone();
        let mut body = json!({
            "key": app.descriptor.key,
            "clientKey": app.client_key,
            "publicKey": "",
            "serverVersion": "100290",
            "pluginsVersion": "1001.0.0-SNAPSHOT",
            "baseUrl": base_url,
            "displayUrl": base_url,
            "displayUrlServicedeskHelpCenter": base_url,
            "productType": "jira",
            "description": self.title,
            "eventType": event,
        });
        if event == "installed" {
            body["sharedSecret"] = json!(app.shared_secret);
        }
        body
    }
}

/// The app's own account on the site; the same at every install.
fn app_account(client_key: &str) -> AccountId {
    #[expect(
        clippy::expect_used,
        reason = "a UUID behind a fixed prefix is an account id"
    )]
    AccountId::parse(&format!("557058:{client_key}")).expect("a client key is a UUID")
}
