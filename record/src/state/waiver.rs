//! The rows of waivers.

use serde::Serialize;

use crate::entries::RequirementWaived;
use crate::ids::{EventId, IssueId, SiteId};

/// A waiver of one requirement of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// Its REQUIREMENT_WAIVED entry.
    pub waiver: EventId,
    /// The entry's position.
    pub seq: u64,
    /// The site.
    pub site: SiteId,
    /// The tracker's id of the ticket.
    pub issue: IssueId,
    /// The requirement.
    pub requirement: String,
    /// From when on it holds no longer.
    pub until: String,
    /// How it stands.
    pub state: WaiverState,
}

/// How a waiver stands, as far as the entries say. One whose time came holds no longer, whether that was recorded or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaiverState {
    /// It was given.
    Given,
    /// It was said that its end is near.
    Expiring,
    /// It ended.
    Ended,
    /// A later waiver of the same requirement took its place.
    Superseded,
}

impl WaiverState {
    /// Whether it holds until its time comes.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Given | Self::Expiring)
    }
}

impl Waiver {
    pub(super) fn of(waived: RequirementWaived, waiver: &EventId, seq: u64) -> Self {
        Self {
            waiver: waiver.clone(),
            seq,
            site: waived.ticket.site,
            issue: waived.ticket.id,
            requirement: waived.requirement,
            until: waived.until,
            state: WaiverState::Given,
        }
    }
}
