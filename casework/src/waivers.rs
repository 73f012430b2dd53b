//! Waivers: an approver says that a ticket need not meet a requirement, why, and until when. It is recorded, shown, warned
//! of before it ends, and counted apart in reports. It opens no gate: that takes an approval.

mod due;
mod view;

use std::str::FromStr;

use chrono::{Days, NaiveDate, Utc};
use record::entries::{Payload, RequirementWaived, Reviewer, TicketId, WaiverEnd, WaiverEnded};
use record::facts::Tracker;
use record::ids::{AccountId, EventId, IssueId, PersonId};
use record::scale::Severity;
use record::state::{Ticket, Waiver};
use serde_json::Value;
use store::{NewEntry, StoreError, Tx};
use ulid::Ulid;

pub(crate) use due::{WAIVER_EFFECT, WAIVER_MARK};
pub use view::WaiverView;
pub(crate) use view::{REASON, REASON_IN_PANEL, waivers_about};

use crate::assess::Judged;
use crate::error::CaseError;
use crate::licence::NoLicence;
use crate::panel::recorded_assessment;
use crate::people::person_for;
use crate::reviewers::{Entitled, NotAReviewer};
use crate::{ActiveSite, Casework, person, server, subject_of};

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 4_000;
/// The longest that a waiver holds, in days.
const LONGEST_DAYS: u64 = 366;

/// What somebody waives. Holds that person's words, so it is never logged.
#[derive(Clone)]
pub struct WaiveRequest {
    /// Who, as the platform signed it.
    pub account: AccountId,
    /// On which ticket, as the platform signed it.
    pub issue: IssueId,
    /// Which requirement, by id.
    pub requirement: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub until: WaiverDay,
    /// The assessment that the person saw.
    pub seen: EventId,
}

impl std::fmt::Debug for WaiveRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaiveRequest")
            .field("issue", &self.issue)
            .finish_non_exhaustive()
    }
}

/// The last day on which a waiver holds, in UTC, as `2027-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaiverDay(NaiveDate);

impl FromStr for WaiverDay {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self)
    }
}

impl WaiverDay {
    /// When it is over, as the ledger writes it; none of a day that is past or too far away.
    fn end(self) -> Option<String> {
        let today = Utc::now().date_naive();
        let last = today.checked_add_days(Days::new(LONGEST_DAYS))?;
        let Self(day) = self;
        (today..=last)
            .contains(&day)
            .then(|| format!("{day}T23:59:59.999Z"))
    }
}

