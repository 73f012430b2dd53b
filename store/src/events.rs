//! Events: entries of one delivery, kept all or none, each together with the work of linking it. A delivery is carried
//! out together with others, in as many statements for all of them as there are tenants.

use diesel::prelude::*;
use record::entries::IntegrationState;
use record::facts::{EventRecorded, Fact};
use record::ids::{EventId, SiteId, TenantId};

use crate::append::{Appended, Drafted, NewEntry};
use crate::connection::{Connection, on_either};
use crate::db::Db;
use crate::error::StoreError;
use crate::inbox::{Delivery, receive_all};
use crate::schema::{forge_installations, jira_integrations, sites};
use crate::tx::Tx;

/// An entry about an event.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The entry.
    pub entry: NewEntry,
    /// Whether it may lead to tickets: then it is looked into on each of the tenant's sites in use.
    pub leads_to_tickets: bool,
}

impl NewEvent {
    /// The entry, received now.
    pub(crate) fn drafted(&self, tenant: &TenantId) -> Result<Drafted, StoreError> {
        Ok(Drafted {
            to_be_linked: self.leads_to_tickets,
            ..Drafted::of(&self.entry, tenant)?
        })
    }
}

impl Tx<'_> {
    /// Appends an event; a fresh one is queued to be linked.
    ///
    /// # Errors
    /// As [`Tx::append`].
    pub fn append_event(&mut self, new: NewEvent) -> Result<Appended, StoreError> {
        let appended = self.append(new.entry)?;
        if appended.fresh && new.leads_to_tickets {
            let tenant = self.tenant.clone();
            queue_linking(self.db.conn, &tenant, std::slice::from_ref(&appended.id))?;
        }
        Ok(appended)
    }
}

/// Queues these events of one tenant's to be looked into on each of its sites in use, in the transaction that keeps them.
pub(crate) fn queue_linking(
    connection: &mut Connection,
    tenant: &TenantId,
    events: &[EventId],
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let sites = Db::new(connection).sites_in_use(tenant)?;
    let on_each_site = events
        .iter()
        .flat_map(|event| sites.iter().map(move |site| (event, site)));
    let deliveries: Vec<_> = on_each_site
        .map(|(event, site)| {
            let fact = Fact::EventRecorded(EventRecorded {
                event: event.clone(),
            });
            let delivery = Delivery {
                site: site.clone(),
                key: fact.key(),
                fact,
            };
            (tenant.clone(), delivery)
        })
        .collect();
    receive_all(connection, &deliveries).map(drop)
}

impl Db<'_> {
    /// The tenant's sites in use: those with the app, through whichever door, and those that an API token opens.
    ///
    /// # Errors
    /// If the database fails.
    pub fn sites_in_use(&mut self, tenant: &TenantId) -> Result<Vec<SiteId>, StoreError> {
        let connect = sites::table
            .filter(sites::tenant.eq(tenant.as_str()))
            .filter(sites::state.ne("UNINSTALLED"))
            .select(sites::id);
        let forge = forge_installations::table
            .filter(forge_installations::tenant.eq(tenant.as_str()))
            .filter(forge_installations::state.ne("UNINSTALLED"))
            .select(forge_installations::site);
        let by_token = jira_integrations::table
            .filter(jira_integrations::tenant.eq(tenant.as_str()))
            .filter(jira_integrations::state.eq(IntegrationState::Enabled.as_str()))
            .select(jira_integrations::site);
        let ids: Vec<String> =
            on_either!(self.conn, conn => connect.union(forge).union(by_token).load(conn)?);
        // An id that is not what was written is the verifier's finding, and keeps no other site from its events.
        let mut sites: Vec<SiteId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        sites.sort_unstable();
        Ok(sites)
    }
}
