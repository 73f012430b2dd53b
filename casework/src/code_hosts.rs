//! Code hosts: registered with a secret that both sides know, believed because their deliveries are signed with it. One
//! whose interface is open to us gets the status of commits.

mod secrets;
mod statuses;

use github::{Access, ApiError, RepositoryName, WebhookSecret};
use jira::BaseUrl;
use jira::connect::AllowedHosts;
use ledger::Actor;
use record::entries::{CodeHostAccess, CodeHostChanged, CodeHostKind, IntegrationState, PushAs};
use record::ids::{CodeHostId, TenantId};
use record::scale::Severity;
use record::state::CodeHost;
use store::{Appended, NewEntry, StoreError, Tx};
use ulid::Ulid;
use url::Url;
use zeroize::Zeroizing;

use crate::error::CaseError;
use crate::{Casework, Registrar};
pub use secrets::KnownCodeHost;
use secrets::Secrets;
pub(crate) use statuses::{STATUSES_EFFECT, set_statuses};

/// A code host that somebody wants to register.
#[derive(Clone)]
pub struct CodeHostRequest {
    /// The address of its pages.
    pub base_url: String,
    /// What a push becomes.
    pub push_as: PushAs,
    /// The secret that it signs with; none to have one drawn.
    pub secret: Option<WebhookSecret>,
    /// What opens its interface, for the status of commits.
    pub access: Option<Access>,
    /// The repositories that are looked at; all if none is named.
    pub repositories: Vec<RepositoryName>,
}

/// A code host that was registered.
pub struct RegisteredCodeHost {
    /// Its id.
    pub host: CodeHostId,
    /// The secret that its webhook is to be set up with; shown this once.
    pub secret: WebhookSecret,
    /// What was registered at the same address before, and is still heard.
    pub beside: Vec<CodeHostId>,
}

