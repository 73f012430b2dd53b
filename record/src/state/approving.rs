//! What decisions come to together: whether a ticket counts as approved. Decides nothing that does not stand in the
//! entries: each decision says what the ticket needs.

use crate::entries::{Decision, HumanReview, Needs};
use crate::ids::{EventId, PersonId};
use crate::state::rows::TicketApproval;

/// The approvals of a ticket that count, in the order of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approving(Vec<Approver>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Approver {
    event: EventId,
    person: PersonId,
    in_place_of: Option<PersonId>,
    speaks_for: Option<String>,
}

impl Approving {
    /// Takes a decision in, whose entry this is; gives where the ticket's approval stands, from where it stood before.
    pub fn decide(
        &mut self,
        event: &EventId,
        review: &HumanReview,
        before: TicketApproval,
    ) -> TicketApproval {
        self.0
            .retain(|earlier| stays(review, &earlier.person, earlier.in_place_of.as_ref()));
        if review.decision == Decision::Approved {
            self.0.push(Approver {
                event: event.clone(),
                person: review.reviewer.person.clone(),
                in_place_of: review.reviewer.in_place_of.clone(),
                speaks_for: review.reviewer.speaks_for.clone(),
            });
        }
        let spoke_for = self.0.iter().map(|approver| approver.speaks_for.as_ref());
        standing_after(review, before, spoke_for)
    }

    /// Takes an approval out that no longer counts; whether it was there.
    pub fn make_stale(&mut self, approval: &EventId) -> bool {
        let before = self.0.len();
        self.0.retain(|approver| approver.event != *approval);
        self.0.len() < before
    }
}

/// Whether an earlier approval of this person goes on counting after a decision. Where several have to approve, those of
/// others stay beside it, unless it is a rejection; elsewhere it takes the place of all. Who decides in somebody's place is
/// not another than that one.
pub(super) fn stays(
    decision: &HumanReview,
    earlier: &PersonId,
    in_place_of: Option<&PersonId>,
) -> bool {
    decision.needs.is_some()
        && decision.decision != Decision::Rejected
        && !decision.reviewer.is_one_with(earlier, in_place_of)
}

/// Where approval stands after a decision, with the approvals that count then: for which group each person spoke. Who takes
/// a decision back opens nothing by it.
pub(super) fn standing_after<'a>(
    decision: &HumanReview,
    before: TicketApproval,
    spoke_for: impl Iterator<Item = Option<&'a String>>,
) -> TicketApproval {
    if decision.decision == Decision::Rejected {
        return TicketApproval::Rejected;
    }
    let spoke_for: Vec<Option<&String>> = spoke_for.collect();
    let needs = decision.needs.as_ref();
    let enough = needs.map_or(1, |needs: &Needs| usize::from(needs.approvals));
    let group = needs.and_then(|needs| needs.group.as_ref());
    let is_heard = group.is_none_or(|group| spoke_for.contains(&Some(group)));
    match spoke_for.len() {
        0 => TicketApproval::None,
        _ if decision.decision == Decision::Withdrawn && before != TicketApproval::Approved => {
            before
        }
        count if count >= enough && is_heard => TicketApproval::Approved,
        _ => TicketApproval::Partly,
    }
}
