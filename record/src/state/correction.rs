//! The rows of findings that people set right.

use serde::Serialize;

use crate::entries::{Correction, FindingCorrected};
use crate::ids::{EventId, IssueId, SiteId};

/// What was last said of one finding of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorrectedFinding {
    /// The site.
    pub site: SiteId,
    /// The tracker's id of the ticket.
    pub issue: IssueId,
    /// The indicator.
    pub indicator: String,
    /// What was said.
    pub correction: Correction,
    /// Of which words, where it was dismissed.
    pub of_words: Option<String>,
    /// The entry.
    pub event: EventId,
    /// Its position.
    pub seq: u64,
}

impl CorrectedFinding {
    pub(super) fn of(corrected: FindingCorrected, event: &EventId, seq: u64) -> Self {
        Self {
            site: corrected.ticket.site,
            issue: corrected.ticket.id,
            indicator: corrected.indicator,
            correction: corrected.correction,
            of_words: corrected.of_words,
            event: event.clone(),
            seq,
        }
    }
}