/// Why nothing was waived, or no waiver ended.
#[derive(Debug, thiserror::Error)]
pub enum WaiverRefused {
    /// The person may not.
    #[error(transparent)]
    NotAReviewer(#[from] NotAReviewer),
    /// The site has no licence.
    #[error(transparent)]
    NoLicence(#[from] NoLicence),
    /// It says no reason.
    #[error("Say why the requirement is waived: the reason is empty. Nothing was recorded.")]
    NoReason,
    /// The reason is too long.
    #[error("The reason is longer than {LONGEST_REASON} characters. Nothing was recorded.")]
    TooLong,
    /// The day is past, or too far away.
    #[error(
        "A waiver ends: choose a day from today on, within {LONGEST_DAYS} days. Nothing was recorded."
    )]
    Day,
    /// The ticket does not ask for it.
    #[error("The issue does not ask for this requirement. Nothing was recorded.")]
    NotAsked,
    /// What the person saw is not what is there.
    #[error(
        "The issue changed since you opened it. Nothing was recorded: read it again, then decide."
    )]
    Changed,
    /// There is no such waiver of this ticket that holds.
    #[error("This waiver does not hold any more. Nothing was recorded: reload the panel.")]
    NotHolding,
    /// The ticket is gone or cannot be seen.
    #[error("Jira does not show this issue any more. Nothing was recorded.")]
    Gone,
    /// The source or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for WaiverRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Records that a ticket need not meet a requirement, if the person may say so of what is there now.
    ///
    /// # Errors
    /// Why it was not recorded. Then nothing of it was.
    pub async fn waive(
        &self,
        site: &ActiveSite,
        request: WaiveRequest,
    ) -> Result<(), WaiverRefused> {
        match request.reason.trim() {
            "" => return Err(WaiverRefused::NoReason),
            reason if reason.chars().count() > LONGEST_REASON => {
                return Err(WaiverRefused::TooLong);
            }
            _ => {}
        }
        let until = request.until.end().ok_or(WaiverRefused::Day)?;
        let (judged, entitled) = self
            .entitled_on(site, &request.issue, &request.account)
            .await?;
        let site_id = site.site.clone();
        let once = format!("waiver:{}", Ulid::generate());
        self.store
            .write(&site.tenant, move |tx| -> Result<(), WaiverRefused> {
                let tenant = tx.tenant().clone();
                let row = tx.db().ticket(&tenant, &site_id, &request.issue)?;
                let row = row.ok_or(WaiverRefused::Gone)?;
                let asked = recorded_assessment(tx.db(), &tenant, &row)?;
                let ticket = row.ticket;
                if ticket.assessed_by != request.seen || ticket.content_hash != judged.content_hash
                {
                    return Err(WaiverRefused::Changed);
                }
                let is_asked =
                    asked.is_some_and(|it| it.requirements.get(&request.requirement).is_some());
                if !is_asked {
                    return Err(WaiverRefused::NotAsked);
                }
                let holding = tx.db().holding_waivers(&tenant, &site_id, &request.issue)?;
                let same =
                    |it: &&Waiver| it.requirement == request.requirement && it.until == until;
                let by = person_for(tx, &site_id, &request.account)?;
                let why = request.reason.trim();
                if let Some(known) = holding.iter().find(same)
                    && said_by(tx, known, &by, why)?
                {
                    return Ok(());
                }
                let reason = match judged.snapshot.restricted {
                    true => REASON_IN_PANEL,
                    false => REASON,
                };
                let beside: Vec<(&'static str, Value)> = vec![
                    ("displayName", entitled.display_name.into()),
                    (reason, why.into()),
                ];
                tx.append(NewEntry {
                    subject: subject_of(&site_id, &ticket.issue),
                    payload: RequirementWaived {
                        ticket: named(&ticket),
                        requirement: request.requirement,
                        requirement_set: ticket.requirement_set,
                        by: Reviewer {
                            person: by.clone(),
                            role: entitled.role,
                            role_source: entitled.role_source,
                        },
                        until,
                    }
                    .into(),
                    beside,
                    severity: Severity::Medium,
                    actor: person(&by),
                    source: "JIRA",
                    once,
                })?;
                Ok(())
            })
            .await
    }

    /// Records that a waiver holds no longer: any approver of the ticket may take it back.
    ///
    /// # Errors
    /// Why it was not recorded.
    pub async fn end_waiver(
        &self,
        site: &ActiveSite,
        account: &AccountId,
        issue: &IssueId,
        waiver: &EventId,
    ) -> Result<(), WaiverRefused> {
        self.entitled_on(site, issue, account).await?;
        let (site_id, issue) = (site.site.clone(), issue.clone());
        let (account, waiver) = (account.clone(), waiver.clone());
        self.store
            .write(&site.tenant, move |tx| -> Result<(), WaiverRefused> {
                let tenant = tx.tenant().clone();
                let row = tx.db().ticket(&tenant, &site_id, &issue)?;
                let ticket = row.ok_or(WaiverRefused::Gone)?.ticket;
                let holding = tx.db().holding_waivers(&tenant, &site_id, &issue)?;
                let held = holding.into_iter().find(|it| it.waiver == waiver);
                let held = held.ok_or(WaiverRefused::NotHolding)?;
                let by = person_for(tx, &site_id, &account)?;
                tx.append(NewEntry {
                    subject: subject_of(&site_id, &ticket.issue),
                    once: format!("waiver-ended:{waiver}"),
                    payload: WaiverEnded {
                        ticket: named(&ticket),
                        waiver,
                        requirement: held.requirement,
                        reason: WaiverEnd::Withdrawn,
                        by: Some(by.clone()),
                    }
                    .into(),
                    beside: Vec::new(),
                    severity: Severity::Info,
                    actor: person(&by),
                    source: "JIRA",
                })?;
                Ok(())
            })
            .await
    }

    /// The ticket as it is now, and by what right this account decides on it.
    pub(crate) async fn entitled_on(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        account: &AccountId,
    ) -> Result<(Judged, Entitled), WaiverRefused> {
        site.demand_licence()?;
        let judged = self.assess_ticket(site, issue, None).await?;
        let judged = judged.ok_or(WaiverRefused::Gone)?;
        let settings = self.settings_of(site, &judged.snapshot.project).await?;
        let entitled = self
            .entitlement(site, &judged.snapshot, account, settings.as_ref())
            .await??;
        Ok((judged, entitled))
    }
}

/// Whether a waiver was given by this person for this reason: a second press of the same button.
fn said_by(tx: &mut Tx<'_>, waiver: &Waiver, by: &PersonId, why: &str) -> Result<bool, StoreError> {
    let tenant = tx.tenant().clone();
    let Some(row) = tx.db().entry(&tenant, waiver.seq)? else {
        return Ok(false);
    };
    let mut reason = tx.db().beside(&tenant, &row.entry, REASON)?;
    if reason.is_none() {
        reason = tx.db().beside(&tenant, &row.entry, REASON_IN_PANEL)?;
    }
    let same = reason.is_some_and(|reason| reason == why);
    let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
    Ok(same && matches!(said, Payload::RequirementWaived(it) if it.by.person == *by))
}

/// Waivers of what a ticket is not asked for any more end: they would come back with the requirement, on other content.
pub(crate) fn end_what_is_not_asked(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    asked: impl Fn(&str) -> bool,
) -> Result<(), StoreError> {
    let tenant = tx.tenant().clone();
    for waiver in tx.db().holding_waivers(&tenant, &ticket.site, &ticket.id)? {
        if !asked(&waiver.requirement) {
            tx.append(NewEntry {
                subject: subject_of(&ticket.site, &ticket.id),
                once: format!("waiver-ended:{}", waiver.waiver),
                payload: WaiverEnded {
                    ticket: ticket.clone(),
                    waiver: waiver.waiver,
                    requirement: waiver.requirement,
                    reason: WaiverEnd::NotAsked,
                    by: None,
                }
                .into(),
                beside: Vec::new(),
                severity: Severity::Info,
                actor: server(),
                source: "COUNTERSIGN",
            })?;
        }
    }
    Ok(())
}

pub(crate) fn named(ticket: &Ticket) -> TicketId {
    TicketId {
        tracker: Tracker::Jira,
        site: ticket.site.clone(),
        id: ticket.issue.clone(),
        key: ticket.key.clone(),
    }
}
