//! Sites with the Forge app: which tenant's a call is, a site's first call, and its last.
//!
//! A site that has the app through Connect keeps its tenant, and with it ledger, keys and settings (`same_site`).

use jira::forge::{ForgeToken, Invocation};
use jira::rest::{Credential, Site};
use record::entries::{ForgeInstallationChanged, InstallationChange, InstallationState};
use record::facts::Tracker;
use record::ids::{SiteId, TenantId};
use record::scale::Severity;
use record::state::ForgeInstallation;
use store::{NewEntry, StoreError, Tx};
use ulid::Ulid;

use crate::error::CaseError;
use crate::install::first_settings;
use crate::{ActiveSite, Casework, SiteRefused, server};

/// Why a call of Forge's could not be taken for a site's.
#[derive(Debug, thiserror::Error)]
pub enum ForgeRefused {
    /// The app has Connect installations that look like this site's, and none of them is proven to be it.
    #[error(
        "this site looks like one that has the app through Connect, and is not proven to be the same"
    )]
    Unproven,
    /// The site is new to us and no token came with the call, so that nothing can be asked of it.
    #[error("the app has no token for this site yet")]
    NoToken,
    /// The app was removed from the site: this call was under way already.
    #[error("the app was removed from this site")]
    Removed,
    /// The source or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for ForgeRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

/// Where a site belongs.
struct Belongs {
    tenant: TenantId,
    site: SiteId,
    base_url: String,
    /// Nobody knew the tenant before.
    is_new: bool,
}

impl Casework {
    /// The site that a proven call is of. A first call makes it known; one of another installation of the same site
    /// is recorded as such.
    ///
    /// # Errors
    /// If the site cannot be told apart from another, asked, or recorded. Then nothing was.
    pub async fn site_of_invocation(
        &self,
        call: &Invocation,
        token: Option<ForgeToken>,
    ) -> Result<ActiveSite, ForgeRefused> {
        let first = token
            .as_ref()
            .is_some_and(|token| self.forge_tokens.keep(&call.cloud, token.clone()));
        let token = token.or_else(|| self.forge_tokens.get(call.cloud.as_str()));
        let (tenant, site) = match self.forge_installation(call).await? {
            Some((tenant, known)) => self.met_again(call, tenant, known).await?,
            None => {
                let token = token.clone().ok_or(ForgeRefused::NoToken)?;
                self.met_first(call, token).await?
            }
        };
        if first {
            self.work_waits_no_longer(&tenant, &site).await;
        }
        Ok(self.known_site(&tenant, &site, call, token).await?)
    }

    /// A token came where none was at hand. If the queues cannot be told, they look again by themselves.
    async fn work_waits_no_longer(&self, tenant: &TenantId, site: &SiteId) {
        let site = site.clone();
        let due = move |tx: &mut Tx<'_>| tx.due_again(&site, &SiteRefused::NoToken.to_string());
        if let Err(error) = self.store.queue(tenant, due).await {
            tracing::warn!(%tenant, %error, "what waits for a token was not told that one came");
        }
    }

