//! Payloads about findings that people set right.

use serde::{Deserialize, Serialize};

use super::access::words;
use crate::entries::{Reviewer, TicketId};
use crate::ids::EventId;

words! {
    /// What somebody said of a finding.
    Correction {
        /// The ticket is about it, whatever its words say.
        Added = "ADDED",
        /// The ticket is not about it, although its words say so.
        Dismissed = "DISMISSED",
        /// Its words decide again.
        Restored = "RESTORED",
    }
}

/// Somebody set a finding right, for this ticket alone. Beside it: `displayName`, and why: `reason`, or `reasonInPanel` where
/// a security level hides the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindingCorrected {
    /// The ticket.
    pub ticket: TicketId,
    /// What it is about or not: an indicator of the catalog, by id.
    pub indicator: String,
    /// What was said.
    pub correction: Correction,
    /// Who said so.
    pub by: Reviewer,
    /// The assessment that was seen.
    pub seen: EventId,
    /// HMAC-SHA256 under the ticket's own key over the words' rules that were dismissed; hex. Where others speak for it
    /// later, the dismissal does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_words: Option<String>,
}
