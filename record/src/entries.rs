//! Every payload the ledger holds: one list of type names, each with its versioned form.
//!
//! A payload stands in the ledger's bytes for ever, so it holds ids, hashes and our own words only.
//! What a person wrote or is called stands beside it as a disclosure; the payload's `_sd` lists the
//! digests, which are put in and taken out here and are no part of the typed forms.

mod access;
mod acknowledgement;
mod claim;
mod correction;
mod feed;
mod gate;
mod link;
mod members;
mod monitoring;
mod notice;
mod operation;
mod reported;
mod review;
mod rules;
mod ticket;
mod waiver;
mod work;

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use members::{Members, is_of_this_version};

pub use access::{
    ApiKeyChange, ApiKeyChanged, CodeHostAccess, CodeHostChanged, CodeHostKind, IntegrationState,
    JiraIntegrationChanged, KeyEnvironment, PushAs, Scope,
};
pub use acknowledgement::RequirementsAcknowledged;
pub use claim::{ClaimChecked, Found, ImplementationClaimed, LineRange};
pub use correction::{Correction, FindingCorrected};
pub use feed::{FeedChanged, FeedForm};
pub use gate::{EmergencyOverdue, EmergencyReleased, GateBypassed, GateState, GateTampered};
pub use link::{FoundIn, LinkAdded, LinkRevoked};
pub use monitoring::{MonitoringAcknowledged, MonitoringOverdue, MonitoringRequested};
pub use notice::{NoticeOutcome, SecurityTeamNotified};
pub use operation::{
    ErasedReason, ExportCreated, ForgeInstallationChanged, InstallationChange, InstallationChanged,
    InstallationState, KeyAnnounced, KeyPurpose, PersonRegistered, PersonalDataErased,
    ResealedCodeHost, ResealedFeed, ResealedSite, SecretsResealed, SettingsChanged, Verification,
};
pub use reported::{Reported, Reporter};
pub use review::{
    ApprovalStale, Decision, HumanReview, NotCounted, ReviewNotCounted, ReviewScope, ReviewType,
    ReviewVia, Reviewer, RoleSource, StaleReason,
};
pub use rules::{
    ApprovalRule, Deputy, EmergencyRule, Enforcement, MOST_APPROVALS, Needs, ReviewRules,
    RulesError, StatusCategory, StatusMove,
};
pub use ticket::{
    CatalogChanged, CommentRecorded, FrameworkRef, Observed, PackRef, RequirementsPublished,
    TicketAssessed, TicketDeleted, TicketId, VerdictChange,
};
pub use waiver::{RequirementWaived, WaiverEnd, WaiverEnded, WaiverExpiring};
pub use work::{ResolvedBy, TicketMoved, TicketResolved, WorklogRecorded};

/// The version that stands in each payload's `version`.
pub const VERSION: u64 = 1;

/// Why a payload cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The type is none of the list.
    #[error("no entry type of this release")]
    UnknownType,
    /// The payload is of another version.
    #[error("a payload of another version")]
    Version,
    /// The payload has not the form of its type.
    #[error("not a payload of type {kind}")]
    Form {
        /// The type it should have been.
        kind: EntryType,
    },
}

