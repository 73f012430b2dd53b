//! Code hosts: registered with a secret that both sides know, believed because their deliveries are signed with it.

use github::WebhookSecret;
use record::entries::{CodeHostChanged, CodeHostKind, IntegrationState, PushAs};
use record::ids::{CodeHostId, TenantId};
use record::scale::Severity;
use record::state::CodeHost;
use store::{Appended, CodeHostCredential, NewEntry, StoreError, Tx};
use ulid::Ulid;
use url::Url;
use zeroize::Zeroizing;

use crate::error::CaseError;
use crate::{Casework, server};

/// A code host that somebody wants to register.
#[derive(Clone)]
pub struct CodeHostRequest {
    /// The address of its pages.
    pub base_url: String,
    /// What a push becomes.
    pub push_as: PushAs,
    /// The secret that it signs with; none to have one drawn.
    pub secret: Option<WebhookSecret>,
}

impl std::fmt::Debug for CodeHostRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeHostRequest").finish_non_exhaustive()
    }
}

/// Why a code host was not registered, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum CodeHostRefused {
    /// There is no such tenant.
    #[error("There is no such tenant. Nothing was registered.")]
    NoTenant,
    /// There is no such code host.
    #[error("There is no such code host. Nothing was changed.")]
    NoHost,
    /// The address is none.
    #[error(
        "The address has to be https://HOST, or http://HOST on this machine. Nothing was registered."
    )]
    Address,
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for CodeHostRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Registers a code host; gives the secret that its webhook is to be set up with, which is shown this once.
    ///
    /// # Errors
    /// Why it was not registered.
    pub async fn register_code_host(
        &self,
        tenant: &TenantId,
        request: CodeHostRequest,
    ) -> Result<(CodeHostId, WebhookSecret), CodeHostRefused> {
        let base_url = address(&request.base_url).ok_or(CodeHostRefused::Address)?;
        let secret = match request.secret {
            Some(secret) => secret,
            None => drawn()?,
        };
        let host = CodeHostId::from_ulid(Ulid::generate());
        let (id, kept) = (host.clone(), secret.clone());
        self.store
            .write(tenant, move |tx| -> Result<(), CodeHostRefused> {
                let tenant = tx.tenant().clone();
                tx.db().tenant(&tenant)?.ok_or(CodeHostRefused::NoTenant)?;
                let secret_digest = tx.hold_webhook_secret(&id, kept.expose())?;
                let registered = CodeHostChanged {
                    host: id,
                    kind: CodeHostKind::GitHub,
                    base_url,
                    state: IntegrationState::Enabled,
                    push_as: request.push_as,
                    secret_digest,
                };
                record(tx, registered)?;
                Ok(())
            })
            .await?;
        Ok((host, secret))
    }

    /// Takes no more deliveries of a code host; what it reported stays.
    ///
    /// # Errors
    /// Why it was not removed.
    pub async fn remove_code_host(
        &self,
        tenant: &TenantId,
        host: CodeHostId,
    ) -> Result<Appended, CodeHostRefused> {
        self.store
            .write(tenant, move |tx| {
                let tenant = tx.tenant().clone();
                let known = tx.db().code_host(&tenant, &host)?;
                let known = known.ok_or(CodeHostRefused::NoHost)?;
                let removed = CodeHostChanged {
                    host: known.host,
                    kind: known.kind,
                    base_url: known.base_url,
                    state: IntegrationState::Removed,
                    push_as: known.push_as,
                    secret_digest: known.secret_digest,
                };
                Ok(record(tx, removed)?)
            })
            .await
    }

    /// The tenant's code hosts.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn code_hosts(&self, tenant: &TenantId) -> Result<Vec<CodeHost>, CaseError> {
        let tenant = tenant.clone();
        let hosts = self.store.read(move |db| db.code_hosts(&tenant)).await?;
        Ok(hosts.into_iter().flatten().collect())
    }

    /// What a delivery of this code host is checked with; without a name, of the only one there is. None if its
    /// deliveries are not taken.
    ///
    /// # Errors
    /// If the store fails.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    pub async fn code_host_credential(
        &self,
        host: Option<CodeHostId>,
    ) -> Result<Option<CodeHostCredential>, CaseError> {
        let host = match host {
            Some(host) => Some(host),
            None => self.store.read(|db| db.only_code_host()).await?,
        };
        let Some(host) = host else { return Ok(None) };
        let found = self.store.code_host_credential(host).await?;
        Ok(found.filter(|found| found.host.state == IntegrationState::Enabled))
    }
}

fn record(tx: &mut Tx<'_>, changed: CodeHostChanged) -> Result<Appended, StoreError> {
    tx.append(NewEntry {
        subject: format!("code-host/{}", changed.host),
        once: format!("code-host:{}", Ulid::generate()),
        payload: changed.into(),
        beside: Vec::new(),
        severity: Severity::Info,
        actor: server(),
        source: "COUNTERSIGN",
    })
}

/// The address in its one form, without a slash at its end.
fn address(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let here = matches!(url.host_str()?, "localhost" | "127.0.0.1" | "[::1]");
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && here);
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (scheme && plain).then(|| url.as_str().trim_end_matches('/').to_owned())
}

fn drawn() -> Result<WebhookSecret, StoreError> {
    let bytes = Zeroizing::new(store::random::<32>()?);
    let hex: Zeroizing<String> = Zeroizing::new(bytes.iter().map(|b| format!("{b:02x}")).collect());
    hex.parse().map_err(|_| StoreError::Sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_holds_no_secret() {
        for (text, kept) in [
            ("https://github.com/", Some("https://github.com")),
            (
                " https://github.acme.test/ ",
                Some("https://github.acme.test"),
            ),
            ("http://127.0.0.1:9000", Some("http://127.0.0.1:9000")),
            ("http://github.com", None),
            ("https://me:secret@github.com", None),
            ("https://github.com/?token=1", None),
            ("github.com", None),
            ("", None),
        ] {
            assert_eq!(address(text).as_deref(), kept, "{text}");
        }
    }
}
