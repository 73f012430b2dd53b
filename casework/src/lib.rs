//! The use cases: what happens when a site installs the app, a notification comes in, a ticket is to be
//! assessed, somebody decides, a checkpoint is due, a report arrives, somebody is to be forgotten.
//!
//! Each reads as: learn from the source, decide, make one change in the store. No HTTP server and no
//! SQL here; what a vendor's payload looks like is `jira`'s business.

mod acknowledgements;
mod api_keys;
mod assess;
mod backoff;
mod bypass;
mod catalog_change;
mod checkpoint;
mod code_hosts;
mod comments;
mod content;
mod corrections;
mod coverage;
mod deleted;
mod deputies;
mod developing;
mod effects;
mod emergency;
mod erase;
mod error;
mod events;
mod feeds;
mod forge;
mod forge_tokens;
mod gate;
mod heads;
mod inbox;
mod install;
mod jira_integrations;
mod keep_claim;
mod lately;
mod licence;
mod link_pattern;
mod linking;
mod monitoring;
mod moves;
mod notices;
mod panel;
mod people;
mod published;
mod registrar;
mod reports;
mod review;
mod reviewers;
mod same_site;
mod settings;
mod sites;
mod stale;
mod standing;
mod statement;
mod sync;
mod ticket_page;
mod times;
mod told_by_history;
mod trail;
mod waivers;
mod worklogs;

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use compliance::Assessor;
use jira::BaseUrl;
use jira::connect::identity::AppKey;
use jira::forge::AppId;
use jira::rest::LimitsNow;
use store::Store;

pub use acknowledgements::{AcknowledgementRefused, AcknowledgementView};
pub use api_keys::{ApiCaller, ApiKeySecret, KeyProblem, KeyRefused, KeyRequest};
pub use catalog_change::{
    CatalogEffect, CatalogRefused, ConflictEffect, FrameworkEffect, RequirementEffect, ScanPage,
    ScanRequest, ScannedFinding, ScannedTicket, TicketEffect,
};
pub use checkpoint::SigningRefused;
pub use code_hosts::{CodeHostRefused, CodeHostRequest, KnownCodeHost, RegisteredCodeHost};
pub use corrections::{CorrectionLine, CorrectionRefused, CorrectionRequest};
pub use coverage::{
    AfterTicket, CoveragePage, CoverageWanted, CoveredApproval, CoveredDeployment,
    CoveredRequirement, CoveredTicket, CoveredWaiver,
};
pub use deputies::{DeputyRefused, DeputyRequest, DeputySet};
pub use developing::{
    CheckView, CheckedView, ClaimCheck, ClaimChecks, ClaimRefused, ClaimView, ClaimedPlace, Claims,
    FrameworkGiven, LookedForPage, LookedForView, NotGiven, PromptForm, PromptView,
    RequirementsView, ValidationView, WhichTicket,
};
pub use emergency::{EmergencyRefused, ReleaseView};
pub use error::CaseError;
pub use events::{EventReport, ReportingRefused, in_utc};
pub use feed::{FeedSecret, MailAddress, MailServer, NotTaken};
pub use feeds::{FeedLanes, FeedRefused, FeedRequest, FeedStanding};
pub use forge::ForgeRefused;
pub use install::InstallRefused;
pub use jira_integrations::{ConnectedJira, JiraRefused, JiraRequest, same_secret};
pub use licence::{Licensing, NoLicence};
pub use link_pattern::PatternRefused;
pub use linking::{LinkRefused, ManualLink};
pub use monitoring::{Acknowledged, MonitoringRefused};
pub use panel::{
    AssessRefused, EvidenceLine, FrameworkLine, HistoryLine, IndicatorChoice, Integrity, Panel,
    PanelState, RequirementGroup, RequirementLine, Verdict, Words,
};
pub use registrar::Registrar;
pub use reports::ReportRefused;
pub use review::{ReviewRefused, ReviewRequest};
pub use reviewers::NotAReviewer;
pub use settings::{
    ApprovalLine, FrameworkEdition, RulesLine, SettingsLine, SettingsPage, SettingsRefused,
    SettingsRequest,
};
pub use sites::{ActiveSite, SiteRefused};
pub use statement::{Reason, StatementRefused, Stating};
pub use sync::Synced;
pub use times::LastDay;
pub use trail::{
    ActorView, ApprovalView, ConsistencyView, DecisionView, EventFilter, EventPage, EventView,
    GateReason, GateState, GateView, LedgerView, LinkView, Proven, Standing, Start, TicketData,
    TicketView, Trail,
};
pub use waivers::{WaiveRequest, WaiverRefused, WaiverView};

