//! The rows that entries lead to: those of installations, people, tickets and decisions.

use serde::{Deserialize, Serialize};

use crate::entries::{HumanReview, ReviewRules, ReviewScope, TicketId};
use crate::facts::Tracker;
use crate::ids::{EventId, IssueId, PersonId, ProjectKey, SiteId, TicketKey};
use crate::state::claim::ClaimStanding;
use crate::state::release::EmergencyRelease;
use crate::state::waiver::WaiverState;

/// The tenant's own row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tenant {
    /// The ledger's public key.
    pub ledger_key: String,
    /// SHA-256 of the encrypted signing key; hex.
    pub signing_key_digest: String,
    /// When the first entry was received.
    pub since: String,
}

/// A site with the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Its id.
    pub site: SiteId,
    /// Its own name for the installation.
    pub client_key: String,
    /// Its address.
    pub base_url: String,
    /// Its cloud id, where known.
    pub cloud_id: Option<String>,
    /// Whether the app works there: ENABLED, DISABLED or UNINSTALLED.
    pub state: String,
    /// SHA-256 of the encrypted shared secret; hex.
    pub secret_digest: String,
    /// The entry it follows from.
    pub seq: u64,
}

/// A site with the Forge app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForgeInstallation {
    /// The site.
    pub site: SiteId,
    /// Its cloud id.
    pub cloud_id: String,
    /// Forge's name for the installation.
    pub installation_id: String,
    /// The site's address.
    pub base_url: String,
    /// Whether the app works there: ENABLED or UNINSTALLED.
    pub state: String,
    /// The entry it follows from.
    pub seq: u64,
}

/// A project's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// The site.
    pub site: SiteId,
    /// The project; none for all others.
    pub project: Option<ProjectKey>,
    /// The project role whose members may approve.
    pub approver_role: Option<String>,
    /// The group whose members may approve.
    pub approver_group: Option<String>,
    /// Whether assignee and reporter may approve.
    pub own_ticket: bool,
    /// How decisions are made.
    pub rules: ReviewRules,
    /// The entry it follows from.
    pub seq: u64,
}

/// Somebody known by a random id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The id.
    pub person: PersonId,
    /// The site of the account.
    pub site: SiteId,
    /// The entry it follows from, beside which the account id stands.
    pub seq: u64,
}

/// A ticket's standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// The site.
    pub site: SiteId,
    /// The tracker's id.
    pub issue: IssueId,
    /// The key, as last seen.
    pub key: TicketKey,
    /// Whether it was deleted at its source.
    pub deleted: bool,
    /// The content hash last assessed.
    pub content_hash: String,
    /// SHA-256 of the ticket's own key; hex.
    pub content_key_digest: String,
    /// The catalog last used.
    pub catalog: String,
    /// The requirement set that applies.
    pub requirement_set: String,
    /// The severity's word.
    pub severity: String,
    /// The risk score in tenths.
    pub risk_tenths: u8,
    /// The assessment's entry.
    pub assessed_by: EventId,
    /// Its position.
    pub assessed_seq: u64,
    /// Where approval stands.
    pub approval: TicketApproval,
    /// Its release in an emergency, if nobody has decided on it since.
    pub release: Option<EmergencyRelease>,
}

impl Ticket {
    /// Until when its release in an emergency opens its gate, if it does at this time.
    #[must_use]
    pub fn released_at(&self, now: &str) -> Option<&str> {
        let release = self.release.as_ref()?;
        let until = release.until.as_deref()?;
        (until > now && release.project == self.key.project() && !self.deleted).then_some(until)
    }

    /// The ticket by its name in payloads, with the key as last seen.
    #[must_use]
    pub fn named(&self) -> TicketId {
        TicketId {
            tracker: Tracker::Jira,
            site: self.site.clone(),
            id: self.issue.clone(),
            key: self.key.clone(),
        }
    }
}

/// Where a ticket's approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TicketApproval {
    /// Nobody has decided, or whoever did took it back.
    None,
    /// An approval counts.
    Approved,
    /// Approvals count, and more are needed.
    Partly,
    /// The last decision was a rejection.
    Rejected,
    /// An approval was given, but not for what is there now.
    Stale,
}

/// Whether an approval counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ApprovalState {
    /// It counts.
    Counting,
    /// A later decision took its place.
    Superseded,
    /// What was approved changed.
    Stale,
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* }) => {
        impl $name {
            /// The word that stands in the row.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value of a row's word, if it is one.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
words!(ClaimStanding {
    Present = "PRESENT", Moved = "MOVED", Drifted = "DRIFTED", Gone = "GONE", Replaced = "REPLACED"
});
words!(TicketApproval {
    None = "NONE", Approved = "APPROVED", Partly = "PARTLY", Rejected = "REJECTED", Stale = "STALE"
});
words!(ReviewScope { Plan = "PLAN", Code = "CODE" });
words!(WaiverState { Given = "GIVEN", Expiring = "EXPIRING", Ended = "ENDED", Superseded = "SUPERSEDED" });
words!(ApprovalState { Counting = "COUNTING", Superseded = "SUPERSEDED", Stale = "STALE" });

/// A decision on a ticket: approval, rejection, or that one was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Approval {
    /// Its HUMAN_REVIEW entry.
    pub event: EventId,
    /// The entry's position.
    pub seq: u64,
    /// The site.
    pub site: SiteId,
    /// The tracker's id of the ticket.
    pub issue: IssueId,
    /// Who decided.
    pub reviewer: PersonId,
    /// In which role.
    pub role: String,
    /// For which group that the ticket needs an approval of.
    pub speaks_for: Option<String>,
    /// In whose place, as that one's deputy.
    pub in_place_of: Option<PersonId>,
    /// What the decision covers.
    pub scope: ReviewScope,
    /// APPROVED or REJECTED.
    pub decision: String,
    /// The content it was about.
    pub content_hash: String,
    /// The requirement set it was about.
    pub requirement_set: String,
    /// When it was received.
    pub reviewed_at: String,
    /// Whether it counts.
    pub state: ApprovalState,
}

impl Approval {
    pub(super) fn of(review: HumanReview, event: &EventId, seq: u64) -> Self {
        Self {
            event: event.clone(),
            seq,
            site: review.ticket.site,
            issue: review.ticket.id,
            reviewer: review.reviewer.person,
            role: review.reviewer.role,
            speaks_for: review.reviewer.speaks_for,
            in_place_of: review.reviewer.in_place_of,
            scope: review.scope,
            decision: review.decision.as_str().to_owned(),
            content_hash: review.content_hash,
            requirement_set: review.requirement_set,
            reviewed_at: review.reviewed_at,
            state: ApprovalState::Counting,
        }
    }
}

/// A requirement set that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequirementSet {
    /// Its version.
    pub set: String,
    /// The entry that holds it.
    pub seq: u64,
}

/// The last verification that the ledger knows of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastVerification {
    /// The verdict's word.
    pub verdict: String,
    /// How many entries were walked.
    pub size: u64,
    /// How many findings.
    pub findings: u64,
    /// When, by the verifier's clock.
    pub verified_at: String,
    /// The entry it follows from.
    pub seq: u64,
}
