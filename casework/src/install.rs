//! A site installs the app, installs it again, switches it on or off, or removes it. The ledger stays
//! through all of it. The caller has checked who speaks.

use jira::connect::lifecycle::Installed;
use record::entries::{
    InstallationChange, InstallationChanged, InstallationState, ReviewRules, SettingsChanged,
};
use record::facts::Tracker;
use record::ids::{SiteId, TenantId};
use record::scale::Severity;
use store::{NewEntry, StoreError, Tx};
use ulid::Ulid;

use crate::error::CaseError;
use crate::{Casework, server};

/// The project role whose members may approve where nothing else was set.
const DEFAULT_APPROVER_ROLE: &str = "Approvers";

/// Why an installation was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum InstallRefused {
    /// A site of the same name but another cloud id: a clone, until an administrator says otherwise.
    #[error("this site looks like a copy of one that is installed already")]
    Cloned,
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for InstallRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Makes a tenant that no site has yet.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create_tenant(&self) -> Result<TenantId, CaseError> {
        let tenant = TenantId::from_ulid(Ulid::generate());
        self.store
            .write(&tenant, |tx| Ok::<_, CaseError>(tx.found_tenant()?))
            .await?;
        Ok(tenant)
    }

    /// Takes in a first or repeated install. A client key that is known keeps its tenant and ledger, and
    /// gets its new secret and address in one change; an unknown one founds a tenant.
    ///
    /// # Errors
    /// If the site looks like a clone, or the store fails. Then nothing was changed.
    pub async fn installed(&self, install: Installed) -> Result<TenantId, InstallRefused> {
        let (store, key) = (self.store.clone(), install.client_key.as_str().to_owned());
        let known = self
            .store
            .read(move |db| db.site_by_client_key(&key, store.master_key()))
            .await;
        let known = match known {
            Err(StoreError::Sealed) => return Err(CaseError::from(StoreError::Sealed).into()),
            other => other?,
        };
        let through_forge = match &known {
            Some(_) => None,
            None => self.same_site_through_forge(&install).await?,
        };
        let (tenant, change) = match (&known, &through_forge) {
            (Some(known), _) => (known.tenant.clone(), InstallationChange::Reinstalled),
            (None, Some((tenant, _))) => (tenant.clone(), InstallationChange::Installed),
            (None, None) => (
                TenantId::from_ulid(Ulid::generate()),
                InstallationChange::Installed,
            ),
        };
        let known = known.map(|known| known.site);
        if let Some(known) = &known
            && let (Some(before), Some(now)) = (&known.cloud_id, &install.cloud_id)
            && before != now
        {
            return Err(InstallRefused::Cloned);
        }
        self.store
            .write(&tenant, move |tx| {
                let site = match (&known, &through_forge) {
                    (Some(known), _) => known.site.clone(),
                    (None, Some((_, site))) => site.clone(),
                    (None, None) => {
                        tx.found_tenant()?;
                        SiteId::from_ulid(Ulid::generate())
                    }
                };
                let secret_digest = tx.hold_shared_secret(&site, install.shared_secret.expose())?;
                let payload = InstallationChanged {
                    site: site.clone(),
                    tracker: Tracker::Jira,
                    client_key: install.client_key.as_str().to_owned(),
                    base_url: install.base_url.as_str().to_owned(),
                    cloud_id: install
                        .cloud_id
                        .or_else(|| known.as_ref().and_then(|k| k.cloud_id.clone())),
                    change,
                    state: InstallationState::Enabled,
                    secret_digest,
                };
                record(tx, payload)?;
                if known.is_none() && through_forge.is_none() {
                    first_settings(tx, &site)?;
                }
                Ok(tx.tenant().clone())
            })
            .await
    }

    /// Switches an installation on or off, or removes it.
    ///
    /// # Errors
    /// If the installation is unknown or the store fails.
    pub async fn installation_became(
        &self,
        client_key: &str,
        state: InstallationState,
    ) -> Result<(), CaseError> {
        let (store, key) = (self.store.clone(), client_key.to_owned());
        let known = self
            .store
            .read(move |db| db.site_by_client_key(&key, store.master_key()))
            .await?;
        let known = known.ok_or(crate::SiteRefused::Unknown)?;
        if known.site.state == state.as_str() {
            return Ok(());
        }
        let site = known.site;
        self.store
            .write(&known.tenant, move |tx| {
                let change = match state {
                    InstallationState::Enabled => InstallationChange::Enabled,
                    InstallationState::Disabled => InstallationChange::Disabled,
                    InstallationState::Uninstalled => InstallationChange::Uninstalled,
                };
                let payload = InstallationChanged {
                    site: site.site,
                    tracker: Tracker::Jira,
                    client_key: site.client_key,
                    base_url: site.base_url,
                    cloud_id: site.cloud_id,
                    change,
                    state,
                    secret_digest: site.secret_digest,
                };
                record(tx, payload)
            })
            .await
    }
}

fn record(tx: &mut Tx<'_>, payload: InstallationChanged) -> Result<(), CaseError> {
    let subject = format!("site/{}", payload.site);
    let once = format!("installation:{}", Ulid::generate());
    tx.append(NewEntry {
        payload: payload.into(),
        beside: Vec::new(),
        subject,
        severity: Severity::Info,
        actor: server(),
        source: "JIRA",
        once,
    })?;
    Ok(())
}

pub(crate) fn first_settings(tx: &mut Tx<'_>, site: &SiteId) -> Result<(), CaseError> {
    let payload = SettingsChanged {
        site: site.clone(),
        project: None,
        approver_role: Some(DEFAULT_APPROVER_ROLE.to_owned()),
        approver_group: None,
        own_ticket: false,
        rules: ReviewRules::default(),
    };
    tx.append(NewEntry {
        payload: payload.into(),
        beside: Vec::new(),
        subject: format!("site/{site}"),
        severity: Severity::Info,
        actor: server(),
        source: "COUNTERSIGN",
        once: format!("settings:{site}:first"),
    })?;
    Ok(())
}
