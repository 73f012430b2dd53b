//! Connected Jira sites in use: who may tell us of them, and how they are called.
//! What opens a site says of which kind it is.

use jira::BaseUrl;
use jira::rest::{ApiToken, Credential, PersonalToken, RiskFields, Site};
use record::entries::IntegrationState;
use record::facts::Fact;
use record::ids::{ProjectKey, SiteId, TenantId};
use serde::{Deserialize, Serialize};
use store::{JiraCredential, StoreError};
use subtle::ConstantTimeEq;

use super::JiraRefused;
use crate::error::CaseError;
use crate::sites::SiteRefused;
use crate::{ActiveSite, Casework};

/// What opens a site.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Opens {
    /// On Jira Cloud, the API token of an account.
    ApiToken {
        user_email: String,
        api_token: String,
    },
    /// On Jira Data Center, an account's personal access token.
    PersonalToken { personal_token: String },
}

impl Opens {
    fn credential(&self) -> Credential {
        match self.clone() {
            Self::ApiToken {
                user_email,
                api_token,
            } => Credential::Basic(ApiToken::new(user_email, api_token)),
            Self::PersonalToken { personal_token } => {
                Credential::Personal(PersonalToken::new(personal_token))
            }
        }
    }
}

/// What opens a site, and what is looked at there. Sealed as JSON.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct JiraSecrets {
    #[serde(flatten)]
    pub(crate) opens: Opens,
    pub(crate) webhook_secret: String,
    pub(crate) link_pattern: Option<String>,
    pub(crate) capture_fields: Vec<String>,
    /// Which fields say how risky a change is, where their names do not.
    #[serde(default)]
    pub(crate) change_risk_field: Option<String>,
    #[serde(default)]
    pub(crate) risk_assessment_field: Option<String>,
}

impl JiraSecrets {
    /// The fields that say how risky a change is: those that were named, else those that are known by their names.
    pub(crate) fn risk_fields(&self, by_name: RiskFields) -> RiskFields {
        let RiskFields {
            change_risk,
            risk_assessment,
        } = by_name;
        RiskFields {
            change_risk: self.change_risk_field.clone().or(change_risk),
            risk_assessment: self.risk_assessment_field.clone().or(risk_assessment),
        }
    }
}

impl Casework {
    /// The site that this secret is the webhook secret of; without a name, the only one there is.
    ///
    /// # Errors
    /// If the store fails; within, none if no site in use has it.
    pub async fn jira_by_webhook_secret(
        &self,
        site: Option<SiteId>,
        proves: impl FnOnce(&str) -> bool,
    ) -> Result<Option<ActiveSite>, CaseError> {
        let store = self.store.clone();
        let found = self.store.read(move |db| -> Result<_, StoreError> {
            let site = match site {
                Some(site) => Some(site),
                None => db.only_jira_integration()?,
            };
            match site {
                Some(site) => db.jira_credential(&site, store.master_key()),
                None => Ok(None),
            }
        });
        let Some(found) = found.await? else {
            return Ok(None);
        };
        let secrets = secrets_of(&found)?;
        if found.integration.state != IntegrationState::Enabled || !proves(&secrets.webhook_secret)
        {
            return Ok(None);
        }
        Ok(Some(self.active(&found, &secrets)?))
    }

    /// The tenant's site through its API token; none if it has none.
    pub(crate) async fn site_by_token(
        &self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<ActiveSite>, CaseError> {
        match self.jira_of(tenant, site).await {
            Ok(found) if found.integration.state == IntegrationState::Enabled => {
                let secrets = secrets_of(&found)?;
                Ok(Some(self.active(&found, &secrets)?))
            }
            Ok(_) => Err(SiteRefused::Uninstalled.into()),
            Err(JiraRefused::Case(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Whether what a notification is about belongs to a project that is looked at, as far as it says.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn looks_at(&self, site: &ActiveSite, fact: &Fact) -> Result<bool, CaseError> {
        let narrowed = self.jira_narrowed(site).await?;
        Ok(match (narrowed, fact.ticket()) {
            (Some((projects, _)), Some((_, key))) => projects.contains(&key.project()),
            _ => true,
        })
    }

    /// What is looked at on a site that an API token opens; none elsewhere.
    pub(crate) async fn jira_narrowed(
        &self,
        site: &ActiveSite,
    ) -> Result<Option<(Vec<ProjectKey>, JiraSecrets)>, CaseError> {
        match self.jira_of(&site.tenant, &site.site).await {
            Ok(found) => Ok(Some((
                found.integration.projects.clone(),
                secrets_of(&found)?,
            ))),
            Err(JiraRefused::Case(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// The site at this address that was connected before and let go.
    pub(super) async fn let_go_at(
        &self,
        tenant: &TenantId,
        address: Option<&str>,
    ) -> Result<Option<SiteId>, CaseError> {
        let Some(address) = address.and_then(|text| text.trim().parse::<BaseUrl>().ok()) else {
            return Ok(None);
        };
        let known = self.jira_integrations(tenant).await?.into_iter();
        let mut known = known.map(|(integration, _)| integration);
        let let_go = known.find(|known| {
            known.state == IntegrationState::Removed && known.base_url == address.as_str()
        });
        Ok(let_go.map(|known| known.site))
    }

    pub(super) async fn jira_of(
        &self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<JiraCredential, JiraRefused> {
        let (store, site) = (self.store.clone(), site.clone());
        let found = self
            .store
            .read(move |db| db.jira_credential(&site, store.master_key()))
            .await?;
        let own = found.filter(|found| found.tenant == *tenant);
        own.ok_or(JiraRefused::NoIntegration)
    }

    fn active(
        &self,
        found: &JiraCredential,
        secrets: &JiraSecrets,
    ) -> Result<ActiveSite, CaseError> {
        Ok(ActiveSite {
            tenant: found.tenant.clone(),
            site: found.integration.site.clone(),
            access: access(&found.integration.api_url, secrets).map_err(|_| SiteRefused::Broken)?,
            licence: self.licences.judge(None),
            opened_by: Some(found.integration.seq),
        })
    }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
#[must_use]
pub fn same_secret(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

pub(crate) fn secrets_of(found: &JiraCredential) -> Result<JiraSecrets, CaseError> {
    serde_json::from_slice(&found.secrets).map_err(|_| SiteRefused::Broken.into())
}

pub(super) fn access(api_url: &str, secrets: &JiraSecrets) -> Result<Site, JiraRefused> {
    let base_url: BaseUrl = api_url
        .parse()
        .map_err(|_| JiraRefused::Value("jiraBaseUrl", "an https address is expected."))?;
    Ok(Site {
        base_url,
        credential: secrets.opens.credential(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_before_there_was_another_kind_still_opens() {
        let rest = r#""webhook_secret": "w", "link_pattern": null, "capture_fields": []"#;
        let read = |opens: &str| {
            let sealed = format!("{{{opens}{rest}}}");
            serde_json::from_str::<JiraSecrets>(&sealed)
        };
        let cloud = read(r#""user_email": "a@example.com", "api_token": "t", "#).unwrap();
        assert!(matches!(cloud.opens.credential(), Credential::Basic(_)));
        let kept = serde_json::to_value(&cloud).unwrap();
        assert_eq!(kept["api_token"], "t", "an older server reads it too");
        let data_center = read(r#""personal_token": "t", "#).unwrap();
        assert!(matches!(
            data_center.opens.credential(),
            Credential::Personal(_)
        ));
        assert!(read("").is_err() && read(r#""api_token": "t", "#).is_err());
    }
}
