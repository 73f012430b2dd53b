//! The rows of claims whose markers are looked for again.

use serde::Serialize;

use crate::entries::{Found, ImplementationClaimed};
use crate::ids::{EventId, IssueId, RepositoryId, SiteId};

/// A claim that code of a repository meets a requirement of a ticket, made by a marker in the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Its IMPLEMENTATION_CLAIMED entry.
    pub claim: EventId,
    /// The entry's position.
    pub seq: u64,
    /// The site.
    pub site: SiteId,
    /// The tracker's id of the ticket.
    pub issue: IssueId,
    /// The repository.
    pub repository: RepositoryId,
    /// How it stands.
    pub standing: ClaimStanding,
    /// The position of the entry that says so, if it is not the claim's own.
    pub checked_seq: Option<u64>,
}

/// How a claim stands, as far as the entries say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimStanding {
    /// The code is where it was claimed.
    Present,
    /// The same code stands elsewhere.
    Moved,
    /// The code at the marker is another.
    Drifted,
    /// The marker is gone. Stays so: one that comes again is a claim of its own.
    Gone,
    /// It was claimed anew. Stays so.
    Replaced,
}

impl ClaimStanding {
    /// Whether its marker is looked for again.
    #[must_use]
    pub const fn is_looked_for(self) -> bool {
        !matches!(self, Self::Gone | Self::Replaced)
    }
}

impl From<Found> for ClaimStanding {
    fn from(found: Found) -> Self {
        match found {
            Found::Present => Self::Present,
            Found::Moved => Self::Moved,
            Found::Drifted => Self::Drifted,
            Found::Gone => Self::Gone,
        }
    }
}

impl Claim {
    /// None of a claim without a repository.
    pub(super) fn of(claimed: ImplementationClaimed, claim: &EventId, seq: u64) -> Option<Self> {
        Some(Self {
            claim: claim.clone(),
            seq,
            site: claimed.ticket.site,
            issue: claimed.ticket.id,
            repository: claimed.repository?,
            standing: ClaimStanding::Present,
            checked_seq: None,
        })
    }
}
