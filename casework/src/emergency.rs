//! The emergency path: somebody whom the project names for it opens a ticket's gate without an approval, and says why.
//! Within the hours that the project gives, an approver has to decide; if nobody does, that is recorded as a finding and the
//! gate is shut again. One release until somebody decides: it puts off the approval, and does not take its place.

mod due;
mod view;

use std::collections::BTreeSet;

use record::entries::{Decision, EmergencyReleased, EmergencyRule, Enforcement, RoleSource};
use record::ids::{IssueId, SiteId, TenantId};
use record::scale::Severity;
use record::state::{Approval, TicketApproval};
use store::{Db, NewEntry, StoreError, Tx};

pub use view::ReleaseView;
pub(crate) use view::{offered, release_of};

use crate::effects::{announce, tell_news};
use crate::error::CaseError;
use crate::reviewers::{Entitled, Right};
use crate::statement::{Statement, StatementRefused, Stating};
use crate::times::{instant, minute};
use crate::{ActiveSite, Casework, person, subject_of};

/// The most entries about a ticket that are looked through for an earlier release, the latest ones.
const MOST_ABOUT: i64 = 10_000;
const HOUR_MS: i64 = 3_600_000;
/// The mark by which the comment is found.
const MARK: &str = "countersign-emergency";

/// Why nothing was released.
#[derive(Debug, thiserror::Error)]
pub enum EmergencyRefused {
    /// Nothing can be stated of the ticket.
    #[error(transparent)]
    Statement(#[from] StatementRefused),
    /// The project's settings name nobody.
    #[error(
        "The project's settings name nobody who may release an issue in an emergency. Nothing was recorded: ask an \
         approver to decide."
    )]
    NoRule,
    /// The person is not of those that they name.
    #[error(
        "Only members of the group “{0}” can release an issue in an emergency. Nothing was recorded: ask one of them."
    )]
    NotNamed(String),
    /// The gate is open without it.
    #[error("The gate of this issue is open already. Nothing was recorded.")]
    Open,
    /// An approver said no.
    #[error(
        "This issue was rejected. Nothing was recorded: only another decision of an approver opens its gate."
    )]
    Rejected,
    /// An earlier release waits for a decision.
    #[error(
        "This issue was released in an emergency before, and nobody has decided on it since. Nothing was recorded: ask an \
         approver to decide."
    )]
    Before,
}

impl From<StoreError> for EmergencyRefused {
    fn from(error: StoreError) -> Self {
        Self::Statement(error.into())
    }
}

impl From<CaseError> for EmergencyRefused {
    fn from(error: CaseError) -> Self {
        Self::Statement(error.into())
    }
}

impl Casework {
    /// Opens a ticket's gate in an emergency, if the person may on what is there now.
    ///
    /// # Errors
    /// Why it was not opened. Then nothing was recorded.
    pub async fn release(
        &self,
        site: &ActiveSite,
        stating: Stating,
    ) -> Result<(), EmergencyRefused> {
        site.demand_licence().map_err(StatementRefused::from)?;
        let judged = self.assess_ticket(site, &stating.issue, None).await?;
        let judged = judged.ok_or(StatementRefused::Gone)?;
        let settings = self.settings_of(site, &judged.snapshot.project).await?;
        let rules = settings.map(|settings| settings.rules).unwrap_or_default();
        let rule = rules.emergency.ok_or(EmergencyRefused::NoRule)?;
        if rules.enforcement != Enforcement::Enforce {
            return Err(EmergencyRefused::Open);
        }
        let user = self
            .person_on(site, &judged.snapshot, &stating.account)
            .await?
            .map_err(StatementRefused::from)?;
        let calls = self.calls_for_a_person(site);
        let groups = calls.groups_of(&stating.account).await;
        let groups = groups.map_err(CaseError::from)?;
        if !groups.iter().any(|group| group.name == rule.group) {
            return Err(EmergencyRefused::NotNamed(rule.group));
        }
        let statement = Statement {
            of: stating,
            site: site.site.clone(),
            entitled: Entitled {
                display_name: user.display_name,
                email: user.email,
                right: Right {
                    role: rule.group.clone(),
                    role_source: RoleSource::Group,
                    speaks_for: Vec::new(),
                },
                in_place_of: None,
                places: Vec::new(),
                takes_back: None,
            },
            content_hash: judged.content_hash,
            restricted: judged.snapshot.restricted,
        };
        self.store
            .write(&site.tenant, move |tx| release(tx, &statement, &rule))
            .await
    }
}

