//! The handle of a running sandbox: what tests and the binary hold. Stops the server when dropped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use serde_json::{Value, json};

use crate::actions::Actions;
use crate::config::Config;
use crate::connect::lifecycle::{Installed, LifecycleError};
use crate::connect::token::{self, RawToken, TokenError};
use crate::connect::{qsh, token::CALL_LIFE};
use crate::fault::{Fault, RequestLine};
use crate::server::{self, StartError};
use crate::site::{Site, lock};
use crate::webhook::{Delivery, Flow, ReleaseOrder, SiteWebhook};
use crate::world::{AccountId, WorldError};
use crate::{clock, server::Running};

/// Webhooks were still on their way when time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pending} webhook deliveries are still on their way")]
pub struct NotIdle {
    /// How many.
    pub pending: usize,
}

/// A running look-alike site.
pub struct Sandbox {
    site: Arc<Site>,
    server: ServerHandle,
    local_url: String,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("local_url", &self.local_url)
            .finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

impl Sandbox {
    /// Starts a seeded site; it listens when this returns.
    ///
    /// # Errors
    /// [`StartError`] when the address is taken or the system refuses keys, threads or a client.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let Running {
            site,
            server,
            local_url,
        } = server::start(config).await?;
        Ok(Self {
            site,
            server,
            local_url,
        })
    }

    /// What the site calls itself; no trailing slash.
    pub fn base_url(&self) -> String {
        server::base_url(&self.site)
    }

    /// `http://` and the address listened on, whatever the site calls itself.
    pub fn local_url(&self) -> &str {
        &self.local_url
    }

    /// The site's cloud id, as `/_edge/tenant_info` tells.
    pub fn cloud_id(&self) -> &str {
        &self.site.cloud_id
    }

    /// Where apps find install keys; append `/{kid}`.
    pub fn install_keys_url(&self) -> String {
        format!("{}/install-keys", self.local_url)
    }

    /// Installs the app: fetches its descriptor, sends `installed` (RS256) and `enabled` (HS256).
    ///
    /// # Errors
    /// [`LifecycleError`]; nothing is kept when the app refuses `installed`.
    pub async fn install(&self, descriptor_url: &str) -> Result<Installed, LifecycleError> {
        self.site.install(descriptor_url).await
    }

    /// Removes the app and tells it; the status it answered, when it asked to be told.
    ///
    /// # Errors
    /// [`LifecycleError`]; the app is gone even so, unless there was none.
    pub async fn uninstall(&self) -> Result<Option<u16>, LifecycleError> {
        self.site.uninstall().await
    }

    /// Reinstalls: same client key, new secret.
    ///
    /// # Errors
    /// [`LifecycleError`]; the old secret stays when the app refuses.
    pub async fn rotate_secret(&self) -> Result<Installed, LifecycleError> {
        self.site.rotate_secret().await
    }

    /// Enables or disables the app; the status it answered, when it asked to be told.
    ///
    /// # Errors
    /// [`LifecycleError`] when no app is installed or it does not answer.
    pub async fn set_enabled(&self, enabled: bool) -> Result<Option<u16>, LifecycleError> {
        self.site.set_enabled(enabled).await
    }

    /// Changes what the site calls itself and reinstalls the app, if there is one.
    ///
    /// # Errors
    /// [`LifecycleError`]; the old base URL stays when the app refuses.
    pub async fn change_base_url(&self, url: &str) -> Result<Option<Installed>, LifecycleError> {
        self.site.change_base_url(url).await
    }

    /// Where the keys of invocation tokens are published.
    pub fn forge_keys_url(&self) -> String {
        format!("{}/forge/jwks.json", self.local_url)
    }

    /// Where the site is reached with Forge's tokens, below `/ex/jira/` and the cloud id.
    pub fn forge_gateway_url(&self) -> String {
        self.site.gateway()
    }

    /// Installs the Forge app, whose remote lives at this address; the status that answered the event. Installed
    /// again, it is another installation of the same site.
    ///
    /// # Errors
    /// [`LifecycleError`] when the remote does not answer.
    pub async fn forge_install(&self, remote: &str) -> Result<u16, LifecycleError> {
        self.site.forge_install(remote).await
    }

    /// Removes the Forge app; the status that the remote answered before.
    ///
    /// # Errors
    /// [`LifecycleError`]; the app is gone even so, unless there was none.
    pub async fn forge_uninstall(&self) -> Result<u16, LifecycleError> {
        self.site.forge_uninstall().await
    }

    /// The platform's hourly call; the status that answered it.
    ///
    /// # Errors
    /// [`LifecycleError`] when no Forge app is installed or its remote does not answer.
    pub async fn forge_tick(&self) -> Result<u16, LifecycleError> {
        self.site.forge_tick().await
    }

    /// The token that lets the Forge app into the gateway.
    pub fn forge_system_token(&self) -> Option<String> {
        self.site.forge_installation().map(|app| app.system_token)
    }

    /// Claims of a good call out of an issue's panel, to be bent by a test.
    ///
    /// # Errors
    /// [`TokenError`] when there is no Forge app, or the viewer may not see the issue.
    pub fn forge_panel_claims(&self, viewer: &str, issue: &str) -> Result<Value, TokenError> {
        self.site.panel_claims(viewer, issue)
    }

    /// Claims of a good call out of the administration page.
    ///
    /// # Errors
    /// [`TokenError`] when there is no Forge app or no such person.
    pub fn forge_administration_claims(&self, viewer: &str) -> Result<Value, TokenError> {
        self.site.administration_claims(viewer)
    }

    /// Claims of a good call of the platform's own.
    ///
    /// # Errors
    /// [`TokenError`] when there is no Forge app.
    pub fn forge_platform_claims(&self) -> Result<Value, TokenError> {
        self.site.platform_claims()
    }

    /// The tenant's client key, once an app is installed.
    pub fn client_key(&self) -> Option<String> {
        self.site.installation().map(|app| app.client_key)
    }

    /// The present shared secret, once an app is installed.
    pub fn shared_secret(&self) -> Option<String> {
        self.site.installation().map(|app| app.shared_secret)
    }

    /// The app's own account on the site, once installed.
    pub fn app_account(&self) -> Option<AccountId> {
        self.site.installation().map(|app| app.app_account)
    }

    /// Operations on projects, people and issues; each sends its webhooks.
    pub fn world(&self) -> Actions<'_> {
        Actions::new(&self.site)
    }

    /// The signed URL of the panel's iframe for this viewer and issue.
    ///
    /// # Errors
    /// [`TokenError`] when there is no app or panel, or the viewer may not see the issue.
    pub fn iframe_url(&self, viewer: &str, issue: &str) -> Result<String, TokenError> {
        self.site.iframe_url(viewer, issue)
    }

    /// A context token as the panel's script would get it.
    ///
    /// # Errors
    /// [`TokenError`] when there is no app, or the viewer may not see the issue.
    pub fn context_token(&self, viewer: &str, issue: &str) -> Result<String, TokenError> {
        self.site.context_token(viewer, issue)
    }

    /// The signed URL of the administration page's iframe for this viewer, whoever that is.
    ///
    /// # Errors
    /// [`TokenError`] when there is no app or no such page.
    pub fn settings_url(&self, viewer: &str) -> Result<String, TokenError> {
        self.site.settings_url(viewer)
    }

    /// A context token as the administration page's script would get it.
    ///
    /// # Errors
    /// [`TokenError`] when there is no app or no such person.
    pub fn settings_token(&self, viewer: &str) -> Result<String, TokenError> {
        self.site.settings_token(viewer)
    }

    /// Says from now on that the app's licence is active or not; nothing, where the app is not sold.
    pub fn set_licence(&self, active: Option<bool>) {
        *lock(&self.site.licence) = active;
    }

    /// A token exactly as asked, for tests of refusal.
    ///
    /// # Errors
    /// [`TokenError`] when the shared secret is asked for and no app is installed.
    pub fn raw_token(&self, raw: &RawToken) -> Result<String, TokenError> {
        let secret = self.shared_secret();
        token::forge(raw, &self.site.install_key, secret.as_deref())
    }

    /// Claims of a good call to the app, to be bent by a test: `iss`, `iat`, `exp`, and the `qsh` of `method` and
    /// `url`, which lies below the app's base URL.
    ///
    /// # Errors
    /// [`TokenError::NotInstalled`].
    pub fn call_claims(&self, method: &str, url: &str) -> Result<Value, TokenError> {
        let app = self.site.installation().ok_or(TokenError::NotInstalled)?;
        let iat = clock::now_s();
        Ok(json!({
            "iss": app.client_key,
            "iat": iat,
            "exp": iat + CALL_LIFE,
            "qsh": qsh::hash(method, url, qsh::base_path(&app.descriptor.base_url)),
        }))
    }

    /// A value for the `Authorization` header of scripted REST calls by a person.
    ///
    /// # Errors
    /// [`WorldError::NoSuchUser`].
    pub fn basic_auth(&self, user: &str) -> Result<String, WorldError> {
        use base64::Engine;
        let world = lock(&self.site.world);
        let id = world.find_user(user)?;
        let user = world.user(&id).ok_or(WorldError::NoSuchUser)?;
        let pair = format!("{}:{}", user.email, user.api_token);
        Ok(format!(
            "Basic {}",
            base64::engine::general_purpose::STANDARD.encode(pair)
        ))
    }

    /// Makes a webhook as an administrator does, for all events.
    pub fn add_webhook(&self, url: &str, secret: &str) {
        lock(&self.site.hooks).push(SiteWebhook {
            url: url.to_owned(),
            secret: secret.to_owned(),
        });
    }

    /// Every webhook delivery that was ever due, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.site.outbox.log()
    }

    /// Waits until no delivery is on its way; held and dropped ones do not count.
    ///
    /// # Errors
    /// [`NotIdle`] when time is up.
    pub async fn wait_idle(&self, timeout: Duration) -> Result<(), NotIdle> {
        let deadline = Instant::now() + timeout;
        loop {
            let pending = self.site.outbox.pending();
            if pending == 0 {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(NotIdle { pending });
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Delivers, holds or drops webhooks from now on.
    pub fn set_flow(&self, flow: Flow) {
        self.site.outbox.set_flow(flow);
    }

    /// Sends every webhook from now on `extra` more times with the same identifier.
    pub fn duplicate(&self, extra: u32) {
        self.site.outbox.set_extra(extra);
    }

    /// Sends what was held, in this order; how many.
    pub fn release(&self, order: ReleaseOrder) -> usize {
        self.site.outbox.release(order)
    }

    /// Arms a fault for what the app calls; the earliest armed that fits strikes.
    pub fn fault(&self, fault: Fault) {
        self.site.faults.arm(fault);
    }

    /// Disarms all faults.
    pub fn clear_faults(&self) {
        self.site.faults.clear();
    }

    /// What the app called since the start or since [`Sandbox::forget_requests`].
    pub fn requests(&self) -> Vec<RequestLine> {
        self.site.faults.requests()
    }

    /// Empties the log of requests.
    pub fn forget_requests(&self) {
        self.site.faults.forget_requests();
    }

    /// Stops the server and waits until it has.
    pub async fn stop(self) {
        self.server.stop(false).await;
    }
}
