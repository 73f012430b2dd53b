//! What is encrypted of a code host: the secret that its deliveries are signed with, what opens its interface, and the
//! repositories that are looked at, whose names are the customer's own.

use github::{Access, RepositoryName, WebhookSecret};
use record::facts::CodeEvent;
use record::ids::TenantId;
use record::state::CodeHost;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{CodeHostCredential, StoreError};
use zeroize::Zeroizing;

use crate::error::CaseError;

/// The form in which it is encrypted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Secrets {
    webhook_secret: Zeroizing<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Access>,
    repositories: Vec<RepositoryName>,
}

/// A code host whose deliveries are taken.
#[derive(Clone)]
pub struct KnownCodeHost {
    /// Whose it is.
    pub tenant: TenantId,
    /// The code host as it stands.
    pub host: CodeHost,
    /// The secret that it signs with.
    pub webhook_secret: WebhookSecret,
    /// What opens its interface.
    pub(crate) access: Option<Access>,
    /// The repositories that are looked at; all if there is none.
    repositories: Vec<RepositoryName>,
}

impl Secrets {
    pub(super) fn new(
        secret: &WebhookSecret,
        access: Option<Access>,
        repositories: Vec<RepositoryName>,
    ) -> Self {
        Self {
            webhook_secret: Zeroizing::new(secret.expose().to_owned()),
            access,
            repositories,
        }
    }

    pub(super) fn to_text(&self) -> Result<Zeroizing<String>, StoreError> {
        let text = serde_json::to_string(self);
        text.map(Zeroizing::new).map_err(|_| StoreError::Sealed)
    }

    /// What was kept before there was more to keep is the webhook secret alone.
    fn of(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self {
            webhook_secret: Zeroizing::new(text.to_owned()),
            access: None,
            repositories: Vec::new(),
        })
    }
}

impl KnownCodeHost {
    /// Whether the repository of an event is looked at.
    #[must_use]
    pub fn looks_at(&self, event: &CodeEvent) -> bool {
        let repository = event.payload.pointer("/repository/fullName");
        let repository = repository.and_then(Value::as_str);
        self.looks_at_repository(repository.unwrap_or_default())
    }

    /// Whether a repository is looked at, by its full name.
    pub(super) fn looks_at_repository(&self, name: &str) -> bool {
        let name = name.parse::<RepositoryName>();
        self.repositories.is_empty() || name.is_ok_and(|name| self.repositories.contains(&name))
    }
}

impl TryFrom<CodeHostCredential> for KnownCodeHost {
    type Error = CaseError;

    fn try_from(found: CodeHostCredential) -> Result<Self, CaseError> {
        let secrets = Secrets::of(&found.secrets);
        let webhook_secret = secrets.webhook_secret.parse();
        Ok(Self {
            tenant: found.tenant,
            host: found.host,
            webhook_secret: webhook_secret.map_err(|_| StoreError::Sealed)?,
            access: secrets.access,
            repositories: secrets.repositories,
        })
    }
}

impl std::fmt::Debug for KnownCodeHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownCodeHost")
            .field("host", &self.host.host)
            .finish_non_exhaustive()
    }
}
