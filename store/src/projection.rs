//! The projection tables: rows that follow from the entries, written by the fold inside the append, and
//! read by pages. One file per topic; nothing else writes them.

mod api_keys;
mod approvals;
mod claims;
mod code_hosts;
mod corrections;
mod event_models;
mod feeds;
mod forge_installations;
mod jira_integrations;
mod links;
mod people;
mod singles;
mod sites;
mod tickets;
mod waivers;

pub use code_hosts::CodeHostCredential;
pub(crate) use code_hosts::code_host_secrets_purpose;
pub(crate) use feeds::feed_purpose;
pub use jira_integrations::JiraCredential;
pub(crate) use jira_integrations::integration_purpose;
pub use people::ACCOUNT_ID;
pub use tickets::{ReleaseOver, TicketRow};
pub use waivers::DueWaiver;

use record::ids::{CodeHostId, EventId, FeedId, IssueId, PersonId, SiteId};
use record::state::{
    ApiKey, Approval, Claim, CodeHost, CorrectedFinding, EventModel, Feed, ForgeInstallation,
    JiraIntegration, LastVerification, Link, Person, RequirementSet, Rows, Settings, Site, Tenant,
    Ticket, Waiver,
};

use crate::error::StoreError;
use crate::tx::Tx;

impl Rows for Tx<'_> {
    type Error = StoreError;

    fn tenant(&mut self) -> Result<Option<Tenant>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.tenant(&tenant)
    }

    fn put_tenant(&mut self, row: Tenant) -> Result<(), StoreError> {
        self.keep_tenant(&row)
    }

    fn site(&mut self, site: &SiteId) -> Result<Option<Site>, StoreError> {
        let tenant = self.tenant.clone();
        Ok(self
            .db
            .site_with_secret(&tenant, site)?
            .map(|(site, _)| site))
    }

    fn put_site(&mut self, row: Site) -> Result<(), StoreError> {
        self.keep_site(row)
    }

    fn put_forge_installation(&mut self, row: ForgeInstallation) -> Result<(), StoreError> {
        self.keep_forge_installation(row)
    }

    fn put_api_key(&mut self, row: ApiKey) -> Result<(), StoreError> {
        self.keep_api_key(row)
    }

    fn code_host(&mut self, host: &CodeHostId) -> Result<Option<CodeHost>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.code_host(&tenant, host)
    }

    fn put_code_host(&mut self, row: CodeHost) -> Result<(), StoreError> {
        self.keep_code_host(row)
    }

    fn jira_integration(&mut self, site: &SiteId) -> Result<Option<JiraIntegration>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.jira_integration(&tenant, site)
    }

    fn put_jira_integration(&mut self, row: JiraIntegration) -> Result<(), StoreError> {
        self.keep_jira_integration(row)
    }

    fn put_correction(&mut self, row: CorrectedFinding) -> Result<(), StoreError> {
        self.keep_correction(row)
    }

    fn feed(&mut self, feed: &FeedId) -> Result<Option<Feed>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.feed(&tenant, feed)
    }

    fn put_feed(&mut self, row: Feed) -> Result<(), StoreError> {
        self.keep_feed(row)
    }

    fn link(&mut self, link: &EventId) -> Result<Option<Link>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.link(&tenant, link)
    }

    fn put_link(&mut self, row: Link) -> Result<(), StoreError> {
        self.keep_link(row)
    }

    fn waiver(&mut self, waiver: &EventId) -> Result<Option<Waiver>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.waiver(&tenant, waiver)
    }

    fn holding_waivers(
        &mut self,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Vec<Waiver>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.holding_waivers(&tenant, site, issue)
    }

    fn put_waiver(&mut self, row: Waiver) -> Result<(), StoreError> {
        self.keep_waiver(row)
    }

    fn claim(&mut self, claim: &EventId) -> Result<Option<Claim>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.claim(&tenant, claim)
    }

    fn put_claim(&mut self, row: Claim) -> Result<(), StoreError> {
        self.keep_claim(row)
    }

    fn put_event_model(&mut self, row: EventModel) -> Result<(), StoreError> {
        self.keep_event_model(&row)
    }

    fn put_settings(&mut self, row: Settings) -> Result<(), StoreError> {
        self.keep_settings(row)
    }

    fn put_person(&mut self, row: Person) -> Result<(), StoreError> {
        self.keep_person(&row)
    }

    fn remove_person(&mut self, person: &PersonId) -> Result<(), StoreError> {
        self.forget_person(person)
    }

    fn ticket(&mut self, site: &SiteId, issue: &IssueId) -> Result<Option<Ticket>, StoreError> {
        let tenant = self.tenant.clone();
        Ok(self.db.ticket(&tenant, site, issue)?.map(|row| row.ticket))
    }

    fn put_ticket(&mut self, row: Ticket) -> Result<(), StoreError> {
        self.keep_ticket(row)
    }

    fn counting(&mut self, site: &SiteId, issue: &IssueId) -> Result<Vec<Approval>, StoreError> {
        let tenant = self.tenant.clone();
        self.db.counting_approvals(&tenant, site, issue)
    }

    fn put_approval(&mut self, row: Approval) -> Result<(), StoreError> {
        self.keep_approval(row)
    }

    fn put_requirement_set(&mut self, row: RequirementSet) -> Result<(), StoreError> {
        self.keep_requirement_set(&row)
    }

    fn put_verification(&mut self, row: LastVerification) -> Result<(), StoreError> {
        self.keep_verification(&row)
    }
}
