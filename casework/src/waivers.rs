//! Waivers: an approver says that a ticket need not meet a requirement, why, and until when. It is recorded, shown, warned
//! of before it ends, and counted apart in reports. It opens no gate: that takes an approval.

mod due;
mod view;

use record::entries::{Payload, RequirementWaived, TicketId, WaiverEnd, WaiverEnded};
use record::ids::{AccountId, EventId, IssueId, PersonId};
use record::scale::Severity;
use record::state::Waiver;
use store::{NewEntry, StoreError, Tx};
use ulid::Ulid;

pub use view::WaiverView;
pub(crate) use view::waivers_about;

use crate::error::CaseError;
use crate::panel::recorded_assessment;
use crate::people::person_for;
use crate::statement::{Stated, Statement, StatementRefused, Stating};
use crate::times::LastDay;
use crate::{ActiveSite, Casework, person, server, subject_of};

/// The longest that a waiver holds, in days.
const LONGEST_DAYS: u64 = 366;

/// What somebody waives.
#[derive(Debug, Clone)]
pub struct WaiveRequest {
    /// Who, of which ticket, and why.
    pub stating: Stating,
    /// Which requirement, by id.
    pub requirement: String,
    /// The last day on which it holds, in UTC.
    pub until: LastDay,
}

/// Why nothing was waived, or no waiver ended.
#[derive(Debug, thiserror::Error)]
pub enum WaiverRefused {
    /// Nothing can be stated of the ticket.
    #[error(transparent)]
    Statement(#[from] StatementRefused),
    /// The day is past, or too far away.
    #[error(
        "A waiver ends: choose a day from today on, within {LONGEST_DAYS} days. Nothing was recorded."
    )]
    Day,
    /// The ticket does not ask for it.
    #[error("The issue does not ask for this requirement. Nothing was recorded.")]
    NotAsked,
    /// There is no such waiver of this ticket that holds.
    #[error("This waiver does not hold any more. Nothing was recorded: reload the panel.")]
    NotHolding,
}

impl From<StoreError> for WaiverRefused {
    fn from(error: StoreError) -> Self {
        Self::Statement(error.into())
    }
}

impl From<CaseError> for WaiverRefused {
    fn from(error: CaseError) -> Self {
        Self::Statement(error.into())
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
        let WaiveRequest {
            stating,
            requirement,
            until,
        } = request;
        let last = until.within(LONGEST_DAYS).ok_or(WaiverRefused::Day)?;
        let until = format!("{last}T23:59:59.999Z");
        let (judged, entitled) = self
            .entitled_on(site, &stating.issue, &stating.account)
            .await?;
        let statement = Statement {
            of: stating,
            site: site.site.clone(),
            entitled,
            content_hash: judged.content_hash,
            restricted: judged.snapshot.restricted,
        };
        let once = format!("waiver:{}", Ulid::generate());
        self.store
            .write(&site.tenant, move |tx| {
                waive(tx, &statement, requirement, until, once)
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
                let ticket = row.ok_or(StatementRefused::Gone)?.ticket;
                let holding = tx.db().holding_waivers(&tenant, &site_id, &issue)?;
                let held = holding.into_iter().find(|it| it.waiver == waiver);
                let held = held.ok_or(WaiverRefused::NotHolding)?;
                let by = person_for(tx, &site_id, &account)?;
                tx.append(ended(&ticket.named(), held, WaiverEnd::Withdrawn, Some(by)))?;
                Ok(())
            })
            .await
    }
}

fn waive(
    tx: &mut Tx<'_>,
    statement: &Statement,
    requirement: String,
    until: String,
    once: String,
) -> Result<(), WaiverRefused> {
    let tenant = tx.tenant().clone();
    let row = statement.ticket(tx)?;
    let asked = recorded_assessment(tx.db(), &tenant, &row)?;
    if asked.is_none_or(|it| it.requirements.get(&requirement).is_none()) {
        return Err(WaiverRefused::NotAsked);
    }
    let ticket = row.ticket;
    let by = statement.reviewer(tx)?;
    let holding = tx
        .db()
        .holding_waivers(&tenant, &ticket.site, &ticket.issue)?;
    let same = |it: &&Waiver| it.requirement == requirement && it.until == until;
    // A second press of the same button.
    if let Some(known) = holding.iter().find(same)
        && said_before(tx, known, statement, &by.person)?
    {
        return Ok(());
    }
    let actor = person(&by.person);
    tx.append(NewEntry {
        subject: subject_of(&ticket.site, &ticket.issue),
        payload: RequirementWaived {
            ticket: ticket.named(),
            requirement,
            requirement_set: ticket.requirement_set,
            by,
            until,
        }
        .into(),
        beside: statement.beside(),
        severity: Severity::Medium,
        actor,
        source: "JIRA",
        once,
    })?;
    Ok(())
}

/// Whether a waiver was given by this person for this reason.
fn said_before(
    tx: &mut Tx<'_>,
    waiver: &Waiver,
    statement: &Statement,
    by: &PersonId,
) -> Result<bool, StoreError> {
    let tenant = tx.tenant().clone();
    let Some(row) = tx.db().entry(&tenant, waiver.seq)? else {
        return Ok(false);
    };
    let stated = Stated::beside(tx.db(), &tenant, &row.entry, true)?;
    let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
    let by_the_same = matches!(said, Payload::RequirementWaived(it) if it.by.person == *by);
    Ok(by_the_same && statement.says(&stated))
}

/// That a waiver holds no longer; `by` is who took it back.
fn ended(ticket: &TicketId, waiver: Waiver, reason: WaiverEnd, by: Option<PersonId>) -> NewEntry {
    NewEntry {
        subject: subject_of(&ticket.site, &ticket.id),
        once: format!("waiver-ended:{}", waiver.waiver),
        beside: Vec::new(),
        severity: match reason {
            WaiverEnd::Expired => Severity::Medium,
            WaiverEnd::NotAsked | WaiverEnd::Withdrawn => Severity::Info,
        },
        actor: by.as_ref().map_or_else(server, person),
        source: match by {
            Some(_) => "JIRA",
            None => "COUNTERSIGN",
        },
        payload: WaiverEnded {
            ticket: ticket.clone(),
            waiver: waiver.waiver,
            requirement: waiver.requirement,
            reason,
            by,
        }
        .into(),
    }
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
            tx.append(ended(ticket, waiver, WaiverEnd::NotAsked, None))?;
        }
    }
    Ok(())
}
