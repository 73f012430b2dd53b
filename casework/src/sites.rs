//! Sites in use: whose they are, and how to speak to them.

use jira::LicenceState;
use jira::rest::{Credential, Site, SiteClient};
use record::entries::InstallationState;
use record::ids::{SiteId, TenantId};
use store::{SiteCredential, StoreError, Tx};

use crate::Casework;
use crate::error::CaseError;
use crate::forge::without_token;

/// Why a site cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiteRefused {
    /// No installation is known by this name.
    #[error("the app is not installed on this site")]
    Unknown,
    /// The app was removed from the site.
    #[error("the app was removed from this site")]
    Uninstalled,
    /// Forge handed us no token for the site since this server started; it does so every hour at least.
    #[error("no token for this site is at hand")]
    NoToken,
    /// The site does not list the gate's field, or this server has no Forge app whose field it is.
    #[error("the gate's field is not there yet")]
    NoGate,
    /// What is stored of the site is not usable.
    #[error("the stored installation is not usable")]
    Broken,
}

/// A site with the app installed on it.
#[derive(Debug, Clone)]
pub struct ActiveSite {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which one.
    pub site: SiteId,
    /// Where it is and as whom it is called.
    pub access: Site,
    /// Where its licence stands, as far as that counts here.
    pub licence: LicenceState,
    /// The ledger's entry that its token follows from, where a token opens it.
    pub(crate) opened_by: Option<u64>,
}

/// Refuses what was weighed with a token that was replaced meanwhile: whose account is ours may have changed with it.
pub(crate) fn demand_same_token(
    tx: &mut Tx<'_>,
    site: &SiteId,
    opened_by: Option<u64>,
) -> Result<(), CaseError> {
    let tenant = tx.tenant().clone();
    match opened_by {
        Some(_) if tx.db().jira_opened_by(&tenant, site)? != opened_by => Err(CaseError::Overtaken),
        _ => Ok(()),
    }
}

impl ActiveSite {
    fn from_credential(found: &SiteCredential, casework: &Casework) -> Result<Self, SiteRefused> {
        if found.site.state == "UNINSTALLED" {
            return Err(SiteRefused::Uninstalled);
        }
        let broken = |_| SiteRefused::Broken;
        let credential = Credential::Connect {
            app_key: casework.app_key.clone(),
            client_key: found.site.client_key.parse().map_err(broken)?,
            shared_secret: found.shared_secret.parse().map_err(broken)?,
        };
        let base_url = found
            .site
            .base_url
            .parse()
            .map_err(|_| SiteRefused::Broken)?;
        Ok(Self {
            tenant: found.tenant.clone(),
            site: found.site.site.clone(),
            access: Site {
                base_url,
                credential,
            },
            licence: casework.licences.through_connect(&found.site.site),
            opened_by: None,
        })
    }
}

impl Casework {
    /// The site that calls itself by this client key, and the secret that its tokens are signed with.
    ///
    /// # Errors
    /// If there is none in use, or the store fails.
    pub async fn site_by_client_key(&self, client_key: &str) -> Result<ActiveSite, CaseError> {
        let (store, client_key) = (self.store.clone(), client_key.to_owned());
        let found = self
            .store
            .read(move |db| db.site_by_client_key(&client_key, store.master_key()))
            .await?;
        let found = found.ok_or(SiteRefused::Unknown)?;
        Ok(ActiveSite::from_credential(&found, self)?)
    }

    /// All tenants of this server.
    ///
    /// # Errors
    /// If the store fails.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough over the connection's lifetime"
    )]
    pub async fn tenants(&self) -> Result<Vec<TenantId>, CaseError> {
        Ok(self.store.read(|db| db.tenants()).await?)
    }

    /// A tenant's site, through whichever door it can be called: Forge's, if a token is at hand, else Connect's; a site
    /// without the app, by its API token.
    ///
    /// # Errors
    /// If there is none in use, no token is at hand, or the store fails.
    pub async fn site(&self, tenant: &TenantId, site: &SiteId) -> Result<ActiveSite, CaseError> {
        let (whose, id) = (tenant.clone(), site.clone());
        let known = self
            .store
            .read(move |db| db.forge_installation(&whose, &id))
            .await?;
        let Some(known) = known else {
            return match self.connect_site(tenant, site).await {
                Err(CaseError::Site(SiteRefused::Unknown)) => {
                    let by_token = self.site_by_token(tenant, site).await?;
                    by_token.ok_or(SiteRefused::Unknown.into())
                }
                outcome => outcome,
            };
        };
        let in_use = known.state != "UNINSTALLED";
        if in_use && let Some(found) = self.with_token(tenant, site, &known.cloud_id)? {
            return Ok(found);
        }
        match self.connect_site(tenant, site).await {
            Err(CaseError::Site(SiteRefused::Unknown | SiteRefused::Uninstalled)) => {
                Err(without_token(&known).into())
            }
            outcome => outcome,
        }
    }

    /// The site through Forge's door; none if the app is not there.
    pub(crate) async fn site_through_forge(
        &self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<ActiveSite>, CaseError> {
        let (whose, id) = (tenant.clone(), site.clone());
        let known = self
            .store
            .read(move |db| -> Result<_, StoreError> { db.forge_installation(&whose, &id) });
        match known.await? {
            Some(known) if known.state == InstallationState::Enabled.as_str() => {
                let found = self.with_token(tenant, site, &known.cloud_id)?;
                found.map(Some).ok_or(SiteRefused::NoToken.into())
            }
            _ => Ok(None),
        }
    }

    /// A site with the Forge app, if a token for it is at hand.
    pub(crate) fn with_token(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        cloud: &str,
    ) -> Result<Option<ActiveSite>, SiteRefused> {
        let Some(token) = self.forge_tokens.get(cloud) else {
            return Ok(None);
        };
        let api = format!("{}/ex/jira/{cloud}", self.gateway);
        Ok(Some(ActiveSite {
            tenant: tenant.clone(),
            site: site.clone(),
            access: Site {
                base_url: api.parse().map_err(|_| SiteRefused::Broken)?,
                credential: Credential::Forge(token),
            },
            // Only a page asks, and its call says it.
            licence: self.licences.judge(None),
            opened_by: None,
        }))
    }

    /// A tenant's site, through Connect.
    pub(crate) async fn connect_site(
        &self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<ActiveSite, CaseError> {
        let (store, tenant, site) = (self.store.clone(), tenant.clone(), site.clone());
        let found = self
            .store
            .read(move |db| db.site_credential(&tenant, &site, store.master_key()))
            .await?;
        let found = found.ok_or(SiteRefused::Unknown)?;
        Ok(ActiveSite::from_credential(&found, self)?)
    }

    pub(crate) const fn calls<'a>(&'a self, site: &'a ActiveSite) -> SiteClient<'a> {
        self.jira.at(&site.access)
    }

    /// The same, for what a person waits for: such calls keep a share of Jira's hourly budget to themselves.
    pub(crate) fn calls_for_a_person<'a>(&'a self, site: &'a ActiveSite) -> SiteClient<'a> {
        self.jira.at(&site.access).for_a_person()
    }
}
