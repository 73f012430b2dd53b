//! Who may approve, as an administrator sets it.

use record::entries::SettingsChanged;
use record::ids::TenantId;
use record::scale::Severity;
use store::{Appended, NewEntry};
use ulid::Ulid;

use crate::error::CaseError;
use crate::{Casework, server};

impl Casework {
    /// Changes the settings of a project or of a whole site.
    ///
    /// # Errors
    /// If the site is unknown or the store fails.
    pub async fn change_settings(
        &self,
        tenant: &TenantId,
        settings: SettingsChanged,
    ) -> Result<Appended, CaseError> {
        self.site(tenant, &settings.site).await?;
        self.store
            .write(tenant, move |tx| {
                let subject = format!("site/{}", settings.site);
                Ok(tx.append(NewEntry {
                    payload: settings.into(),
                    beside: Vec::new(),
                    subject,
                    severity: Severity::Info,
                    actor: server(),
                    source: "COUNTERSIGN",
                    once: format!("settings:{}", Ulid::generate()),
                })?)
            })
            .await
    }
}
