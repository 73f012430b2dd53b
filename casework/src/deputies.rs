//! Deputies: who decides in whose place, and until when, as the operator sets it for a whole site. By whose right a
//! deputy's decision counts is asked when it is made (`places`).

mod places;

use std::str::FromStr;

use chrono::{Days, NaiveDate, Utc};
use jira::rest::{AccountKind, RestError};
use record::entries::{Deputy, ReviewRules, RulesError, SettingsChanged};
use record::ids::{AccountId, SiteId, TenantId};
use store::{Appended, StoreError, Tx};

use crate::error::CaseError;
use crate::people::person_for;
use crate::settings::append;
use crate::{ActiveSite, Casework, SiteRefused, server};

pub(crate) use places::Place;

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
        let until = request.until.map(checked).transpose()?;
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
    let mut deputies = Vec::new();
    let mut was_one = false;
    for deputy in known.rules.deputies.iter().cloned() {
        let this_one = deputy.person == person && deputy.in_place_of == in_place_of;
        let over = now.get(..deputy.until.len()) > Some(deputy.until.as_str());
        was_one |= this_one;
        if !this_one
            && !over
            && tx
                .db()
                .account_of(&tenant, &site, &deputy.person)?
                .is_some()
            && tx
                .db()
                .account_of(&tenant, &site, &deputy.in_place_of)?
                .is_some()
        {
            deputies.push(deputy);
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

/// The day as the rules have it.
fn checked(LastDay(day): LastDay) -> Result<String, DeputyRefused> {
    let today = Utc::now().date_naive();
    let last = today.checked_add_days(Days::new(LONGEST_DAYS));
    match last.is_some_and(|last| (today..=last).contains(&day)) {
        true => Ok(day.to_string()),
        false => Err(DeputyRefused::Day),
    }
}