/// Everything the use cases work with. Cheap to clone; the clones share everything.
#[derive(Clone, Debug)]
pub struct Casework {
    store: Store,
    jira: jira::rest::Client,
    app_key: AppKey,
    assessor: Arc<Assessor>,
    heads: Arc<heads::Heads>,
    /// A name for this server among several, new at every start.
    server: Arc<str>,
    /// How many ledgers it refused to sign or to follow, the last time it looked.
    refused: Arc<AtomicUsize>,
    accounts: Arc<people::OwnAccounts>,
    forge_tokens: forge_tokens::ForgeTokens,
    key_uses: Arc<api_keys::KeyUses>,
    known_sites: Arc<linking::KnownSites>,
    licences: Arc<licence::Licences>,
    forge_app: Option<AppId>,
    gate_fields: gate::GateFields,
    /// Made when it is first needed.
    github: Arc<OnceLock<github::Api>>,
    looked_at: catalog_change::LookedAt,
    watches: monitoring::Watches,
    mail: Option<feed::MailClient>,
    /// Atlassian's gateway, where sites are reached with Forge's tokens.
    gateway: BaseUrl,
}

impl Casework {
    /// The use cases over this store and client. `gateway` is Atlassian's, for sites with the Forge app; `heads` is the directory, outside the database, where
    /// the last signed checkpoint of each ledger is kept.
    #[must_use]
    pub fn new(
        store: Store,
        jira: jira::rest::Client,
        app_key: AppKey,
        gateway: BaseUrl,
        heads: PathBuf,
    ) -> Self {
        Self {
            store,
            jira,
            app_key,
            assessor: Arc::new(Assessor::built_in()),
            heads: Arc::new(heads::Heads::new(heads)),
            server: store::instance_name().into(),
            refused: Arc::default(),
            accounts: Arc::default(),
            forge_tokens: forge_tokens::ForgeTokens::default(),
            key_uses: Arc::default(),
            known_sites: Arc::default(),
            licences: Arc::default(),
            forge_app: None,
            gate_fields: gate::GateFields::default(),
            github: Arc::default(),
            looked_at: catalog_change::LookedAt::default(),
            watches: monitoring::Watches::default(),
            mail: None,
            gateway,
        }
    }

    /// The same, where licences count or do not. Without this they do not.
    #[must_use]
    pub fn with_licensing(self, licensing: Licensing) -> Self {
        Self {
            licences: Arc::new(licence::Licences::new(licensing)),
            ..self
        }
    }

    /// The same, with an organisation's own catalog and answers. Without this the built-in ones.
    #[must_use]
    pub fn with_assessor(self, assessor: Arc<Assessor>) -> Self {
        Self { assessor, ..self }
    }

    /// The same, with this Forge app: whose field the gate is.
    #[must_use]
    pub fn with_forge_app(self, forge_app: Option<AppId>) -> Self {
        Self { forge_app, ..self }
    }

    /// The same, sending mails through this server, from this mailbox. Without this none is sent.
    ///
    /// # Errors
    /// If the machine lacks what TLS needs.
    pub fn with_mail(self, server: MailServer, from: MailAddress) -> Result<Self, NotTaken> {
        Ok(Self {
            mail: Some(feed::MailClient::new(server, from)?),
            ..self
        })
    }

    /// Whether the mail server lets this one in; none where no mail is sent.
    pub async fn try_mail_server(&self) -> Option<Result<(), NotTaken>> {
        match &self.mail {
            Some(mail) => Some(mail.try_out().await),
            None => None,
        }
    }

    /// What Jira asked us to hold back, and what was spent of its budget.
    #[must_use]
    pub fn limits(&self) -> LimitsNow {
        self.jira.limits()
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }
}

/// The name under which the server acts.
const SERVER: &str = "countersign-server";

fn server() -> ledger::Actor {
    ledger::Actor {
        id: SERVER.to_owned(),
        kind: ledger::ActorKind::System,
    }
}

fn person(id: &record::ids::PersonId) -> ledger::Actor {
    ledger::Actor {
        id: id.as_str().to_owned(),
        kind: ledger::ActorKind::Person,
    }
}

/// What entries about a ticket name as their subject.
fn subject_of(site: &record::ids::SiteId, issue: &record::ids::IssueId) -> String {
    format!("ticket/{site}/{issue}")
}
