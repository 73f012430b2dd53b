//! What came of a ticket's approval lately, for whoever is told that none counts: why one became stale, and that somebody
//! made a decision in Jira that does not count.

use record::entries::{NotCounted, Payload, StaleReason};
use record::ids::TenantId;
use record::state::Ticket;
use store::{Db, StoreError};

use crate::subject_of;

/// The most entries that are looked through: what came before them is no news.
const MOST: i64 = 50;

/// What came after the last decision that was recorded as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lately {
    /// Why an approval became stale last.
    pub(crate) stale: Option<StaleReason>,
    /// Why the last decision in Jira does not count.
    pub(crate) not_counted: Option<NotCounted>,
}

impl Lately {
    pub(crate) fn of(
        db: &mut Db<'_>,
        tenant: &TenantId,
        ticket: &Ticket,
    ) -> Result<Self, StoreError> {
        let mut lately = Self::default();
        let subject = subject_of(&ticket.site, &ticket.issue);
        for seq in db.positions_about(tenant, &subject, MOST)? {
            let Some(row) = db.entry(tenant, seq)? else {
                continue;
            };
            match Payload::parse(&row.entry.kind, &row.entry.payload)? {
                Payload::HumanReview(_) => break,
                Payload::ApprovalStale(stale) => {
                    lately.stale.get_or_insert(stale.reason);
                }
                Payload::ReviewNotCounted(made) => {
                    lately.not_counted.get_or_insert(made.reason);
                }
                _ => {}
            }
        }
        Ok(lately)
    }
}

/// That what was approved is no longer what is there, and why, without a full stop.
pub(crate) fn stale_in_words(reason: Option<StaleReason>, ticket: &str) -> String {
    match reason {
        None | Some(StaleReason::ContentChanged) => {
            format!("{ticket} changed after it was approved")
        }
        Some(StaleReason::RequirementsChanged) => {
            format!("{ticket} has other requirements than when it was approved")
        }
        Some(StaleReason::TicketDeleted) => format!("{ticket} was deleted after it was approved"),
        Some(StaleReason::CommentEdited) => {
            format!("{ticket} was approved by a comment that was edited since")
        }
        Some(StaleReason::CommentDeleted) => {
            format!("{ticket} was approved by a comment that was deleted since")
        }
        Some(StaleReason::Moved) => {
            format!("{ticket} moved to another project after it was approved")
        }
        Some(StaleReason::CommitsAdded) => {
            format!("{ticket} got another commit after it was approved")
        }
    }
}
