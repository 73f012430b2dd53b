//! Deputies: who decides in whose place, and until when, as the operator sets it for a whole site. By whose right a
//! deputy's decision counts is asked when it is made (`places`).

mod places;

use jira::rest::{AccountKind, RestError};
use record::entries::{Deputy, ReviewRules, RulesError, SettingsChanged};
use record::ids::{AccountId, SiteId, TenantId};
use store::{Appended, StoreError, Tx};

use crate::error::CaseError;
use crate::people::person_for;
use crate::settings::append;
use crate::times::LastDay;
use crate::{ActiveSite, Casework, SiteRefused, server};

pub(crate) use places::Place;

/// The furthest last day.
const LONGEST_DAYS: u64 = 366;

/// Who is to decide in whose place.
#[derive(Clone)]
pub struct DeputyRequest {
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

/// What became of a request about a deputy.
#[derive(Debug)]
pub struct DeputySet {
    /// The settings' entry.
    pub appended: Appended,
    /// Whether Jira was asked about the people: where it lets the app in through Forge alone, only the server can.
    pub asked: bool,
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
    /// Has somebody decide in somebody else's place from now on, or no longer. Deputies whose time is over, or who were
    /// forgotten, go with it.
    ///
    /// # Errors
    /// Why nothing was changed.
    pub async fn set_deputy(
        &self,
        tenant: &TenantId,
        site: &SiteId,
        request: DeputyRequest,
    ) -> Result<DeputySet, DeputyRefused> {
        if !self.has_site(tenant, site).await? {
            return Err(CaseError::from(SiteRefused::Unknown).into());
        }
        let until = request
            .until
            .map(|day| day.within(LONGEST_DAYS).ok_or(DeputyRefused::Day));
        let until = until.transpose()?;
        let mut asked = false;
        if until.is_some() {
            match self.site(tenant, site).await {
                Ok(at) => {
                    for account in [&request.account, &request.in_place_of] {
                        self.is_person(&at, account).await?;
                    }
                    asked = true;
                }
                Err(CaseError::Site(SiteRefused::NoToken)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let site = site.clone();
        let set = self
            .store
            .write(tenant, move |tx| set(tx, site, &request, until));
        Ok(DeputySet {
            appended: set.await?,
            asked,
        })
    }

    async fn is_person(&self, site: &ActiveSite, account: &AccountId) -> Result<(), DeputyRefused> {
        match self.calls_for_a_person(site).user(account).await {
            Ok(user) if user.active && user.kind != AccountKind::App => Ok(()),
            Ok(_) | Err(RestError::NotFound { .. }) => Err(DeputyRefused::NoPerson),
            Err(error) => Err(CaseError::from(error).into()),
        }
    }
}

fn set(
    tx: &mut Tx<'_>,
    site: SiteId,
    request: &DeputyRequest,
    until: Option<String>,
) -> Result<Appended, DeputyRefused> {
    let tenant = tx.tenant().clone();
    let known = tx.db().settings_of_site(&tenant, &site)?;
    let known = known.ok_or(DeputyRefused::NoApprovers)?;
    let person = person_for(tx, &site, &request.account)?;
    let in_place_of = person_for(tx, &site, &request.in_place_of)?;
    let now = store::now();
    let is_this_one =
        |deputy: &Deputy| deputy.person == person && deputy.in_place_of == in_place_of;
    let was_one = known.rules.deputies.iter().any(is_this_one);
    let mut deputies = Vec::new();
    for deputy in &known.rules.deputies {
        if !is_this_one(deputy) && is_still_one(tx, &site, deputy, &now)? {
            deputies.push(deputy.clone());
        }
    }
    match until {
        Some(until) => deputies.push(Deputy {
            person,
            in_place_of,
            since: now,
            until,
        }),
        None if !was_one => return Err(DeputyRefused::NoDeputy),
        None => {}
    }
    let rules = ReviewRules {
        deputies,
        ..known.rules
    };
    let settings = SettingsChanged {
        site,
        project: None,
        approver_role: known.approver_role,
        approver_group: known.approver_group,
        own_ticket: known.own_ticket,
        rules: rules.checked()?,
    };
    Ok(append(tx, settings, server(), "COUNTERSIGN")?)
}

/// Whether the time of a deputy is not over, and neither person was forgotten.
fn is_still_one(
    tx: &mut Tx<'_>,
    site: &SiteId,
    deputy: &Deputy,
    now: &str,
) -> Result<bool, StoreError> {
    let tenant = tx.tenant().clone();
    for person in [&deputy.person, &deputy.in_place_of] {
        if tx.db().account_of(&tenant, site, person)?.is_none() {
            return Ok(false);
        }
    }
    Ok(!deputy.is_over_at(now))
}
