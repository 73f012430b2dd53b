//! The rows in memory, as the verifier and the auditor's check keep them: as many as there are tickets,
//! people, decisions and links, never as many as there are entries.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use crate::ids::{ApiKeyId, CodeHostId, EventId, FeedId, IssueId, PersonId, ProjectKey, SiteId};
use crate::state::access::{ApiKey, CodeHost, JiraIntegration};
use crate::state::by_ticket::ByTicket;
use crate::state::claim::Claim;
use crate::state::correction::CorrectedFinding;
use crate::state::feed::Feed;
use crate::state::kept::Rows;
use crate::state::link::{EventModel, Link};
use crate::state::release::EmergencyRelease;
use crate::state::rows::{
    Approval, ApprovalState, ForgeInstallation, LastVerification, Person, RequirementSet, Settings,
    Site, Tenant, Ticket, TicketApproval,
};
use crate::state::waiver::Waiver;

/// One tenant's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The tenant's own row.
    pub tenant: Option<Tenant>,
    /// Sites by id.
    pub sites: BTreeMap<SiteId, Site>,
    /// Forge installations by site.
    pub forge_installations: BTreeMap<SiteId, ForgeInstallation>,
    /// Settings by site and project.
    pub settings: BTreeMap<(SiteId, Option<ProjectKey>), Settings>,
    /// People by id.
    pub people: BTreeMap<PersonId, Person>,
    /// Tickets by site and the tracker's id.
    pub tickets: ByTicket<Ticket>,
    /// Decisions by their entry.
    pub approvals: BTreeMap<EventId, Approval>,
    /// Requirement sets by version.
    pub requirement_sets: BTreeMap<String, RequirementSet>,
    /// Keys to the API by id.
    pub api_keys: BTreeMap<ApiKeyId, ApiKey>,
    /// Code hosts by id.
    pub code_hosts: BTreeMap<CodeHostId, CodeHost>,
    /// Jira sites that an API token opens, by id.
    pub jira_integrations: BTreeMap<SiteId, JiraIntegration>,
    /// What was last said of findings, by site, ticket and indicator.
    pub corrections: BTreeMap<(SiteId, IssueId, String), CorrectedFinding>,
    /// Feeds by id.
    pub feeds: BTreeMap<FeedId, Feed>,
    /// Links by their entry.
    pub links: BTreeMap<EventId, Link>,
    /// Waivers by their entry.
    pub waivers: BTreeMap<EventId, Waiver>,
    /// Claims whose markers are looked for again, by their entry.
    pub claims: BTreeMap<EventId, Claim>,
    /// Models that events are about besides their subject.
    pub event_models: BTreeSet<EventModel>,
    /// The last verification.
    pub verification: Option<LastVerification>,
    counting: ByTicket<Vec<EventId>>,
    holding: ByTicket<BTreeSet<EventId>>,
}

impl Rows for State {
    type Error = Infallible;

    fn tenant(&mut self) -> Result<Option<Tenant>, Infallible> {
        Ok(self.tenant.clone())
    }

    fn put_tenant(&mut self, row: Tenant) -> Result<(), Infallible> {
        self.tenant = Some(row);
        Ok(())
    }

    fn site(&mut self, site: &SiteId) -> Result<Option<Site>, Infallible> {
        Ok(self.sites.get(site).cloned())
    }

    fn put_site(&mut self, row: Site) -> Result<(), Infallible> {
        self.sites.insert(row.site.clone(), row);
        Ok(())
    }

    fn put_forge_installation(&mut self, row: ForgeInstallation) -> Result<(), Infallible> {
        self.forge_installations.insert(row.site.clone(), row);
        Ok(())
    }

    fn put_api_key(&mut self, row: ApiKey) -> Result<(), Infallible> {
        self.api_keys.insert(row.key.clone(), row);
        Ok(())
    }

    fn code_host(&mut self, host: &CodeHostId) -> Result<Option<CodeHost>, Infallible> {
        Ok(self.code_hosts.get(host).cloned())
    }

    fn put_code_host(&mut self, row: CodeHost) -> Result<(), Infallible> {
        self.code_hosts.insert(row.host.clone(), row);
        Ok(())
    }

    fn jira_integration(&mut self, site: &SiteId) -> Result<Option<JiraIntegration>, Infallible> {
        Ok(self.jira_integrations.get(site).cloned())
    }

    fn put_jira_integration(&mut self, row: JiraIntegration) -> Result<(), Infallible> {
        self.jira_integrations.insert(row.site.clone(), row);
        Ok(())
    }

