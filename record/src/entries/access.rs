//! Payloads about who may report: keys to the API, code hosts, and Jira sites that an API token opens.

use serde::{Deserialize, Serialize};

use crate::facts::Tracker;
use crate::ids::{ApiKeyId, CodeHostId, ProjectKey, SiteId};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word that stands in the ledger.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::ids::IdError;

            fn from_str(word: &str) -> Result<Self, crate::ids::IdError> {
                let found = Self::ALL.iter().find(|one| one.as_str() == word);
                found.copied().ok_or(crate::ids::IdError { kind: stringify!($name) })
            }
        }
    };
}

pub(super) use words;

words! {
    /// What a key lets its holder do.
    Scope {
        /// Read events, links and tickets' trails.
        EventsRead = "events:read",
        /// Report events.
        EventsWrite = "events:write",
        /// Link events and tickets, and revoke links.
        LinksWrite = "links:write",
        /// Register and change integrations.
        IntegrationsWrite = "integrations:write",
        /// Read checkpoints and proofs.
        LedgerRead = "ledger:read",
        /// Read what tickets ask for, their text among it, and prompts for assistants.
        RequirementsRead = "requirements:read",
        /// Say where the code meets which requirement.
        ClaimsWrite = "claims:write",
        /// Have open tickets assessed anew.
        CatalogWrite = "catalog:write",
        /// Have events sent elsewhere, which is to read them.
        FeedsWrite = "feeds:write",
    }
}

words! {
    /// What a key is for. What a test key reports counts for as much, and says where it came from.
    KeyEnvironment {
        /// Everyday use.
        Live = "LIVE",
        /// Trying things out.
        Test = "TEST",
    }
}

words! {
    /// What happened to a key.
    ApiKeyChange {
        /// It was made.
        Issued = "ISSUED",
        /// It opens nothing any more.
        Revoked = "REVOKED",
    }
}

words! {
    /// The kinds of code hosts.
    CodeHostKind {
        /// GitHub, in the cloud or on a server of one's own.
        GitHub = "GITHUB",
    }
}

words! {
    /// Whether an integration is in use.
    IntegrationState {
        /// It is.
        Enabled = "ENABLED",
        /// It is not. What it reported stays.
        Removed = "REMOVED",
    }
}

words! {
    /// How a code host's own interface is open to us.
    CodeHostAccess {
        /// By a token of an account.
        Token = "TOKEN",
        /// By an installation of an app of the host's.
        App = "APP",
    }
}

words! {
    /// What a push becomes.
    PushAs {
        /// An entry for each commit.
        Commits = "COMMITS",
        /// One entry for all of it.
        Push = "PUSH",
    }
}

/// A key to the API was issued or revoked. Every member is the value from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiKeyChanged {
    /// Which key.
    pub key: ApiKeyId,
    /// What happened to it.
    pub change: ApiKeyChange,
    /// What it is called: lower-case letters, digits and hyphens.
    pub name: String,
    /// What it is for.
    pub environment: KeyEnvironment,
    /// What it lets its holder do.
    pub scopes: Vec<Scope>,
    /// SHA-256 of the key as its holder has it; hex. The key is random, 160 bits.
    pub secret_digest: String,
    /// From when on it opens nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// A code host was registered, changed or removed. Every member is the value from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeHostChanged {
    /// Which one.
    pub host: CodeHostId,
    /// Of what kind.
    pub kind: CodeHostKind,
    /// The address of its pages.
    pub base_url: String,
    /// Whether its deliveries are taken from now on.
    pub state: IntegrationState,
    /// What a push becomes.
    pub push_as: PushAs,
    /// How its own interface is open to us, if it is: then commits get their status there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<CodeHostAccess>,
    /// SHA-256 of what is encrypted, as stored; hex: the webhook secret, what opens the interface, and the repositories that
    /// are looked at.
    pub secret_digest: String,
}

/// A Jira site was connected by an account's API token, changed, or let go. Every member is the value from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JiraIntegrationChanged {
    /// The site.
    pub site: SiteId,
    /// The kind of tracker.
    pub tracker: Tracker,
    /// The address of its pages.
    pub base_url: String,
    /// The address at which it is called: the same, or that of Atlassian's gateway.
    pub api_url: String,
    /// Whether it is in use from now on.
    pub state: IntegrationState,
    /// The projects that are looked at.
    pub projects: Vec<ProjectKey>,
    /// SHA-256 of the encrypted account, token, webhook secret and pattern as stored; hex.
    pub secret_digest: String,
}
