//! Decisions that can no longer change: another took their place, or what they were about did change. There are
//! more of them the longer a ledger goes on, so of each only a fingerprint is kept: SipHash under two keys
//! that were drawn for this run, so that nobody can have chosen a row to fit.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use ledger::{Code, Finding, Place};
use record::entries::{Payload, TicketId};
use record::ids::EventId;
use record::state::{Approval, ApprovalState, Rows, State, fold_into};
use ulid::Ulid;

use crate::judge::examined::LeadsToRows;

#[derive(Default)]
pub(super) struct Settled {
    keys: [RandomState; 2],
    /// By the ULID of the decision's entry.
    fingerprints: HashMap<u128, [u64; 2]>,
}

impl Settled {
    /// Folds an entry into the rows, and takes over the decisions that it settled.
    pub(super) fn fold(&mut self, seq: u64, entry: LeadsToRows, state: &mut State) {
        let LeadsToRows { id, at, payload } = entry;
        // An entry that repeats the id of an earlier one leads to its row anew.
        if let Payload::HumanReview(_) = payload {
            self.take(id.as_str());
        }
        let counted = ticket_decided_on(&payload)
            .map(|ticket| certain(state.counting(&ticket.site, &ticket.id)))
            .unwrap_or_default();
        certain(fold_into(seq, &id, &at, payload, state));
        for Approval { event, .. } in counted {
            let settled = |now: &&Approval| now.state != ApprovalState::Counting;
            if let Some(now) = state.approvals.get(&event).filter(settled)
                && let Some(ulid) = ulid_of(event.as_str())
            {
                self.fingerprints.insert(ulid, self.fingerprint(now));
                state.approvals.remove(&event);
            }
        }
    }

    fn fingerprint(&self, row: &Approval) -> [u64; 2] {
        self.keys.each_ref().map(|key| key.hash_one(row))
    }

    /// Whether a stored row is that of a settled decision; a finding if it is, and differs.
    pub(super) fn stored(&mut self, row: &Approval, findings: &mut Vec<Finding>) -> bool {
        let Some(expected) = self.take(row.event.as_str()) else {
            return false;
        };
        if expected != self.fingerprint(row) {
            let detail = "a column of a decision that counts no more";
            findings.push(finding(Code::ProjectionAltered, row.event.as_str(), detail));
        }
        true
    }

    /// Takes out the decision of this entry.
    pub(super) fn take(&mut self, event: &str) -> Option<[u64; 2]> {
        self.fingerprints.remove(&ulid_of(event)?)
    }

    /// Findings for the decisions whose rows were not there.
    pub(super) fn missing(self, findings: &mut Vec<Finding>) {
        let mut ulids: Vec<u128> = self.fingerprints.into_keys().collect();
        ulids.sort_unstable();
        findings.extend(ulids.into_iter().map(|ulid| {
            let event = EventId::from_ulid(Ulid(ulid));
            finding(
                Code::ProjectionMissing,
                event.as_str(),
                "an entry leads to it",
            )
        }));
    }
}

/// The ticket whose decisions an entry can settle.
fn ticket_decided_on(payload: &Payload) -> Option<&TicketId> {
    match payload {
        Payload::HumanReview(review) => Some(&review.ticket),
        Payload::ApprovalStale(stale) => Some(&stale.ticket),
        _ => None,
    }
}

fn ulid_of(event: &str) -> Option<u128> {
    let id: EventId = event.parse().ok()?;
    let (_, ulid) = id.as_str().split_once('_')?;
    Ulid::from_string(ulid).ok().map(|ulid| ulid.0)
}

