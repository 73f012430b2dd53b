//! The Forge app on this site: installed and removed by an administrator, called by the platform every hour.

use std::fmt;

use serde_json::{Value, json};

use super::invocation::Module;
use crate::connect::keys;
use crate::connect::lifecycle::LifecycleError;
use crate::site::{Site, lock};
use crate::world::AccountId;

/// The app as installed.
#[derive(Clone)]
pub(crate) struct ForgeInstallation {
    /// The remote's base URL, as its manifest has it.
    pub(crate) remote: String,
    pub(crate) installation_id: String,
    /// What lets the app into the gateway; another one at each install.
    pub(crate) system_token: String,
    pub(crate) app_account: AccountId,
}

impl fmt::Debug for ForgeInstallation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForgeInstallation")
            .field("remote", &self.remote)
            .finish_non_exhaustive()
    }
}

impl Site {
    /// The installed Forge app, if any.
    pub(crate) fn forge_installation(&self) -> Option<ForgeInstallation> {
        lock(&self.forge).clone()
    }

    /// Installs the app and tells its remote; the status that it answered. Installed again, it is another installation.
    pub(crate) async fn forge_install(&self, remote: &str) -> Result<u16, LifecycleError> {
        let app_account = AccountId::parse("712020:forge-app-of-this-site")
            .map_err(|_| LifecycleError::BaseUrl)?;
        let next = ForgeInstallation {
            remote: remote.trim_end_matches('/').to_owned(),
            installation_id: format!("ari:cloud:ecosystem::installation/{}", keys::uuid()?),
            system_token: keys::secret()?,
            app_account,
        };
        lock(&self.world).admit_app(&next.app_account, "Countersign");
        *lock(&self.forge) = Some(next.clone());
        let body = json!({ "eventType": "avi:forge:installed:app", "id": next.installation_id });
        self.forge_call(&next, "/forge/events", "installed", &body)
            .await
    }

    /// Tells the remote that the app is about to be removed, and removes it whatever is answered.
    pub(crate) async fn forge_uninstall(&self) -> Result<u16, LifecycleError> {
        let gone = self
            .forge_installation()
            .ok_or(LifecycleError::NotInstalled)?;
        let answered = self
            .forge_call(&gone, "/forge/uninstalling", "uninstalling", &json!({}))
            .await;
        *lock(&self.forge) = None;
        lock(&self.world).set_active(&gone.app_account, false);
        answered
    }

    /// The hourly call.
    pub(crate) async fn forge_tick(&self) -> Result<u16, LifecycleError> {
        let app = self
            .forge_installation()
            .ok_or(LifecycleError::NotInstalled)?;
        self.forge_call(&app, "/forge/tick", "tick", &json!({}))
            .await
    }

    async fn forge_call(
        &self,
        app: &ForgeInstallation,
        path: &str,
        event: &'static str,
        body: &Value,
    ) -> Result<u16, LifecycleError> {
        let claims = self.invocation_claims(app, &Module::Platform);
        let token = self.invocation_token(&claims)?;
        let answer = self
            .client
            .post(format!("{}{path}", app.remote))
            .bearer_auth(token)
            .header("x-forge-oauth-system", &app.system_token)
            .json(body)
            .send()
            .await;
        answer
            .map(|answer| answer.status().as_u16())
            .map_err(|_| LifecycleError::Unreachable { event })
    }
}
