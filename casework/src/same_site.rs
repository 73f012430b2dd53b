//! Whether a site that comes through one door is one that has the app through the other. It keeps its tenant then, and
//! with it ledger, keys and settings.
//!
//! That it is the same is proven at the site itself, never by what a call says: with Forge's token the site tells its
//! address, and at that address it takes our Connect secret. Where Connect was removed or switched off before, it takes
//! no secret any more; then cloud id and address must both be the ones on record.

use jira::BaseUrl;
use jira::connect::lifecycle::Installed;
use jira::forge::Invocation;
use record::entries::InstallationState;
use record::ids::{SiteId, TenantId};

use crate::error::CaseError;
use crate::{Casework, ForgeRefused};

impl Casework {
    /// The site that has the app through Connect and is proven to be this one.
    pub(crate) async fn same_site_through_connect(
        &self,
        call: &Invocation,
        address: &BaseUrl,
    ) -> Result<Option<(TenantId, SiteId)>, ForgeRefused> {
        let (cloud, at) = (call.cloud.as_str().to_owned(), address.to_string());
        let alike = self
            .store
            .read(move |db| db.connect_sites_like(&cloud, &at));
        let alike = alike.await?;
        for (tenant, site) in &alike {
            // Our token goes nowhere but to the address that the site had when Connect installed us there.
            let same_address = site.base_url == address.as_str();
            let same_cloud = site.cloud_id.as_deref() == Some(call.cloud.as_str());
            let proven = match site.state == InstallationState::Enabled.as_str() {
                true => same_address && self.takes_our_secret(tenant, &site.site).await?,
                false => same_address && same_cloud,
            };
            if proven {
                return Ok(Some((tenant.clone(), site.site.clone())));
            }
        }
        match alike.is_empty() {
            true => Ok(None),
            false => Err(ForgeRefused::Unproven),
        }
    }

    async fn takes_our_secret(&self, tenant: &TenantId, site: &SiteId) -> Result<bool, CaseError> {
        let connect = self.connect_site(tenant, site).await?;
        match self.calls(&connect).myself().await {
            Ok(_) => Ok(true),
            Err(error) if error.is_transient() => Err(error.into()),
            Err(_) => Ok(false),
        }
    }

    /// The site that has the app through Forge and told us, through Forge's own token, that it lives at this very
    /// address; where the install names a cloud id, it has to be the same.
    pub(crate) async fn same_site_through_forge(
        &self,
        install: &Installed,
    ) -> Result<Option<(TenantId, SiteId)>, CaseError> {
        let (address, cloud) = (install.base_url.to_string(), install.cloud_id.clone());
        let found = self
            .store
            .read(move |db| db.forge_installation_at(&address));
        Ok(found
            .await?
            .filter(|(_, known)| cloud.is_none_or(|cloud| cloud == known.cloud_id))
            .map(|(tenant, known)| (tenant, known.site)))
    }
}