/// Rows in memory do not fail.
fn certain<T>(result: Result<T, std::convert::Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

fn finding(code: Code, event: &str, detail: &str) -> Finding {
    let place = Place::Row {
        table: "approvals".to_owned(),
        row: event.to_owned(),
    };
    Finding::new(code, place, detail)
}

#[cfg(test)]
mod tests {
    use record::entries::{Decision, HumanReview, ReviewScope, ReviewType, Reviewer, RoleSource};
    use record::facts::Tracker;
    use record::ids::{PersonId, SiteId};

    use super::*;

    fn review(n: u128, decision: Decision) -> LeadsToRows {
        let ticket = TicketId {
            tracker: Tracker::Jira,
            site: SiteId::from_ulid(Ulid(1)),
            id: "10001".parse().unwrap(),
            key: "PAY-1".parse().unwrap(),
        };
        let review = HumanReview {
            ticket_key: ticket.key.clone(),
            ticket,
            review_type: ReviewType::ChangeApproval,
            scope: ReviewScope::Plan,
            decision,
            reviewer: Reviewer {
                person: PersonId::from_ulid(Ulid(n)),
                role: "Approvers".to_owned(),
                role_source: RoleSource::Group,
                speaks_for: None,
                in_place_of: None,
            },
            content_hash: "c0".to_owned(),
            requirement_set: "5e".to_owned(),
            reviewed_at: "2026-11-21T09:00:00.000Z".to_owned(),
            linked_audit_events: Vec::new(),
            needs: None,
            via: None,
        };
        LeadsToRows {
            id: EventId::from_ulid(Ulid(n)),
            at: "2026-11-21T09:00:00.000Z".to_owned(),
            payload: review.into(),
        }
    }

    /// Three decisions on one ticket, and the rows to which all of them lead.
    fn three() -> (Settled, State, Vec<Approval>) {
        let (mut settled, mut state) = (Settled::default(), State::default());
        let mut whole = State::default();
        for (n, decision) in [Decision::Approved, Decision::Rejected, Decision::Approved]
            .into_iter()
            .enumerate()
        {
            let LeadsToRows { id, at, payload } = review(n as u128, decision);
            certain(fold_into(n as u64, &id, &at, payload, &mut whole));
            settled.fold(n as u64, review(n as u128, decision), &mut state);
        }
        (settled, state, whole.approvals.into_values().collect())
    }

    #[test]
    fn only_what_counts_is_kept_whole() {
        let (mut settled, state, rows) = three();
        assert_eq!(state.approvals.len(), 1);
        let mut findings = Vec::new();
        let known: Vec<bool> = rows
            .iter()
            .map(|row| settled.stored(row, &mut findings))
            .collect();
        assert_eq!(known, [true, true, false]);
        assert_eq!(state.approvals.get(&rows[2].event), Some(&rows[2]));
        settled.missing(&mut findings);
        assert_eq!(findings, []);
    }

    #[test]
    fn another_row_and_no_row_are_found() {
        let changes: [fn(&mut Approval); 10] = [
            |row| row.seq = 7,
            |row| row.site = SiteId::from_ulid(Ulid(2)),
            |row| row.issue = "10002".parse().unwrap(),
            |row| row.reviewer = PersonId::from_ulid(Ulid(9)),
            |row| row.role = "Administrators".to_owned(),
            |row| row.decision = "REJECTED".to_owned(),
            |row| row.content_hash = "c1".to_owned(),
            |row| row.requirement_set = "5f".to_owned(),
            |row| row.reviewed_at.clear(),
            |row| row.state = ApprovalState::Counting,
        ];
        for change in changes {
            let (mut settled, _, mut rows) = three();
            change(&mut rows[0]);
            let mut findings = Vec::new();
            assert!(settled.stored(&rows[0], &mut findings));
            settled.missing(&mut findings);
            let found: Vec<_> = findings
                .iter()
                .map(|f| (f.code, f.place.to_string()))
                .collect();
            let place = |n: usize| format!("table approvals, row {}", rows[n].event);
            let expected = [
                (Code::ProjectionAltered, place(0)),
                (Code::ProjectionMissing, place(1)),
            ];
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn an_id_that_comes_again_leads_to_its_row_anew() {
        let (mut settled, mut state, _) = three();
        settled.fold(3, review(0, Decision::Rejected), &mut state);
        assert_eq!(settled.take(EventId::from_ulid(Ulid(0)).as_str()), None);
        assert_eq!(state.approvals.len(), 1);
    }
}
