//! What a place that keeps rows has to offer.

use crate::ids::{CodeHostId, EventId, FeedId, IssueId, PersonId, SiteId};
use crate::state::access::{ApiKey, CodeHost, JiraIntegration};
use crate::state::claim::Claim;
use crate::state::correction::CorrectedFinding;
use crate::state::feed::Feed;
use crate::state::link::{EventModel, Link};
use crate::state::release::EmergencyRelease;
use crate::state::rows::{
    Approval, ForgeInstallation, LastVerification, Person, RequirementSet, Settings, Site, Tenant,
    Ticket, TicketApproval,
};
use crate::state::waiver::Waiver;

/// A place that keeps one tenant's rows.
pub trait Rows {
    /// Why reading or writing a row can fail.
    type Error;

    /// The tenant's row, once its key was announced.
    ///
    /// # Errors
    /// If the place fails.
    fn tenant(&mut self) -> Result<Option<Tenant>, Self::Error>;
    /// Keeps the tenant's row.
    ///
    /// # Errors
    /// If the place fails.
    fn put_tenant(&mut self, row: Tenant) -> Result<(), Self::Error>;
    /// A site.
    ///
    /// # Errors
    /// If the place fails.
    fn site(&mut self, site: &SiteId) -> Result<Option<Site>, Self::Error>;
    /// Keeps a site.
    ///
    /// # Errors
    /// If the place fails.
    fn put_site(&mut self, row: Site) -> Result<(), Self::Error>;
    /// Keeps a site's Forge installation.
    ///
    /// # Errors
    /// If the place fails.
    fn put_forge_installation(&mut self, row: ForgeInstallation) -> Result<(), Self::Error>;
    /// Keeps a key to the API.
    ///
    /// # Errors
    /// If the place fails.
    fn put_api_key(&mut self, row: ApiKey) -> Result<(), Self::Error>;
    /// A code host.
    ///
    /// # Errors
    /// If the place fails.
    fn code_host(&mut self, host: &CodeHostId) -> Result<Option<CodeHost>, Self::Error>;
    /// Keeps a code host.
    ///
    /// # Errors
    /// If the place fails.
    fn put_code_host(&mut self, row: CodeHost) -> Result<(), Self::Error>;
    /// A Jira site that an API token opens.
    ///
    /// # Errors
    /// If the place fails.
    fn jira_integration(&mut self, site: &SiteId) -> Result<Option<JiraIntegration>, Self::Error>;
    /// Keeps a Jira site that an API token opens.
    ///
    /// # Errors
    /// If the place fails.
    fn put_jira_integration(&mut self, row: JiraIntegration) -> Result<(), Self::Error>;
    /// Keeps what was last said of a finding of a ticket.
    ///
    /// # Errors
    /// If the place fails.
    fn put_correction(&mut self, row: CorrectedFinding) -> Result<(), Self::Error>;
    /// A feed.
    ///
    /// # Errors
    /// If the place fails.
    fn feed(&mut self, feed: &FeedId) -> Result<Option<Feed>, Self::Error>;
    /// Keeps a feed.
    ///
    /// # Errors
    /// If the place fails.
    fn put_feed(&mut self, row: Feed) -> Result<(), Self::Error>;
    /// A link.
    ///
    /// # Errors
    /// If the place fails.
    fn link(&mut self, link: &EventId) -> Result<Option<Link>, Self::Error>;
    /// Keeps a link.
    ///
    /// # Errors
    /// If the place fails.
    fn put_link(&mut self, row: Link) -> Result<(), Self::Error>;
    /// A waiver.
    ///
    /// # Errors
    /// If the place fails.
    fn waiver(&mut self, waiver: &EventId) -> Result<Option<Waiver>, Self::Error>;
    /// A ticket's waivers that hold as far as the entries say.
    ///
    /// # Errors
    /// If the place fails.
    fn holding_waivers(
        &mut self,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Vec<Waiver>, Self::Error>;
    /// Keeps a waiver.
    ///
    /// # Errors
    /// If the place fails.
    fn put_waiver(&mut self, row: Waiver) -> Result<(), Self::Error>;
    /// A claim whose marker is looked for again.
    ///
    /// # Errors
    /// If the place fails.
    fn claim(&mut self, claim: &EventId) -> Result<Option<Claim>, Self::Error>;
    /// Keeps a claim.
    ///
    /// # Errors
    /// If the place fails.
    fn put_claim(&mut self, row: Claim) -> Result<(), Self::Error>;
    /// Keeps a model that an event is about besides its subject.
    ///
    /// # Errors
    /// If the place fails.
    fn put_event_model(&mut self, row: EventModel) -> Result<(), Self::Error>;
    /// Keeps settings.
    ///
    /// # Errors
    /// If the place fails.
    fn put_settings(&mut self, row: Settings) -> Result<(), Self::Error>;
    /// Keeps a person.
    ///
    /// # Errors
    /// If the place fails.
    fn put_person(&mut self, row: Person) -> Result<(), Self::Error>;
    /// Forgets a person.
    ///
    /// # Errors
    /// If the place fails.
    fn remove_person(&mut self, person: &PersonId) -> Result<(), Self::Error>;
    /// A ticket.
    ///
    /// # Errors
    /// If the place fails.
    fn ticket(&mut self, site: &SiteId, issue: &IssueId) -> Result<Option<Ticket>, Self::Error>;
    /// Where a ticket's approval stands, and its release in an emergency; nowhere if there is no such ticket.
    ///
    /// # Errors
    /// If the place fails.
    fn decided(
        &mut self,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<(TicketApproval, Option<EmergencyRelease>), Self::Error> {
        let ticket = self.ticket(site, issue)?;
        Ok(ticket.map_or((TicketApproval::None, None), |ticket| {
            (ticket.approval, ticket.release)
        }))
    }
    /// Keeps a ticket.
    ///
    /// # Errors
    /// If the place fails.
    fn put_ticket(&mut self, row: Ticket) -> Result<(), Self::Error>;
    /// A ticket's decisions that count.
    ///
    /// # Errors
    /// If the place fails.
    fn counting(&mut self, site: &SiteId, issue: &IssueId) -> Result<Vec<Approval>, Self::Error>;
    /// Keeps a decision.
    ///
    /// # Errors
    /// If the place fails.
    fn put_approval(&mut self, row: Approval) -> Result<(), Self::Error>;
    /// Keeps a requirement set.
    ///
    /// # Errors
    /// If the place fails.
    fn put_requirement_set(&mut self, row: RequirementSet) -> Result<(), Self::Error>;
    /// Keeps the last verification.
    ///
    /// # Errors
    /// If the place fails.
    fn put_verification(&mut self, row: LastVerification) -> Result<(), Self::Error>;
}