macro_rules! entry_types {
    (
        written { $($(#[$doc:meta])* $name:ident = $text:literal;)* }
        reported { $($(#[$event_doc:meta])* $event:ident = $event_text:literal;)* }
    ) => {
        entry_types! {
            @all $($(#[$doc])* $name($name) = $text;)* $($(#[$event_doc])* $event(Reported) = $event_text;)*
        }

        $(impl From<$name> for Payload {
            fn from(payload: $name) -> Self {
                Self::$name(payload)
            }
        })*

        /// The entry types of events that are reported from outside. All others only the product itself writes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum EventType {
            $($(#[$event_doc])* $event,)*
        }

        impl EventType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$event),*];

            /// The entry type.
            #[must_use]
            pub const fn entry_type(self) -> EntryType {
                match self { $(Self::$event => EntryType::$event),* }
            }

            /// The payload of an entry of this type.
            #[must_use]
            pub const fn payload(self, reported: Reported) -> Payload {
                match self { $(Self::$event => Payload::$event(reported)),* }
            }
        }

        impl Payload {
            /// What was reported, if it was.
            #[must_use]
            pub const fn reported(&self) -> Option<&Reported> {
                match self {
                    $(Self::$event(reported) => Some(reported),)*
                    _ => None,
                }
            }
        }
    };
    (@all $($(#[$doc:meta])* $name:ident($form:ident) = $text:literal;)*) => {
        /// The entry types. The order is that of the documents.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum EntryType {
            $($(#[$doc])* $name,)*
        }

        impl EntryType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word that stands in an entry's `type`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }

        /// A payload of one of the types.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Payload {
            $($(#[$doc])* $name($form),)*
        }

        impl Payload {
            /// The type of this payload.
            #[must_use]
            pub const fn kind(&self) -> EntryType {
                match self { $(Self::$name(_) => EntryType::$name),* }
            }

            /// The members that stand in the entry's `payload`.
            ///
            /// # Errors
            /// Does not fail for payloads of this release.
            pub fn to_members(&self) -> Result<Map<String, Value>, PayloadError> {
                match self { $(Self::$name(payload) => members(payload, EntryType::$name)),* }
            }

            /// Reads the members of an entry of this type.
            ///
            /// # Errors
            /// If the type is unknown, or the members have not its form.
            pub fn parse(kind: &str, members: &Map<String, Value>) -> Result<Self, PayloadError> {
                match kind {
                    $($text => typed(members, EntryType::$name).map(Self::$name),)*
                    _ => Err(PayloadError::UnknownType),
                }
            }

            /// Reads the members of an entry of this type from their text, without a parse tree. The text
            /// is canonical, so that no member stands twice.
            ///
            /// # Errors
            /// If the type is unknown, or the members have not its form.
            pub fn read(kind: &str, canonical: &str) -> Result<Self, PayloadError> {
                match kind {
                    $($text => read(canonical, EntryType::$name).map(Self::$name),)*
                    _ => Err(PayloadError::UnknownType),
                }
            }
        }
    };
}

entry_types! {
    written {
        /// A key of the tenant's became valid.
        KeyAnnounced = "KEY_ANNOUNCED";
        /// The app was installed on a site, changed there, or removed.
        InstallationChanged = "INSTALLATION_CHANGED";
        /// The Forge app was installed on a site, changed there, or removed.
        ForgeInstallationChanged = "FORGE_INSTALLATION_CHANGED";
        /// A project's settings were changed.
        SettingsChanged = "SETTINGS_CHANGED";
        /// The tenant's secrets were encrypted anew.
        SecretsResealed = "SECRETS_RESEALED";
        /// Somebody appears for the first time.
        PersonRegistered = "PERSON_REGISTERED";
        /// A ticket's assessment changed, or what it rests on did.
        TicketAssessed = "TICKET_ASSESSED";
        /// A requirement set is used for the first time.
        RequirementsPublished = "REQUIREMENTS_PUBLISHED";
        /// Somebody says to have read what a ticket asks for.
        RequirementsAcknowledged = "REQUIREMENTS_ACKNOWLEDGED";
        /// Somebody set right what was found in a ticket.
        FindingCorrected = "FINDING_CORRECTED";
        /// A ticket was deleted at its source.
        TicketDeleted = "TICKET_DELETED";
        /// A comment was written, edited or deleted at its source.
        CommentRecorded = "COMMENT_RECORDED";
        /// Work was logged on a ticket, or what was logged was changed or deleted.
        WorklogRecorded = "WORKLOG_RECORDED";
        /// A ticket was resolved at its source.
        TicketResolved = "TICKET_RESOLVED";
        /// A ticket moved to another key at its source.
        TicketMoved = "TICKET_MOVED";
        /// Somebody decided on a change.
        HumanReview = "HUMAN_REVIEW";
        /// What was approved is no longer what is there.
        ApprovalStale = "APPROVAL_STALE";
        /// Somebody made a decision in the tracker that does not count.
        ReviewNotCounted = "REVIEW_NOT_COUNTED";
        /// Somebody opened a ticket's gate in an emergency.
        EmergencyReleased = "EMERGENCY_RELEASED";
        /// A ticket was released in an emergency, and nobody decided on it in time.
        EmergencyOverdue = "EMERGENCY_OVERDUE";
        /// A ticket came without an approval to where its project asks for one.
        GateBypassed = "GATE_BYPASSED";
        /// Somebody else wrote where a ticket's gate stands.
        GateTampered = "GATE_TAMPERED";
        /// An approver says that a ticket need not meet a requirement for a while.
        RequirementWaived = "REQUIREMENT_WAIVED";
        /// A waiver will soon hold no longer.
        WaiverExpiring = "WAIVER_EXPIRING";
        /// A waiver holds no longer.
        WaiverEnded = "WAIVER_ENDED";
        /// What was deployed for a ticket is to be watched.
        MonitoringRequested = "MONITORING_REQUESTED";
        /// Whoever watches says to watch it.
        MonitoringAcknowledged = "MONITORING_ACKNOWLEDGED";
        /// Nobody said so in time.
        MonitoringOverdue = "MONITORING_OVERDUE";
        /// The security team was to be told of a ticket.
        SecurityTeamNotified = "SECURITY_TEAM_NOTIFIED";
        /// The verifier judged the ledger.
        Verification = "VERIFICATION";
        /// A part of the ledger was handed out.
        ExportCreated = "EXPORT_CREATED";
        /// Personal data was erased.
        PersonalDataErased = "PERSONAL_DATA_ERASED";
        /// A key to the API was issued or revoked.
        ApiKeyChanged = "API_KEY_CHANGED";
        /// A code host was registered, changed or removed.
        CodeHostChanged = "CODE_HOST_CHANGED";
        /// A Jira site was connected by an API token, changed or let go.
        JiraIntegrationChanged = "JIRA_INTEGRATION_CHANGED";
        /// A feed was set up or removed.
        FeedChanged = "FEED_CHANGED";
        /// An event and a ticket belong together.
        LinkAdded = "LINK_ADDED";
        /// A link no longer holds.
        LinkRevoked = "LINK_REVOKED";
        /// Open tickets are assessed anew, because what they are assessed with changed.
        CatalogChanged = "CATALOG_CHANGED";
        /// Somebody says that code meets a requirement of a ticket.
        ImplementationClaimed = "IMPLEMENTATION_CLAIMED";
        /// What is known of a claim's code changed.
        ClaimChecked = "CLAIM_CHECKED";
    }
    reported {
        /// A model was registered.
        ModelRegistered = "MODEL_REGISTERED";
        /// A model was asked.
        Inference = "INFERENCE";
        /// A training run began.
        TrainingStarted = "TRAINING_STARTED";
        /// A training run ended.
        TrainingCompleted = "TRAINING_COMPLETED";
        /// Something was deployed, or its deployment went on.
        Deployment = "DEPLOYMENT";
        /// Code or configuration was changed: a commit.
        ConfigChange = "CONFIG_CHANGE";
        /// Data was read or exported.
        DataAccess = "DATA_ACCESS";
        /// Something called for attention.
        Alert = "ALERT";
        /// A model is in use that nobody registered.
        ShadowAiDetected = "SHADOW_AI_DETECTED";
        /// A pull request was opened, edited, merged or closed.
        PullRequestChanged = "PULL_REQUEST_CHANGED";
        /// Somebody reviewed code on a code host. Not a decision on a ticket.
        CodeReviewed = "CODE_REVIEWED";
        /// A release was published or withdrawn.
        ReleaseChanged = "RELEASE_CHANGED";
        /// A workflow of a code host ran.
        WorkflowRan = "WORKFLOW_RAN";
    }
}

impl std::fmt::Display for EntryType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

fn members<T: Serialize>(payload: &T, kind: EntryType) -> Result<Map<String, Value>, PayloadError> {
    match serde_json::to_value(payload) {
        Ok(Value::Object(mut members)) => {
            members.insert("version".to_owned(), VERSION.into());
            Ok(members)
        }
        _ => Err(PayloadError::Form { kind }),
    }
}

fn read<T: DeserializeOwned>(canonical: &str, kind: EntryType) -> Result<T, PayloadError> {
    let mut text = serde_json::Deserializer::from_str(canonical);
    match T::deserialize(Members(&mut text)) {
        Ok(payload) if text.end().is_ok() => Ok(payload),
        _ => Err(unread(
            &mut serde_json::Deserializer::from_str(canonical),
            kind,
        )),
    }
}

fn typed<T: DeserializeOwned>(
    members: &Map<String, Value>,
    kind: EntryType,
) -> Result<T, PayloadError> {
    T::deserialize(Members(members)).map_err(|_| unread(members, kind))
}

/// Why members could not be read. Whoever wrote another version may have written anything else too.
fn unread<'de>(members: impl Deserializer<'de>, kind: EntryType) -> PayloadError {
    if is_of_this_version(members) {
        PayloadError::Form { kind }
    } else {
        PayloadError::Version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_names_is_the_serde_names_and_has_no_double() {
        let mut seen = std::collections::BTreeSet::new();
        for kind in EntryType::ALL {
            assert_eq!(
                serde_json::to_value(kind).unwrap(),
                Value::from(kind.as_str())
            );
            assert!(seen.insert(kind.as_str()));
        }
    }

    #[test]
    fn a_payload_reads_back_with_digests_beside_it_and_not_with_anything_else() {
        let payload = Payload::from(KeyAnnounced {
            purpose: KeyPurpose::Ledger,
            key: "countersign/x+00000000+AA".to_owned(),
            sealed_digest: Some("00".repeat(32)),
        });
        let mut members = payload.to_members().unwrap();
        members.insert("_sd".to_owned(), Value::from(vec!["x"]));
        members.insert("_sd_alg".to_owned(), "sha-256".into());
        assert_eq!(Payload::parse("KEY_ANNOUNCED", &members).unwrap(), payload);
        members.insert("more".to_owned(), true.into());
        assert!(Payload::parse("KEY_ANNOUNCED", &members).is_err());
        assert!(Payload::parse("KEY_FORGED", &members).is_err());
        members.remove("more");
        members.insert("version".to_owned(), 2.into());
        assert!(matches!(
            Payload::parse("KEY_ANNOUNCED", &members),
            Err(PayloadError::Version)
        ));
    }
}
