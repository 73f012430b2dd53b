//! Approvals that stop counting: what was approved is no longer what is there.

use record::entries::{ApprovalStale, Payload, ReviewScope, ReviewVia, StaleReason, TicketId};
use record::ids::{CommitSha, EventId};
use record::scale::Severity;
use record::state::{Approval, ApprovalState};
use store::{NewEntry, StoreError, Tx};

use crate::effects::announce;
use crate::error::CaseError;
use crate::linking::linked_commits;
use crate::{server, subject_of};

/// Every approval that counts for this ticket stops counting. A rejection stays what it is.
pub(crate) fn make_stale(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    reason: StaleReason,
    shown_by: &EventId,
) -> Result<(), CaseError> {
    for approval in approvals_that_count(tx, ticket)? {
        append_stale(tx, ticket, approval.event, reason, shown_by)?;
    }
    Ok(())
}

/// Every approval that covers code stops counting, if this link brings the ticket a commit that no other link of it did.
/// Jira is told. Commits are looked through only where there is such an approval.
pub(crate) fn make_stale_by_commit(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    link: &EventId,
) -> Result<(), CaseError> {
    let mut approvals = approvals_that_count(tx, ticket)?;
    approvals.retain(|approval| approval.scope == ReviewScope::Code);
    if approvals.is_empty() || !brings_a_commit(tx, ticket, link)? {
        return Ok(());
    }
    for approval in approvals {
        let reason = StaleReason::CommitsAdded;
        append_stale(tx, ticket, approval.event, reason, link)?;
    }
    announce(tx, &ticket.site, &ticket.id)
}

fn brings_a_commit(tx: &mut Tx<'_>, ticket: &TicketId, link: &EventId) -> Result<bool, StoreError> {
    let tenant = tx.tenant().clone();
    let linked = linked_commits(tx.db(), &tenant, &ticket.site, &ticket.id)?;
    let (brought, others): (Vec<_>, Vec<_>) =
        linked.into_iter().partition(|commit| commit.link == *link);
    let is_known = |sha: &CommitSha| others.iter().any(|other| other.sha == *sha);
    Ok(brought.iter().any(|commit| !is_known(&commit.sha)))
}

/// The approval that was made through this stops counting, if it counts; Jira is told.
pub(crate) fn make_stale_by(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    by: &ReviewVia,
    reason: StaleReason,
    shown_by: &EventId,
) -> Result<(), CaseError> {
    let tenant = tx.tenant().clone();
    for approval in approvals_that_count(tx, ticket)? {
        let Some(row) = tx.db().entry(&tenant, approval.seq)? else {
            continue;
        };
        let said = Payload::parse(&row.entry.kind, &row.entry.payload).map_err(StoreError::from)?;
        if matches!(&said, Payload::HumanReview(review) if review.via.as_ref() == Some(by)) {
            append_stale(tx, ticket, approval.event, reason, shown_by)?;
            announce(tx, &ticket.site, &ticket.id)?;
        }
    }
    Ok(())
}

fn approvals_that_count(tx: &mut Tx<'_>, ticket: &TicketId) -> Result<Vec<Approval>, StoreError> {
    let tenant = tx.tenant().clone();
    let approvals = tx.db().approvals(&tenant, &ticket.site, &ticket.id)?;
    let counting = approvals
        .into_iter()
        .filter(|a| a.state == ApprovalState::Counting && a.decision == "APPROVED");
    Ok(counting.collect())
}

fn append_stale(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    approval: EventId,
    reason: StaleReason,
    shown_by: &EventId,
) -> Result<(), StoreError> {
    let once = format!("stale:{approval}");
    tx.append(NewEntry {
        payload: ApprovalStale {
            ticket: ticket.clone(),
            approval,
            reason,
            shown_by: shown_by.clone(),
        }
        .into(),
        beside: Vec::new(),
        subject: subject_of(&ticket.site, &ticket.id),
        severity: Severity::Medium,
        actor: server(),
        source: "COUNTERSIGN",
        once,
    })
    .map(drop)
}