fn release(
    tx: &mut Tx<'_>,
    statement: &Statement,
    rule: &EmergencyRule,
) -> Result<(), EmergencyRefused> {
    let tenant = tx.tenant().clone();
    let ticket = statement.ticket(tx)?.ticket;
    let by = statement.reviewer(tx)?;
    match ticket.approval {
        TicketApproval::Approved => return Err(EmergencyRefused::Open),
        TicketApproval::Rejected => return Err(EmergencyRefused::Rejected),
        TicketApproval::None | TicketApproval::Partly | TicketApproval::Stale => {}
    }
    if let Some(before) = &ticket.release {
        let before = tx.db().position(&tenant, &before.event)?;
        let same = match before {
            Some(seq) => tx.db().entry(&tenant, seq)?,
            None => None,
        };
        let pressed_again = same.is_some_and(|row| row.entry.actor == person(&by.person));
        return match pressed_again && ticket.released_at(&store::now()).is_some() {
            true => Ok(()),
            false => Err(EmergencyRefused::Before),
        };
    }
    let (site, issue) = (ticket.site.clone(), ticket.issue.clone());
    let decided = tx.db().approvals(&tenant, &site, &issue)?;
    if !is_decided_since(tx.db(), &tenant, (&site, &issue), &decided)? {
        return Err(EmergencyRefused::Before);
    }
    let after = decided
        .first()
        .map_or("none", |decision| decision.event.as_str());
    let once = format!("emergency:{site}:{issue}:after-{after}");
    let until = instant(store::now_ms() + i64::from(rule.hours) * HOUR_MS);
    let actor = person(&by.person);
    tx.append(NewEntry {
        subject: subject_of(&site, &issue),
        payload: EmergencyReleased {
            ticket: ticket.named(),
            by,
            content_hash: ticket.content_hash,
            requirement_set: ticket.requirement_set,
            until: until.clone(),
        }
        .into(),
        beside: statement.beside(),
        severity: Severity::High,
        actor,
        source: "JIRA",
        once,
    })?;
    announce(tx, &site, &issue)?;
    tell(
        tx,
        (&site, &issue),
        "Countersign: this issue was released in an emergency.",
        &format!(
            " Its gate is open until {}. Until then an approver has to approve or reject it; else that is recorded as a \
             finding.",
            minute(&until)
        ),
    )?;
    Ok(())
}

/// Whether somebody decided on a ticket since it was last released, and did not take that back: who decides only to
/// withdraw has decided nothing. So it is where it was never released. Asked of a ticket on which a release does not stand:
/// a decision that was not taken back is later than any.
fn is_decided_since(
    db: &mut Db<'_>,
    tenant: &TenantId,
    (site, issue): (&SiteId, &IssueId),
    latest_first: &[Approval],
) -> Result<bool, StoreError> {
    let withdrawn = Decision::Withdrawn.as_str();
    if latest_first
        .first()
        .is_none_or(|latest| latest.decision != withdrawn)
    {
        return Ok(true);
    }
    let mut last_release = None;
    for seq in db.positions_about(tenant, &subject_of(site, issue), MOST_ABOUT)? {
        let row = db.entry(tenant, seq)?;
        if row.is_some_and(|row| row.entry.kind == "EMERGENCY_RELEASED") {
            last_release = last_release.max(Some(seq));
        }
    }
    let Some(released) = last_release else {
        return Ok(true);
    };
    let since = latest_first
        .iter()
        .rev()
        .filter(|decision| decision.seq > released);
    let mut deciders = BTreeSet::new();
    for decision in since {
        match decision.decision == withdrawn {
            true => deciders.remove(&decision.reviewer),
            false => deciders.insert(decision.reviewer.clone()),
        };
    }
    Ok(!deciders.is_empty())
}

/// Has the comment about a release say that it was decided on.
pub(crate) fn tell_decided(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
) -> Result<(), StoreError> {
    tell(
        tx,
        (site, issue),
        "Countersign: this issue was released in an emergency.",
        " Since then it was decided on: see its approval.",
    )
}

fn tell(
    tx: &mut Tx<'_>,
    of: (&SiteId, &IssueId),
    news: &str,
    next: &str,
) -> Result<(), StoreError> {
    tell_news(tx, of, MARK, news, next)
}
