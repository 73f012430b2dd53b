//! Deputies: who decides in whose place, and until when, as the operator sets it. By whose right a deputy's decision counts
//! is asked when it is made (`reviewers`).

use std::str::FromStr;

use chrono::{Days, NaiveDate, Utc};
use jira::rest::{AccountKind, RestError};
use record::entries::{Deputy, RulesError, SettingsChanged};
use record::ids::{AccountId, ProjectKey, SiteId, TenantId};
use store::{Appended, StoreError};

use crate::error::CaseError;
use crate::people::person_for;
use crate::settings::{append, holding};
use crate::{ActiveSite, Casework, server};

/// The furthest last day.
const LONGEST_DAYS: u64 = 366;

/// The last day on which a deputy decides, in UTC, as `2027-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDay(NaiveDate);

impl FromStr for LastDay {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self)
    }
}

/// Who is to decide in whose place.
#[derive(Clone)]
pub struct DeputyRequest {
    /// In which project; none for all that have no settings of their own.
    pub project: Option<ProjectKey>,
    /// Who decides.
    pub account: AccountId,
    /// In whose place.
    pub in_place_of: AccountId,
    /// The last day; none to end it.
    pub until: Option<LastDay>,
}

impl std::fmt::Debug for DeputyRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeputyRequest").finish_non_exhaustive()
    }
}

/// Why nobody became a deputy, or was one no longer.
#[derive(Debug, thiserror::Error)]
pub enum DeputyRefused {
    /// There is nobody like that.
    #[error("Jira knows no active person by one of these account ids. Nothing was changed.")]
    NoPerson,
    /// Nobody can approve there.
    #[error(
        "Nobody may approve there yet, so nobody can do so in another's place. Nothing was changed: say who may first."
    )]
    NoApprovers,
    /// There is no such deputy.
    #[error("That person is no deputy of the other there. Nothing was changed.")]
    NoDeputy,
    /// The day is past, or too far away.
    #[error("Choose a day from today on, within {LONGEST_DAYS} days. Nothing was changed.")]
    Day,
    /// The rules cannot be.
    #[error("{0}. Nothing was changed.")]
    Rules(#[from] RulesError),
    /// The source or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for DeputyRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Has somebody decide in somebody else's place from now on, or no longer.
    ///
    /// # Errors
    /// Why nothing was changed.
    pub async fn set_deputy(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        request: DeputyRequest,
    ) -> Result<Appended, DeputyRefused> {
        let until = request.until.map(checked).transpose()?;
        let at = self.site(tenant, site).await?;
        if until.is_some() {
            for account in [&request.account, &request.in_place_of] {
                self.is_person(&at, account).await?;
            }
        }
        let (site, project) = (site.clone(), request.project.clone());
        let appended = self
            .store
            .write(tenant, move |tx| -> Result<_, DeputyRefused> {
                let known = holding(tx, &site, request.project.as_ref())?;
                let known = known.ok_or(DeputyRefused::NoApprovers)?;
                let person = person_for(tx, &site, &request.account)?;
                let in_place_of = person_for(tx, &site, &request.in_place_of)?;
                let mut rules = known.rules;
                let before = rules.deputies.len();
                rules
                    .deputies
                    .retain(|deputy| deputy.person != person || deputy.in_place_of != in_place_of);
                match until {
                    Some(until) => rules.deputies.push(Deputy {
                        person,
                        in_place_of,
                        until,
                    }),
                    None if rules.deputies.len() == before => return Err(DeputyRefused::NoDeputy),
                    None => {}
                }
                let settings = SettingsChanged {
                    site,
                    project: request.project,
                    approver_role: known.approver_role,
                    approver_group: known.approver_group,
                    own_ticket: known.own_ticket,
                    rules: rules.checked()?,
                };
                Ok(append(tx, settings, server(), "COUNTERSIGN")?)
            })
            .await?;
        self.set_gates_of(tenant, &at.site, project.as_ref())
            .await?;
        Ok(appended)
    }

    async fn is_person(&self, site: &ActiveSite, account: &AccountId) -> Result<(), DeputyRefused> {
        match self.calls_for_a_person(site).user(account).await {
            Ok(user) if user.active && user.kind != AccountKind::App => Ok(()),
            Ok(_) | Err(RestError::NotFound { .. }) => Err(DeputyRefused::NoPerson),
            Err(error) => Err(CaseError::from(error).into()),
        }
    }
}

/// The day as the rules have it; those whose day is over are kept until somebody ends them.
fn checked(LastDay(day): LastDay) -> Result<String, DeputyRefused> {
    let today = Utc::now().date_naive();
    let last = today.checked_add_days(Days::new(LONGEST_DAYS));
    match last.is_some_and(|last| (today..=last).contains(&day)) {
        true => Ok(day.to_string()),
        false => Err(DeputyRefused::Day),
    }
}
