//! The rows of who may report: keys to the API, and code hosts.

use serde::Serialize;

use crate::entries::{
    ApiKeyChange, ApiKeyChanged, CodeHostAccess, CodeHostChanged, CodeHostKind, IntegrationState,
    JiraIntegrationChanged, KeyEnvironment, PushAs, Scope,
};
use crate::ids::{ApiKeyId, CodeHostId, ProjectKey, SiteId};

/// A key to the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiKey {
    /// Its id.
    pub key: ApiKeyId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub environment: KeyEnvironment,
    /// What it lets its holder do.
    pub scopes: Vec<Scope>,
    /// SHA-256 of the key as its holder has it; hex.
    pub secret_digest: String,
    /// From when on it opens nothing.
    pub expires_at: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// The entry it follows from.
    pub seq: u64,
}

impl ApiKey {
    pub(super) fn of(change: ApiKeyChanged, seq: u64) -> Self {
        Self {
            key: change.key,
            name: change.name,
            environment: change.environment,
            scopes: change.scopes,
            secret_digest: change.secret_digest,
            expires_at: change.expires_at,
            revoked: change.change == ApiKeyChange::Revoked,
            seq,
        }
    }
}

/// A code host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeHost {
    /// Its id.
    pub host: CodeHostId,
    /// Of what kind.
    pub kind: CodeHostKind,
    /// The address of its pages.
    pub base_url: String,
    /// Whether its deliveries are taken.
    pub state: IntegrationState,
    /// What a push becomes.
    pub push_as: PushAs,
    /// How its own interface is open to us, if it is.
    pub access: Option<CodeHostAccess>,
    /// SHA-256 of what is encrypted, as stored; hex.
    pub secret_digest: String,
    /// The entry it follows from.
    pub seq: u64,
}

impl CodeHost {
    pub(super) fn of(change: CodeHostChanged, seq: u64) -> Self {
        Self {
            host: change.host,
            kind: change.kind,
            base_url: change.base_url,
            state: change.state,
            push_as: change.push_as,
            access: change.access,
            secret_digest: change.secret_digest,
            seq,
        }
    }
}

/// A Jira site that an API token opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JiraIntegration {
    /// The site.
    pub site: SiteId,
    /// The address of its pages.
    pub base_url: String,
    /// The address at which it is called.
    pub api_url: String,
    /// Whether it is in use.
    pub state: IntegrationState,
    /// The projects that are looked at.
    pub projects: Vec<ProjectKey>,
    /// SHA-256 of the encrypted secrets as stored; hex.
    pub secret_digest: String,
    /// The entry it follows from.
    pub seq: u64,
}

impl JiraIntegration {
    pub(super) fn of(change: JiraIntegrationChanged, seq: u64) -> Self {
        Self {
            site: change.site,
            base_url: change.base_url,
            api_url: change.api_url,
            state: change.state,
            projects: change.projects,
            secret_digest: change.secret_digest,
            seq,
        }
    }
}
