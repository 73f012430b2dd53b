//! Payloads about keys, installations, settings, people, verification and export.

use serde::{Deserialize, Serialize};

use crate::entries::rules::ReviewRules;
use crate::facts::Tracker;
use crate::ids::{CodeHostId, EventId, FeedId, PersonId, ProjectKey, SiteId};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum KeyPurpose {
    /// Signs the ledger's checkpoints.
    Ledger,
}

/// A key of the tenant's became valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyAnnounced {
    /// What it is for.
    pub purpose: KeyPurpose,
    /// The public key, as C2SP signed-note writes it.
    pub key: String,
    /// SHA-256 of the encrypted private key as stored, where we hold it; hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed_digest: Option<String>,
}

/// Whether the app works on a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InstallationState {
    /// Installed and switched on.
    Enabled,
    /// Installed and switched off.
    Disabled,
    /// Removed. The ledger stays.
    Uninstalled,
}

impl InstallationState {
    /// The word that stands in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
            Self::Uninstalled => "UNINSTALLED",
        }
    }
}

/// What happened to an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InstallationChange {
    /// The first install on this site.
    Installed,
    /// A repeated install: a new secret, perhaps a new address.
    Reinstalled,
    /// Switched on.
    Enabled,
    /// Switched off.
    Disabled,
    /// Removed.
    Uninstalled,
}

/// The app was installed on a site, changed there, or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InstallationChanged {
    /// The site.
    pub site: SiteId,
    /// The kind of tracker.
    pub tracker: Tracker,
    /// The site's own name for this installation.
    pub client_key: String,
    /// The site's address.
    pub base_url: String,
    /// The site's cloud id, where it told us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_id: Option<String>,
    /// What happened.
    pub change: InstallationChange,
    /// Whether it works afterwards.
    pub state: InstallationState,
    /// SHA-256 of the encrypted shared secret as stored; hex.
    pub secret_digest: String,
}

/// The Forge app was installed on a site, came there as another installation, or is about to be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForgeInstallationChanged {
    /// The site.
    pub site: SiteId,
    /// The kind of tracker.
    pub tracker: Tracker,
    /// The site's cloud id, which outlives installations.
    pub cloud_id: String,
    /// Forge's name for this installation.
    pub installation_id: String,
    /// The site's address, as the site itself gives it.
    pub base_url: String,
    /// What happened.
    pub change: InstallationChange,
    /// Whether it works afterwards.
    pub state: InstallationState,
}

/// A project's settings were changed. Every member is the value from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettingsChanged {
    /// The site.
    pub site: SiteId,
    /// The project; none for all that have no settings of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectKey>,
    /// The project role whose members may approve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approver_role: Option<String>,
    /// The group whose members may approve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approver_group: Option<String>,
    /// Whether assignee and reporter may approve their own ticket.
    pub own_ticket: bool,
    /// How decisions are made; absent where by the usual rules.
    #[serde(default, skip_serializing_if = "ReviewRules::is_usual")]
    pub rules: ReviewRules,
}

/// A site's secret as stored anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResealedSite {
    /// The site.
    pub site: SiteId,
    /// SHA-256 of the encrypted shared secret as stored; hex.
    pub secret_digest: String,
}

/// A code host's secret as stored anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResealedCodeHost {
    /// The code host.
    pub host: CodeHostId,
    /// SHA-256 of the encrypted webhook secret as stored; hex.
    pub secret_digest: String,
}

/// A feed's address and secret as stored anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResealedFeed {
    /// The feed.
    pub feed: FeedId,
    /// SHA-256 of the encrypted address and secret as stored; hex.
    pub secret_digest: String,
}

/// The tenant's secrets were encrypted anew, under another master key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretsResealed {
    /// SHA-256 of the encrypted signing key as stored; hex.
    pub signing_key_digest: String,
    /// The sites' secrets.
    pub sites: Vec<ResealedSite>,
    /// The code hosts' secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_hosts: Vec<ResealedCodeHost>,
    /// The secrets of Jira sites that an API token opens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jira_integrations: Vec<ResealedSite>,
    /// The feeds' addresses and secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<ResealedFeed>,
}

/// Somebody appears for the first time. Beside it: `accountId`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonRegistered {
    /// The id by which the ledger knows the person.
    pub person: PersonId,
    /// The site the account belongs to.
    pub site: SiteId,
}

/// The verifier judged the ledger. The report itself is kept by the verifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Verification {
    /// SHA-256 of the signed report; hex.
    pub report: String,
    /// The key that signed it.
    pub key: String,
    /// The verdict, such as `VERIFIED` or `ALTERED`.
    pub verdict: String,
    /// How many entries were walked.
    pub size: u64,
    /// The root over them, where it could be computed; hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// How many findings.
    pub findings: u64,
    /// When the run ended, by the verifier's clock.
    pub verified_at: String,
}

/// A part of the ledger was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportCreated {
    /// SHA-256 of the bundle; hex.
    pub bundle: String,
    /// The first entry's position.
    pub first: u64,
    /// The position after the last entry.
    pub end: u64,
    /// How many disclosures went with it.
    pub disclosures: u64,
    /// When it was written, by the verifier's clock.
    pub exported_at: String,
}

/// Why personal data was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErasedReason {
    /// Somebody asked for it.
    Request,
    /// The account was closed at its source.
    AccountClosed,
}

/// Personal data was erased: the mapping of a person to an account with what stands beside entries about that person, or
/// all that stands beside one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonalDataErased {
    /// Whose; none where it was all that stood beside one entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Beside which entry; none where it was a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Why.
    pub reason: ErasedReason,
    /// The digests whose disclosures are gone.
    pub digests: Vec<String>,
}