impl std::fmt::Debug for RegisteredCodeHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisteredCodeHost").finish_non_exhaustive()
    }
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
    /// Access without a repository cannot be tried.
    #[error("Name the repositories that the access is for. Nothing was registered.")]
    NoRepository,
    /// The server's operator does not let it be called.
    #[error(
        "This server may call github.com and the hosts that its operator allows (COUNTERSIGN_ALLOWED_HOSTS), and this \
         address is neither. Nothing was registered."
    )]
    NotAllowed,
    /// The access was tried and does not work.
    #[error("{repository}: {error}. Nothing was registered.")]
    Access {
        /// Where it was tried.
        repository: RepositoryName,
        /// What GitHub made of it.
        error: ApiError,
    },
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
    /// Registers a code host.
    ///
    /// # Errors
    /// Why it was not registered.
    pub async fn register_code_host(
        &self,
        by: Registrar,
        request: CodeHostRequest,
        allowed: &AllowedHosts,
    ) -> Result<RegisteredCodeHost, CodeHostRefused> {
        let base_url = address(&request.base_url).ok_or(CodeHostRefused::Address)?;
        if let Some(access) = &request.access {
            may_be_called(&base_url, allowed)?;
            self.try_access(&base_url, access, &request.repositories)
                .await?;
        }
        let secret = match request.secret {
            Some(secret) => secret,
            None => drawn()?,
        };
        let access = request.access.as_ref().map(|access| match access {
            Access::Token(_) => CodeHostAccess::Token,
            Access::App { .. } => CodeHostAccess::App,
        });
        let secrets = Secrets::new(&secret, request.access, request.repositories);
        let kept = secrets.to_text()?;
        let host = CodeHostId::from_ulid(Ulid::generate());
        let Registrar { tenant, actor } = by;
        let id = host.clone();
        let beside = self
            .store
            .write(&tenant, move |tx| -> Result<_, CodeHostRefused> {
                let tenant = tx.tenant().clone();
                tx.db().tenant(&tenant)?.ok_or(CodeHostRefused::NoTenant)?;
                let known = tx.db().code_hosts(&tenant)?.into_iter().flatten();
                let beside = known
                    .filter(|it| it.state == IntegrationState::Enabled && it.base_url == base_url);
                let beside = beside.map(|it| it.host).collect();
                let secret_digest = tx.hold_code_host_secrets(&id, &kept)?;
                let registered = CodeHostChanged {
                    host: id,
                    kind: CodeHostKind::GitHub,
                    base_url,
                    state: IntegrationState::Enabled,
                    push_as: request.push_as,
                    access,
                    secret_digest,
                };
                record(tx, registered, actor)?;
                Ok(beside)
            })
            .await?;
        Ok(RegisteredCodeHost {
            host,
            secret,
            beside,
        })
    }

    /// Takes no more deliveries of a code host; what it reported stays.
    ///
    /// # Errors
    /// Why it was not removed.
    pub async fn remove_code_host(
        &self,
        by: Registrar,
        host: CodeHostId,
    ) -> Result<Appended, CodeHostRefused> {
        let Registrar { tenant, actor } = by;
        self.store
            .write(&tenant, move |tx| {
                let tenant = tx.tenant().clone();
                let known = tx.db().code_host(&tenant, &host)?;
                let known = known.ok_or(CodeHostRefused::NoHost)?;
                let removed = CodeHostChanged {
                    host: known.host,
                    kind: known.kind,
                    base_url: known.base_url,
                    state: IntegrationState::Removed,
                    push_as: known.push_as,
                    access: known.access,
                    secret_digest: known.secret_digest,
                };
                Ok(record(tx, removed, actor)?)
            })
            .await
    }

    /// The tenant's code hosts, each with why a status could not be written there and waits.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn code_hosts(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<(CodeHost, Option<String>)>, CaseError> {
        let tenant = tenant.clone();
        let hosts = self.store.read(move |db| -> Result<_, StoreError> {
            let hosts = db.code_hosts(&tenant)?.into_iter().flatten();
            let told = hosts.map(|host| {
                let name = format!("{STATUSES_EFFECT}{}", host.host);
                Ok((host, db.last_error_of(&tenant, &name)?))
            });
            told.collect()
        });
        Ok(hosts.await?)
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
    pub async fn known_code_host(
        &self,
        host: Option<CodeHostId>,
    ) -> Result<Option<KnownCodeHost>, CaseError> {
        let host = match host {
            Some(host) => Some(host),
            None => self.store.read(|db| db.only_code_host()).await?,
        };
        let Some(host) = host else { return Ok(None) };
        let found = self.store.code_host_credential(host).await?;
        let enabled = found.filter(|found| found.host.state == IntegrationState::Enabled);
        enabled.map(KnownCodeHost::try_from).transpose()
    }

    /// The client of all GitHubs.
    fn github(&self) -> Result<github::Api, CaseError> {
        if let Some(api) = self.github.get() {
            return Ok(api.clone());
        }
        let api = github::Api::new();
        let api = api.map_err(|_| CaseError::Unreadable("what TLS needs on this machine"))?;
        Ok(self.github.get_or_init(|| api).clone())
    }

    async fn try_access(
        &self,
        base_url: &str,
        access: &Access,
        repositories: &[RepositoryName],
    ) -> Result<(), CodeHostRefused> {
        let first = repositories.first().ok_or(CodeHostRefused::NoRepository)?;
        let pages = Url::parse(base_url).map_err(|_| CodeHostRefused::Address)?;
        let refused = |repository: &RepositoryName, error| CodeHostRefused::Access {
            repository: repository.clone(),
            error,
        };
        let api = self.github()?;
        let opened = api.open(&pages, access, store::now_ms() / 1_000).await;
        let opened = opened.map_err(|error| refused(first, error))?;
        for repository in repositories {
            let seen = opened.see(repository).await;
            seen.map_err(|error| refused(repository, error))?;
        }
        Ok(())
    }
}

/// Whoever has a key to the API must not have this server call what only it can reach.
fn may_be_called(base_url: &str, allowed: &AllowedHosts) -> Result<(), CodeHostRefused> {
    let site: BaseUrl = base_url.parse().map_err(|_| CodeHostRefused::Address)?;
    let own = site.url().host_str() == Some("github.com") && site.url().port().is_none();
    match own || allowed.allow(&site) {
        true => Ok(()),
        false => Err(CodeHostRefused::NotAllowed),
    }
}

fn record(tx: &mut Tx<'_>, changed: CodeHostChanged, actor: Actor) -> Result<Appended, StoreError> {
    tx.append(NewEntry {
        subject: format!("code-host/{}", changed.host),
        once: format!("code-host:{}", Ulid::generate()),
        payload: changed.into(),
        beside: Vec::new(),
        severity: Severity::Info,
        actor,
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
