//! Where a person reads a ticket.

use record::ids::{SiteId, TenantId, TicketKey};
use store::{Db, StoreError};

/// The page of a ticket of this key; none if the site is not known any more.
pub(crate) fn page_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    site: &SiteId,
    key: &TicketKey,
) -> Result<Option<String>, StoreError> {
    let address = match db.forge_installation(tenant, site)? {
        Some(forge) => Some(forge.base_url),
        None => {
            let sites = db.sites(tenant)?.into_iter().flatten();
            let with_app = sites.into_iter().find(|known| known.site == *site);
            with_app.map(|known| known.base_url)
        }
    };
    let address = match address {
        Some(address) => Some(address),
        None => db
            .jira_integration(tenant, site)?
            .map(|known| known.base_url),
    };
    Ok(address.map(|address| format!("{}/browse/{key}", address.trim_end_matches('/'))))
}