    fn put_correction(&mut self, row: CorrectedFinding) -> Result<(), Infallible> {
        let of = (row.site.clone(), row.issue.clone(), row.indicator.clone());
        self.corrections.insert(of, row);
        Ok(())
    }

    fn feed(&mut self, feed: &FeedId) -> Result<Option<Feed>, Infallible> {
        Ok(self.feeds.get(feed).cloned())
    }

    fn put_feed(&mut self, row: Feed) -> Result<(), Infallible> {
        self.feeds.insert(row.feed.clone(), row);
        Ok(())
    }

    fn link(&mut self, link: &EventId) -> Result<Option<Link>, Infallible> {
        Ok(self.links.get(link).cloned())
    }

    fn put_link(&mut self, row: Link) -> Result<(), Infallible> {
        self.links.insert(row.link.clone(), row);
        Ok(())
    }

    fn waiver(&mut self, waiver: &EventId) -> Result<Option<Waiver>, Infallible> {
        Ok(self.waivers.get(waiver).cloned())
    }

    fn holding_waivers(
        &mut self,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<Vec<Waiver>, Infallible> {
        let events = self.holding.get(site, issue).into_iter().flatten();
        Ok(events
            .filter_map(|event| self.waivers.get(event))
            .cloned()
            .collect())
    }

    fn put_waiver(&mut self, row: Waiver) -> Result<(), Infallible> {
        let holding = self.holding.of(&row.site, &row.issue);
        match row.state.holds() {
            true => holding.insert(row.waiver.clone()),
            false => holding.remove(&row.waiver),
        };
        self.waivers.insert(row.waiver.clone(), row);
        Ok(())
    }

    fn claim(&mut self, claim: &EventId) -> Result<Option<Claim>, Infallible> {
        Ok(self.claims.get(claim).cloned())
    }

    fn put_claim(&mut self, row: Claim) -> Result<(), Infallible> {
        self.claims.insert(row.claim.clone(), row);
        Ok(())
    }

    fn put_event_model(&mut self, row: EventModel) -> Result<(), Infallible> {
        self.event_models.insert(row);
        Ok(())
    }

    fn put_settings(&mut self, row: Settings) -> Result<(), Infallible> {
        self.settings
            .insert((row.site.clone(), row.project.clone()), row);
        Ok(())
    }

    fn put_person(&mut self, row: Person) -> Result<(), Infallible> {
        self.people.insert(row.person.clone(), row);
        Ok(())
    }

    fn remove_person(&mut self, person: &PersonId) -> Result<(), Infallible> {
        self.people.remove(person);
        Ok(())
    }

    fn ticket(&mut self, site: &SiteId, issue: &IssueId) -> Result<Option<Ticket>, Infallible> {
        Ok(self.tickets.get(site, issue).cloned())
    }

    fn decided(
        &mut self,
        site: &SiteId,
        issue: &IssueId,
    ) -> Result<(TicketApproval, Option<EmergencyRelease>), Infallible> {
        let ticket = self.tickets.get(site, issue);
        Ok(ticket.map_or((TicketApproval::None, None), |ticket| {
            (ticket.approval, ticket.release.clone())
        }))
    }

    fn put_ticket(&mut self, row: Ticket) -> Result<(), Infallible> {
        match self.tickets.get_mut(&row.site, &row.issue) {
            Some(ticket) => *ticket = row,
            None => self.tickets.put(row.site.clone(), row.issue.clone(), row),
        }
        Ok(())
    }

    fn counting(&mut self, site: &SiteId, issue: &IssueId) -> Result<Vec<Approval>, Infallible> {
        let events = self.counting.get(site, issue);
        Ok(events
            .into_iter()
            .flatten()
            .filter_map(|event| self.approvals.get(event))
            .cloned()
            .collect())
    }

    fn put_approval(&mut self, row: Approval) -> Result<(), Infallible> {
        let counting = self.counting.of(&row.site, &row.issue);
        counting.retain(|event| *event != row.event);
        if row.state == ApprovalState::Counting {
            counting.push(row.event.clone());
        }
        self.approvals.insert(row.event.clone(), row);
        Ok(())
    }

    fn put_requirement_set(&mut self, row: RequirementSet) -> Result<(), Infallible> {
        self.requirement_sets.insert(row.set.clone(), row);
        Ok(())
    }

    fn put_verification(&mut self, row: LastVerification) -> Result<(), Infallible> {
        self.verification = Some(row);
        Ok(())
    }
}
