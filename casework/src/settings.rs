//! Who may approve, as an administrator of Jira sets it on the settings page, or the operator at the server's own
//! machine. What the page shows is the site's alone, whoever else shares its ledger.

use jira::rest::RestError;
use ledger::Actor;
use record::entries::{
    EmergencyRule, Enforcement, ReviewRules, ReviewScope, RulesError, SettingsChanged,
};
use record::ids::{AccountId, ProjectKey, SiteId, TenantId};
use record::scale::Severity;
use record::state::Settings;
use serde::Serialize;
use store::{Appended, NewEntry, StoreError, Tx};
use ulid::Ulid;

use crate::error::CaseError;
use crate::people::person_for;
use crate::{ActiveSite, Casework, SiteRefused, person, server};

/// The longest name of a role or group, in characters. Jira's own are no longer.
const LONGEST_NAME: usize = 255;

/// What the settings page shows to somebody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsPage {
    /// The whole site's settings, then those of projects by key.
    pub settings: Vec<SettingsLine>,
    /// The frameworks of the catalog.
    pub frameworks: Vec<FrameworkEdition>,
    /// Whether this person may change anything.
    pub can_edit: bool,
}

/// Settings of a project, or of all that have none of their own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsLine {
    /// The project; none for all others.
    pub project: Option<ProjectKey>,
    /// The project role whose members may approve.
    pub approver_role: Option<String>,
    /// The group whose members may approve.
    pub approver_group: Option<String>,
    /// Whether assignee and reporter may approve.
    pub own_ticket: bool,
    /// How decisions are made.
    pub rules: RulesLine,
    /// The same as JSON, for the form.
    pub rules_text: String,
}

/// Rules of review, for the table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RulesLine {
    /// What the gate does.
    pub enforcement: Enforcement,
    /// What is asked for by risk.
    pub approvals: Vec<ApprovalLine>,
    /// Whether whoever wrote commits may approve.
    pub authors: bool,
    /// The statuses that ask for an approval.
    pub gated: Vec<String>,
    /// Who opens the gate in an emergency, and for how many hours.
    pub emergency: Option<EmergencyRule>,
    /// The group that is told of issues whose risk asks for it.
    pub security_group: Option<String>,
    /// The last days of those who decide in somebody's place.
    pub deputies: Vec<String>,
}

/// What is asked for from a band of risk on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalLine {
    /// The band.
    pub from: Severity,
    /// How many people have to approve.
    pub approvals: u8,
    /// A group of which one of them has to be.
    pub group: Option<String>,
    /// What an approval covers.
    pub scope: ReviewScope,
}

/// A framework as the catalog has it.
#[derive(Debug, Serialize)]
pub struct FrameworkEdition {
    /// The name people use.
    pub name: String,
    /// Its edition, as its publisher names it.
    pub version: String,
}

/// What somebody wants to be set, as it was typed.
pub struct SettingsRequest {
    /// Who, as the platform signed it.
    pub account: AccountId,
    /// For which project; none for all that have no settings of their own.
    pub project: Option<String>,
    /// The project role whose members may approve.
    pub approver_role: Option<String>,
    /// The group whose members may approve.
    pub approver_group: Option<String>,
    /// Whether assignee and reporter may approve.
    pub own_ticket: bool,
    /// How decisions are made.
    pub rules: ReviewRules,
}

impl std::fmt::Debug for SettingsRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SettingsRequest").finish_non_exhaustive()
    }
}

