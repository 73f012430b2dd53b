//! Approvals that stop counting: what was approved is no longer what is there.

use record::entries::{ApprovalStale, Payload, ReviewScope, ReviewVia, StaleReason, TicketId};
use record::ids::EventId;
use record::scale::Severity;
use record::state::{Approval, ApprovalState};
use store::{NewEntry, StoreError, Tx};

use crate::effects::announce;
use crate::error::CaseError;
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

/// Every approval that covers code stops counting: a commit came that it does not cover. Jira is told.
pub(crate) fn make_stale_by_commit(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    shown_by: &EventId,
) -> Result<(), CaseError> {
    let approvals = approvals_that_count(tx, ticket)?.into_iter();
    for approval in approvals.filter(|approval| approval.scope == ReviewScope::Code) {
        append_stale(
            tx,
            ticket,
            approval.event,
            StaleReason::CommitsAdded,
            shown_by,
        )?;
        announce(tx, &ticket.site, &ticket.id)?;
    }
    Ok(())
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
