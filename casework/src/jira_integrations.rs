//! Jira sites without the app, opened by an account's API token, or on Data Center by its personal access token. The
//! token, the webhook's secret and the pattern are sealed as one; the ledger says which site and which projects, and by
//! digest what opens it.
//!
//! The account should be one of its own: what it does itself is passed over, and it can approve nothing.

mod opened;
mod values;

use jira::connect::AllowedHosts;
use jira::rest::{RestError, Site};
use ledger::Actor;
use record::entries::{IntegrationState, JiraIntegrationChanged};
use record::facts::Tracker;
use record::ids::{ProjectKey, SiteId, TenantId};
use record::scale::Severity;
use record::state::JiraIntegration;
use store::{Appended, JiraCredential, NewEntry, StoreError, SyncState, Tx};
use ulid::Ulid;
use zeroize::Zeroizing;

use crate::error::CaseError;
use crate::install::first_settings;
use crate::link_pattern::{LinkPattern, PatternRefused};
use crate::{Casework, Registrar};

use opened::{JiraSecrets, Opens, access, secrets_of};
use values::{checked_secret, drawn, explained, missing, opens, site_address, visible};

pub use opened::same_secret;

const ANOTHER_SITE: &str = "another address may be another site, with other people under the same user keys: connect it as \
    one of its own.";
/// The most projects of one integration.
const MOST_PROJECTS: usize = 200;
/// Jira tells what another account may do to administrators alone.
const NO_ADMINISTRATOR: &str = "The account cannot ask what other people may do, since it does not have the global \
    permission Administer Jira: links work, but no decision made in Jira counts.";

/// A Jira site that somebody wants to connect, or what is to be changed of one: what is none stays as it is.
#[derive(Clone, Default)]
pub struct JiraRequest {
    /// The address of its pages.
    pub base_url: Option<String>,
    /// Whether the token is a scoped one, which opens the site at Atlassian's gateway only: the site's cloud id.
    pub cloud_id: Option<String>,
    /// The account's e-mail address.
    pub user_email: Option<String>,
    /// The account's API token.
    pub api_token: Option<String>,
    /// In place of these, on Jira Data Center: the account's personal access token.
    pub personal_token: Option<String>,
    /// The projects that are looked at.
    pub projects: Option<Vec<ProjectKey>>,
    /// A pattern that keys must have besides.
    pub link_pattern: Option<String>,
    /// The fields that are kept beside a link.
    pub capture_fields: Option<Vec<String>>,
    /// The field that says how risky a change is, where its name does not say so.
    pub change_risk_field: Option<String>,
    /// The field that says why.
    pub risk_assessment_field: Option<String>,
    /// The secret of the site's webhook; none to have one drawn.
    pub webhook_secret: Option<String>,
}

impl std::fmt::Debug for JiraRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JiraRequest").finish_non_exhaustive()
    }
}

/// A Jira site that was connected.
#[derive(Debug)]
pub struct ConnectedJira {
    /// Its id.
    pub site: SiteId,
    /// The secret that its webhook is to be set up with, if it is a new one.
    pub webhook_secret: Option<Zeroizing<String>>,
    /// Whose account opens it, by the name that its profile shows.
    pub account: String,
    /// What is not as was asked for, and was done without.
    pub warnings: Vec<String>,
    /// Some keys of its projects, and whether each is linked.
    pub link_preview: Vec<(String, bool)>,
}