    /// Work was put off for want of a token: one may have come while that was written.
    pub(crate) async fn unless_a_token_came(
        &self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<(), CaseError> {
        match self.site_through_forge(tenant, site).await {
            Ok(Some(_)) => self.work_waits_no_longer(tenant, site).await,
            Ok(None) | Err(CaseError::Site(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn known_site(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        call: &Invocation,
        token: Option<ForgeToken>,
    ) -> Result<ActiveSite, CaseError> {
        let licence = self.licences.judge(call.licence);
        match token {
            Some(token) => Ok(ActiveSite {
                tenant: tenant.clone(),
                site: site.clone(),
                access: access(call, token),
                licence,
                opened_by: None,
            }),
            // The site's other door may be open, too.
            None => Ok(ActiveSite {
                licence,
                ..self.site(tenant, site).await?
            }),
        }
    }

    /// The site that an event is of; none if the app was removed from it: an event may be minutes under way, and is no
    /// sign that the app is back. Nor does one say which of two installations is the later.
    ///
    /// # Errors
    /// As [`Casework::site_of_invocation`], for a site that is not known yet.
    pub async fn site_of_event(
        &self,
        call: &Invocation,
        token: Option<ForgeToken>,
    ) -> Result<Option<ActiveSite>, ForgeRefused> {
        let Some((tenant, known)) = self.forge_installation(call).await? else {
            return self.site_of_invocation(call, token).await.map(Some);
        };
        if known.state == InstallationState::Uninstalled.as_str() {
            return Ok(None);
        }
        if let Some(token) = &token
            && self.forge_tokens.keep(&call.cloud, token.clone())
        {
            self.work_waits_no_longer(&tenant, &known.site).await;
        }
        Ok(Some(
            self.known_site(&tenant, &known.site, call, token).await?,
        ))
    }

    /// The app is about to be removed from the site. The ledger stays.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn forge_uninstalled(&self, call: &Invocation) -> Result<(), CaseError> {
        let Some((tenant, known)) = self.forge_installation(call).await? else {
            return Ok(());
        };
        let another = known.installation_id != call.installation.as_str();
        if another || known.state == InstallationState::Uninstalled.as_str() {
            return Ok(());
        }
        let belongs = Belongs {
            tenant,
            site: known.site,
            base_url: known.base_url,
            is_new: false,
        };
        self.record(call, belongs, InstallationChange::Uninstalled)
            .await?;
        self.forge_tokens.forget(call.cloud.as_str());
        Ok(())
    }

    async fn forge_installation(
        &self,
        call: &Invocation,
    ) -> Result<Option<(TenantId, ForgeInstallation)>, CaseError> {
        let cloud = call.cloud.as_str().to_owned();
        let found = self
            .store
            .read(move |db| db.forge_installation_of_cloud(&cloud));
        Ok(found.await?)
    }

    async fn met_again(
        &self,
        call: &Invocation,
        tenant: TenantId,
        known: ForgeInstallation,
    ) -> Result<(TenantId, SiteId), ForgeRefused> {
        let same = known.installation_id == call.installation.as_str();
        match known.state == InstallationState::Enabled.as_str() {
            true if same => return Ok((tenant, known.site)),
            // A call that was under way when the app was removed. Installed again, it is another installation.
            false if same => return Err(ForgeRefused::Removed),
            _ => {}
        }
        let belongs = Belongs {
            tenant,
            site: known.site,
            base_url: known.base_url,
            is_new: false,
        };
        Ok(self
            .record(call, belongs, InstallationChange::Reinstalled)
            .await?)
    }

    async fn met_first(
        &self,
        call: &Invocation,
        token: ForgeToken,
    ) -> Result<(TenantId, SiteId), ForgeRefused> {
        let through_forge = access(call, token);
        let address = self.jira.at(&through_forge).own_address().await;
        let address = address.map_err(CaseError::from)?;
        let belongs = match self.same_site_through_connect(call, &address).await? {
            Some((tenant, site)) => Belongs {
                tenant,
                site,
                base_url: address.to_string(),
                is_new: false,
            },
            None => Belongs {
                tenant: TenantId::from_ulid(Ulid::generate()),
                site: SiteId::from_ulid(Ulid::generate()),
                base_url: address.to_string(),
                is_new: true,
            },
        };
        match self
            .record(call, belongs, InstallationChange::Installed)
            .await
        {
            Ok(met) => Ok(met),
            // Two first calls at once: the other one was faster.
            Err(failed) => match self.forge_installation(call).await? {
                Some((tenant, known)) => Ok((tenant, known.site)),
                None => Err(failed.into()),
            },
        }
    }

    async fn record(
        &self,
        call: &Invocation,
        belongs: Belongs,
        change: InstallationChange,
    ) -> Result<(TenantId, SiteId), CaseError> {
        let state = match change {
            InstallationChange::Uninstalled => InstallationState::Uninstalled,
            _ => InstallationState::Enabled,
        };
        let payload = ForgeInstallationChanged {
            site: belongs.site.clone(),
            tracker: Tracker::Jira,
            cloud_id: call.cloud.to_string(),
            installation_id: call.installation.to_string(),
            base_url: belongs.base_url,
            change,
            state,
        };
        let (site, is_new) = (belongs.site.clone(), belongs.is_new);
        self.store
            .write(&belongs.tenant, move |tx| -> Result<(), CaseError> {
                if is_new {
                    tx.found_tenant()?;
                }
                append(tx, payload)?;
                if is_new {
                    first_settings(tx, &site)?;
                }
                Ok(())
            })
            .await?;
        Ok((belongs.tenant, belongs.site))
    }
}

fn access(call: &Invocation, token: ForgeToken) -> Site {
    Site {
        base_url: call.api.clone(),
        credential: Credential::Forge(token),
    }
}

fn append(tx: &mut Tx<'_>, payload: ForgeInstallationChanged) -> Result<(), CaseError> {
    let subject = format!("site/{}", payload.site);
    tx.append(NewEntry {
        payload: payload.into(),
        beside: Vec::new(),
        subject,
        severity: Severity::Info,
        actor: server(),
        source: "JIRA",
        once: format!("forge-installation:{}", Ulid::generate()),
    })?;
    Ok(())
}

/// What is known of a site for whose Forge installation no token is at hand.
pub(crate) fn without_token(known: &ForgeInstallation) -> SiteRefused {
    match known.state == InstallationState::Uninstalled.as_str() {
        true => SiteRefused::Uninstalled,
        false => SiteRefused::NoToken,
    }
}