/// Why settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsRefused {
    /// The person does not administer the site.
    #[error("Only administrators of this Jira can change this. Nothing was changed.")]
    NotAnAdministrator,
    /// There is no such project, or the app may not see it.
    #[error(
        "Jira shows Countersign no project with this key. Nothing was changed: look at the key again."
    )]
    NoSuchProject,
    /// Nobody could approve.
    #[error("Name a role or a group: without either, nobody could approve. Nothing was changed.")]
    Nobody,
    /// A name is too long.
    #[error("A role or group has at most {LONGEST_NAME} characters. Nothing was changed.")]
    TooLong,
    /// The rules cannot be.
    #[error("{0}. Nothing was changed.")]
    Rules(#[from] RulesError),
    /// The source or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for SettingsRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// What the settings page shows to this person.
    ///
    /// # Errors
    /// If Jira or the store fails.
    pub async fn settings_page(
        &self,
        site: &ActiveSite,
        account: &AccountId,
    ) -> Result<SettingsPage, CaseError> {
        let can_edit = self.administers(site, account).await?;
        let (tenant, id) = (site.tenant.clone(), site.site.clone());
        let all = self.store.read(move |db| db.all_settings(&tenant)).await?;
        let readable: Result<Vec<Settings>, String> = all.into_iter().collect();
        let readable = readable.map_err(|_| StoreError::Row("settings"))?;
        Ok(SettingsPage {
            settings: readable
                .into_iter()
                .filter(|settings| settings.site == id)
                .map(SettingsLine::from)
                .collect(),
            frameworks: (self.assessor.frameworks())
                .map(|framework| FrameworkEdition {
                    name: framework.title.clone(),
                    version: framework.edition.clone(),
                })
                .collect(),
            can_edit,
        })
    }

    /// Changes settings as a person wants them, if that person administers the site.
    ///
    /// # Errors
    /// Why they were not changed. Then nothing was.
    pub async fn set_approvers(
        &self,
        site: &ActiveSite,
        request: SettingsRequest,
    ) -> Result<Appended, SettingsRefused> {
        if !self.administers(site, &request.account).await? {
            return Err(SettingsRefused::NotAnAdministrator);
        }
        let approver_role = name(request.approver_role)?;
        let approver_group = name(request.approver_group)?;
        if approver_role.is_none() && approver_group.is_none() {
            return Err(SettingsRefused::Nobody);
        }
        let project = match request.project {
            Some(typed) => Some(self.project_called(site, &typed).await?),
            None => None,
        };
        let settings = SettingsChanged {
            site: site.site.clone(),
            project,
            approver_role,
            approver_group,
            own_ticket: request.own_ticket,
            rules: request.rules.checked()?,
        };
        let (of, project) = (settings.site.clone(), settings.project.clone());
        let appended = self
            .store
            .write(&site.tenant, move |tx| -> Result<_, SettingsRefused> {
                let settings = with_known_deputies(tx, settings)?;
                let who = person_for(tx, &settings.site, &request.account)?;
                Ok(append(tx, settings, person(&who), "JIRA")?)
            })
            .await?;
        self.set_gates_of(&site.tenant, &of, project.as_ref())
            .await?;
        Ok(appended)
    }

    /// Changes the settings of a project or of a whole site, as the operator wants them.
    ///
    /// # Errors
    /// If the site is unknown or the store fails.
    pub async fn change_settings(
        &self,
        tenant: &TenantId,
        settings: SettingsChanged,
    ) -> Result<Appended, CaseError> {
        if !self.has_site(tenant, &settings.site).await? {
            return Err(SiteRefused::Unknown.into());
        }
        let (of, project) = (settings.site.clone(), settings.project.clone());
        let appended = self
            .store
            .write(tenant, move |tx| -> Result<_, CaseError> {
                let settings = with_known_deputies(tx, settings)?;
                Ok(append(tx, settings, server(), "COUNTERSIGN")?)
            })
            .await?;
        self.set_gates_of(tenant, &of, project.as_ref()).await?;
        Ok(appended)
    }

    /// The settings that hold for a project, or for a whole site, now; none where nothing was ever set.
    ///
    /// # Errors
    /// If the store fails or a row is not what was written.
    pub async fn settings_now(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        project: Option<&ProjectKey>,
    ) -> Result<Option<Settings>, CaseError> {
        let (tenant, site, project) = (tenant.clone(), site.clone(), project.cloned());
        let known = self.store.read(move |db| match &project {
            Some(project) => db.settings_for(&tenant, &site, project),
            None => db.settings_of_site(&tenant, &site),
        });
        Ok(known.await?)
    }

    async fn administers(&self, site: &ActiveSite, account: &AccountId) -> Result<bool, CaseError> {
        Ok(self.calls_for_a_person(site).administers(account).await?)
    }

    /// The project's key as Jira has it now: one that was renamed still answers to its old key.
    async fn project_called(
        &self,
        site: &ActiveSite,
        typed: &str,
    ) -> Result<ProjectKey, SettingsRefused> {
        let key: ProjectKey = (typed.trim().parse()).map_err(|_| SettingsRefused::NoSuchProject)?;
        match self.calls_for_a_person(site).project(&key).await {
            Ok(project) => Ok(project.key),
            Err(RestError::NotFound { .. }) => Err(SettingsRefused::NoSuchProject),
            Err(error) => Err(CaseError::from(error).into()),
        }
    }

    /// Whether the tenant ever had this site, with the app or without it.
    pub(crate) async fn has_site(
        &self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<bool, CaseError> {
        let (tenant, site) = (tenant.clone(), site.clone());
        let has = self.store.read(move |db| {
            let connect = db.sites(&tenant)?;
            let mut connect = connect.iter().flatten();
            Ok::<_, StoreError>(
                connect.any(|known| known.site == site)
                    || db.forge_installation(&tenant, &site)?.is_some()
                    || db.jira_integration(&tenant, &site)?.is_some(),
            )
        });
        Ok(has.await?)
    }
}

impl From<Settings> for SettingsLine {
    fn from(settings: Settings) -> Self {
        Self {
            project: settings.project,
            approver_role: settings.approver_role,
            approver_group: settings.approver_group,
            own_ticket: settings.own_ticket,
            rules_text: serde_json::to_string(&settings.rules).unwrap_or_default(),
            rules: RulesLine {
                enforcement: settings.rules.enforcement,
                authors: settings.rules.authors,
                gated: settings.rules.gated_statuses,
                emergency: settings.rules.emergency,
                security_group: settings.rules.security_group,
                deputies: (settings.rules.deputies.into_iter())
                    .map(|deputy| deputy.until)
                    .collect(),
                approvals: (settings.rules.approvals.into_iter())
                    .map(|rule| ApprovalLine {
                        from: rule.from,
                        approvals: rule.approvals,
                        group: rule.group,
                        scope: rule.scope,
                    })
                    .collect(),
            },
        }
    }
}

/// A role's or group's name as typed; an empty one is none.
fn name(typed: Option<String>) -> Result<Option<String>, SettingsRefused> {
    let typed = typed.unwrap_or_default();
    let name = typed.trim();
    match name.chars().count() {
        0 => Ok(None),
        1..=LONGEST_NAME => Ok(Some(name.to_owned())),
        _ => Err(SettingsRefused::TooLong),
    }
}

/// Who decides in whose place is set by itself ([`Casework::set_deputy`]), and stays as it is whatever else is set; a
/// project has no deputies of its own.
fn with_known_deputies(
    tx: &mut Tx<'_>,
    mut settings: SettingsChanged,
) -> Result<SettingsChanged, StoreError> {
    let tenant = tx.tenant().clone();
    let known = match settings.project {
        Some(_) => None,
        None => tx.db().settings_of_site(&tenant, &settings.site)?,
    };
    settings.rules.deputies = known.map(|known| known.rules.deputies).unwrap_or_default();
    Ok(settings)
}

pub(crate) fn append(
    tx: &mut Tx<'_>,
    settings: SettingsChanged,
    actor: Actor,
    source: &'static str,
) -> Result<Appended, StoreError> {
    let subject = format!("site/{}", settings.site);
    tx.append(NewEntry {
        payload: settings.into(),
        beside: Vec::new(),
        subject,
        severity: Severity::Info,
        actor,
        source,
        once: format!("settings:{}", Ulid::generate()),
    })
}