/// Why a Jira site was not connected or changed.
#[derive(Debug, thiserror::Error)]
pub enum JiraRefused {
    /// There is no such integration.
    #[error("There is no such integration. Nothing was changed.")]
    NoIntegration,
    /// A value is missing or has not its form.
    #[error("{0}: {1} Nothing was changed.")]
    Value(&'static str, &'static str),
    /// The pattern fits no key of the projects.
    #[error("linkPattern: {0} Nothing was changed.")]
    Pattern(#[from] PatternRefused),
    /// The site is connected already.
    #[error(
        "jiraBaseUrl: this site is connected already, as {0}. Nothing was changed: PATCH /v1/integrations/jira/{0} changes \
         that one, DELETE removes it."
    )]
    Connected(SiteId),
    /// Jira does not let the account in, or is no Jira.
    #[error("{0} Nothing was changed.")]
    Test(&'static str),
    /// No project was named, or too many.
    #[error("projects: one to 200 project keys are expected. {0} Nothing was changed.")]
    Projects(String),
    /// A project is not there, or the account may not see it.
    #[error("projects: Jira shows this account no project {0}. Nothing was changed.")]
    NoProject(ProjectKey),
    /// The store or Jira failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for JiraRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Connects a Jira site, once its account was let in and sees the projects. One that was connected before and let go
    /// is the same site again.
    ///
    /// # Errors
    /// Why it was not connected.
    pub async fn connect_jira(
        &self,
        by: Registrar,
        request: JiraRequest,
        allowed: &AllowedHosts,
    ) -> Result<ConnectedJira, JiraRefused> {
        let let_go = self
            .let_go_at(&by.tenant, request.base_url.as_deref())
            .await?;
        let site = let_go.unwrap_or_else(|| SiteId::from_ulid(Ulid::generate()));
        self.keep_jira(by, site, None, request, allowed).await
    }

    /// Changes a connected Jira site; what the request does not say stays.
    ///
    /// # Errors
    /// Why it was not changed.
    pub async fn change_jira(
        &self,
        by: Registrar,
        site: &SiteId,
        request: JiraRequest,
        allowed: &AllowedHosts,
    ) -> Result<ConnectedJira, JiraRefused> {
        let known = self.jira_of(&by.tenant, site).await?;
        self.keep_jira(by, site.clone(), Some(known), request, allowed)
            .await
    }

    async fn keep_jira(
        &self,
        by: Registrar,
        site: SiteId,
        known: Option<JiraCredential>,
        request: JiraRequest,
        allowed: &AllowedHosts,
    ) -> Result<ConnectedJira, JiraRefused> {
        let Registrar { tenant, actor } = by;
        let tenant = &tenant;
        let first = known.is_none();
        let before = known.as_ref().map(secrets_of).transpose()?;
        let opens = opens(&request, before.as_ref().map(|before| &before.opens))?;
        let known = known.map(|known| known.integration);
        let base_url = request
            .base_url
            .or_else(|| known.as_ref().map(|k| k.base_url.clone()));
        let base_url = site_address(base_url.as_deref(), allowed)?;
        if let (Opens::PersonalToken { .. }, Some(known)) = (&opens, &known)
            && known.base_url != base_url.as_str()
        {
            return Err(JiraRefused::Value("jiraBaseUrl", ANOTHER_SITE));
        }
        let api_url = match (&request.cloud_id, &known) {
            (Some(cloud), _) => self.at_gateway(cloud)?,
            (None, Some(known)) if known.base_url == base_url.as_str() => known.api_url.clone(),
            (None, _) => base_url.to_string(),
        };
        let projects = request
            .projects
            .or_else(|| known.map(|k| k.projects))
            .unwrap_or_default();
        let new_secret = first || request.webhook_secret.is_some();
        let secrets = JiraSecrets {
            opens,
            webhook_secret: match (request.webhook_secret, &before) {
                (Some(secret), _) => checked_secret(secret)?,
                (None, Some(before)) => before.webhook_secret.clone(),
                (None, None) => drawn()?,
            },
            link_pattern: request
                .link_pattern
                .or_else(|| before.as_ref().and_then(|b| b.link_pattern.clone())),
            change_risk_field: request
                .change_risk_field
                .or_else(|| before.as_ref().and_then(|b| b.change_risk_field.clone())),
            risk_assessment_field: request.risk_assessment_field.or_else(|| {
                before
                    .as_ref()
                    .and_then(|b| b.risk_assessment_field.clone())
            }),
            capture_fields: request
                .capture_fields
                .or_else(|| before.map(|b| b.capture_fields))
                .unwrap_or_default(),
        };
        let pattern = secrets.link_pattern.as_deref().map(LinkPattern::parse);
        let pattern = pattern.transpose()?;
        if let Some(pattern) = &pattern {
            pattern.fits(&projects)?;
        }
        let access = access(&api_url, &secrets)?;
        if projects.is_empty() || projects.len() > MOST_PROJECTS {
            let seen = self.jira.at(&access).for_a_person().projects().await;
            let seen = seen.map_err(|error| explained(&secrets.opens, error))?;
            return Err(JiraRefused::Projects(visible(&seen)));
        }
        let link_preview = LinkPattern::preview(pattern.as_ref(), &projects);
        let (account, warnings) = self.try_jira(&access, &projects, &secrets).await?;
        let sealed = Zeroizing::new(serde_json::to_vec(&secrets).unwrap_or_default());
        let id = site.clone();
        self.store
            .write(tenant, move |tx| -> Result<(), JiraRefused> {
                let tenant = tx.tenant().clone();
                let others = tx.db().jira_integrations(&tenant)?.into_iter().flatten();
                let same = |other: &JiraIntegration| {
                    other.site != id
                        && other.base_url == base_url.as_str()
                        && other.state == IntegrationState::Enabled
                };
                if let Some(other) = others.into_iter().find(same) {
                    return Err(JiraRefused::Connected(other.site));
                }
                let before = tx.db().jira_integration(&tenant, &id)?;
                if first
                    && before
                        .as_ref()
                        .is_some_and(|before| before.state == IntegrationState::Enabled)
                {
                    return Err(JiraRefused::Connected(id));
                }
                let changed = JiraIntegrationChanged {
                    site: id.clone(),
                    tracker: Tracker::Jira,
                    base_url: base_url.to_string(),
                    api_url,
                    state: IntegrationState::Enabled,
                    projects,
                    secret_digest: tx.hold_jira_secrets(&id, &sealed)?,
                };
                record(tx, changed, actor)?;
                if before.is_none() {
                    first_settings(tx, &id)?;
                }
                Ok(())
            })
            .await?;
        self.forget_site_facts(&site);
        Ok(ConnectedJira {
            site,
            webhook_secret: new_secret.then(|| Zeroizing::new(secrets.webhook_secret.clone())),
            account,
            warnings,
            link_preview,
        })
    }

    /// Whose account it is, if it is let in and sees the projects, and what is done without.
    async fn try_jira(
        &self,
        access: &Site,
        projects: &[ProjectKey],
        secrets: &JiraSecrets,
    ) -> Result<(String, Vec<String>), JiraRefused> {
        let calls = self.jira.at(access).for_a_person();
        let explained = |error| explained(&secrets.opens, error);
        let myself = calls.myself().await.map_err(explained)?;
        let seen = calls.projects().await.map_err(explained)?;
        for project in projects {
            if !seen.iter().any(|known| known.key == *project) {
                return Err(JiraRefused::NoProject(project.clone()));
            }
        }
        let mut warnings = missing(&calls.fields().await.map_err(explained)?, secrets);
        match calls.may_ask_of_others(&myself, &projects[0]).await {
            Ok(true) => {}
            Ok(false) | Err(RestError::Forbidden { .. }) => {
                warnings.push(NO_ADMINISTRATOR.to_owned());
            }
            Err(error) => return Err(explained(error)),
        }
        Ok((myself.display_name, warnings))
    }

    /// Asks Jira once more whether the account is let in and sees the projects.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn test_jira(
        &self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Vec<String>, JiraRefused> {
        let known = self.jira_of(tenant, site).await?;
        let secrets = secrets_of(&known)?;
        let access = access(&known.integration.api_url, &secrets)?;
        let tried = self.try_jira(&access, &known.integration.projects, &secrets);
        tried.await.map(|(_, warnings)| warnings)
    }

    /// Lets a connected Jira site go; what is recorded stays.
    ///
    /// # Errors
    /// Why it was not let go.
    pub async fn remove_jira(&self, by: Registrar, site: &SiteId) -> Result<Appended, JiraRefused> {
        let site = site.clone();
        let Registrar { tenant, actor } = by;
        self.store
            .write(&tenant, move |tx| {
                let tenant = tx.tenant().clone();
                let known = tx.db().jira_integration(&tenant, &site)?;
                let known = known.ok_or(JiraRefused::NoIntegration)?;
                let removed = JiraIntegrationChanged {
                    site: known.site,
                    tracker: Tracker::Jira,
                    base_url: known.base_url,
                    api_url: known.api_url,
                    state: IntegrationState::Removed,
                    projects: known.projects,
                    secret_digest: known.secret_digest,
                };
                Ok(record(tx, removed, actor)?)
            })
            .await
    }

    /// The tenant's connected Jira sites, and how far each was read.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn jira_integrations(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<(JiraIntegration, SyncState)>, CaseError> {
        let tenant = tenant.clone();
        let listed = self.store.read(move |db| -> Result<_, StoreError> {
            let integrations = db.jira_integrations(&tenant)?.into_iter().flatten();
            integrations
                .map(|integration| {
                    let state = db.sync_state(&tenant, &integration.site)?;
                    Ok((integration, state.unwrap_or_default()))
                })
                .collect()
        });
        Ok(listed.await?)
    }

    fn at_gateway(&self, cloud: &str) -> Result<String, JiraRefused> {
        let fits = (1..=64).contains(&cloud.len())
            && cloud
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        match fits {
            true => Ok(format!("{}/ex/jira/{cloud}", self.gateway)),
            false => Err(JiraRefused::Value(
                "cloudId",
                "a cloud id is letters, digits and hyphens.",
            )),
        }
    }
}

fn record(
    tx: &mut Tx<'_>,
    changed: JiraIntegrationChanged,
    actor: Actor,
) -> Result<Appended, StoreError> {
    tx.append(NewEntry {
        subject: format!("site/{}", changed.site),
        once: format!("jira-integration:{}", Ulid::generate()),
        payload: changed.into(),
        beside: Vec::new(),
        severity: Severity::Info,
        actor,
        source: "COUNTERSIGN",
    })
}
