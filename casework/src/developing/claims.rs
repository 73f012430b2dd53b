//! What somebody says of where the code meets a ticket's requirements: an assertion of whoever has the key. It approves
//! nothing and opens no gate.

use std::collections::BTreeSet;

use compliance::{Assessment, LONGEST_CODE_PATH, is_code_path};
use ledger::Hash;
use record::entries::{ImplementationClaimed, LineRange, Reporter};
use record::ids::{CommitSha, EventId, RepositoryId};
use record::scale::Severity;
use record::state::Ticket;
use store::{NewEntry, StoreError, Tx};

use super::{NotGiven, WhichTicket};
use crate::api_keys::ApiCaller;
use crate::error::CaseError;
use crate::panel::recorded_assessment;
use crate::{Casework, subject_of};

mod checks;
mod view;

pub use checks::{ClaimCheck, ClaimChecks, LookedForPage, LookedForView};
pub use view::{CheckedView, ClaimView};
pub(crate) use view::{checked_of, claim_of, claims_about};

/// The name under which the file stands beside the entry.
pub(crate) const PLACE: &str = "place";

/// The most claims, or checks of claims, of one call.
const MOST_CLAIMS: usize = 200;

/// Where somebody says that the code meets a requirement.
#[derive(Debug, Clone)]
pub struct ClaimedPlace {
    /// The requirement, by id.
    pub requirement: String,
    /// The file, from the repository's root.
    pub path: String,
    /// Its lines, from 1.
    pub lines: Option<(u32, u32)>,
    /// The claim that this one is made instead of.
    pub replaces: Option<EventId>,
}

/// What somebody claims of a ticket.
#[derive(Debug, Clone)]
pub struct Claims {
    /// Of which commit, where that is said.
    pub commit: Option<CommitSha>,
    /// Of which repository, where markers in its code make the claims.
    pub repository: Option<RepositoryId>,
    /// Where.
    pub places: Vec<ClaimedPlace>,
}

/// Why claims were not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ClaimRefused {
    /// There are none, or too many.
    #[error("claims: 1 to {MOST_CLAIMS} are expected. Nothing was recorded.")]
    Number,
    /// A path is none.
    #[error(
        "path: a file from the repository's root is expected, of {LONGEST_CODE_PATH} bytes at most, without `..`, `:` and \
         characters that do not show. Nothing was recorded."
    )]
    Path,
    /// Lines are none.
    #[error("firstLine and lastLine: from 1, the last not before the first. Nothing was recorded.")]
    Lines,
    /// A requirement is none of the ticket's.
    #[error(
        "The issue does not ask for the requirement that claim {0} of the list names. Nothing was recorded: \
         its requirements say what it asks for."
    )]
    NotAsked(usize),
    /// A marker is not said as it has to be to be found again.
    #[error(
        "repository: with it, `commit` and the lines of each claim are expected, so that they can be looked for again. \
         Nothing was recorded."
    )]
    Marker,
    /// A claim is none that is looked for.
    #[error(
        "Item {0} of the list names a claim that is not looked for in this repository (any more), or is another issue's or \
         requirement's. Nothing was recorded: list the claims again."
    )]
    NoClaim(usize),
    /// What was found has a place where it has none, or none where it has one.
    #[error(
        "Item {0} of the list: `path` and its lines are expected where a claim moved or drifted, and there alone. Nothing \
         was recorded."
    )]
    Place(usize),
    /// The ticket is not there.
    #[error(transparent)]
    Ticket(#[from] NotGiven),
}

impl From<StoreError> for ClaimRefused {
    fn from(error: StoreError) -> Self {
        Self::Ticket(error.into())
    }
}

impl From<CaseError> for ClaimRefused {
    fn from(error: CaseError) -> Self {
        Self::Ticket(error.into())
    }
}

impl Casework {
    /// Records where the code is said to meet a ticket's requirements. What was said before in the same words counts
    /// once. Gives all of it, and whether any is new.
    ///
    /// # Errors
    /// Why nothing was recorded.
    pub async fn claim(
        &self,
        caller: &ApiCaller,
        which: &WhichTicket,
        claims: Claims,
    ) -> Result<(Vec<ClaimView>, bool), ClaimRefused> {
        if !(1..=MOST_CLAIMS).contains(&claims.places.len()) {
            return Err(ClaimRefused::Number);
        }
        for place in &claims.places {
            place.check()?;
        }
        claims.check_markers()?;
        let row = self.ticket_meant(&caller.tenant, which).await?;
        let caller = caller.clone();
        let tenant = caller.tenant.clone();
        self.store
            .write(&tenant, move |tx| -> Result<_, ClaimRefused> {
                let tenant = tx.tenant().clone();
                let now = tx
                    .db()
                    .ticket(&tenant, &row.ticket.site, &row.ticket.issue)?;
                let now = now.ok_or(NotGiven::NoTicket)?;
                let asked = recorded_assessment(tx.db(), &tenant, &now)?.ok_or(NotGiven::Erased)?;
                let known = asked_for(&asked);
                let strange = |place: &ClaimedPlace| !known.contains(place.requirement.as_str());
                if let Some(at) = claims.places.iter().position(strange) {
                    return Err(ClaimRefused::NotAsked(at + 1));
                }
                for (at, place) in claims.places.iter().enumerate() {
                    if !may_replace(tx, &now.ticket, claims.repository.as_ref(), place)? {
                        return Err(ClaimRefused::NoClaim(at + 1));
                    }
                }
                record(tx, &caller, &now.ticket, claims)
            })
            .await
    }
}

fn asked_for(assessment: &Assessment) -> BTreeSet<&str> {
    let all = assessment.requirements.requirements.iter();
    all.map(|requirement| requirement.id.as_str()).collect()
}

/// Whether nothing is to be replaced, or a claim of the same ticket and repository that is looked for.
fn may_replace(
    tx: &mut Tx<'_>,
    ticket: &Ticket,
    repository: Option<&RepositoryId>,
    place: &ClaimedPlace,
) -> Result<bool, StoreError> {
    let Some(earlier) = &place.replaces else {
        return Ok(true);
    };
    let tenant = tx.tenant().clone();
    let Some(earlier) = tx.db().claim(&tenant, earlier)? else {
        return Ok(false);
    };
    let claimed = view::at(tx.db(), &tenant, earlier.seq)?;
    Ok(earlier.site == ticket.site
        && earlier.issue == ticket.issue
        && Some(&earlier.repository) == repository
        && earlier.standing.is_looked_for()
        && claimed.is_some_and(|it| it.requirement == place.requirement))
}

fn record(
    tx: &mut Tx<'_>,
    caller: &ApiCaller,
    ticket: &Ticket,
    claims: Claims,
) -> Result<(Vec<ClaimView>, bool), ClaimRefused> {
    let (mut recorded, mut any) = (Vec::new(), false);
    for place in claims.places {
        let (commit, repository) = (claims.commit.clone(), claims.repository.clone());
        let tenant = tx.tenant().clone();
        let entry = entry(caller, ticket, commit, repository, place);
        let mut appended = tx.append(entry.clone())?;
        // The same place, claimed once more after it was gone or replaced, is a claim of its own.
        if !appended.fresh
            && let Some(ended) = ended_at(tx, &appended.id)?
        {
            appended = tx.append(NewEntry {
                once: format!("{}:after:{ended}", entry.once),
                ..entry
            })?;
        }
        any |= appended.fresh;
        let view = view::at(tx.db(), &tenant, appended.seq)?;
        recorded.push(view.ok_or(StoreError::Row("entries"))?);
    }
    Ok((recorded, any))
}

/// The position of the entry that ended this claim; none if it is looked for, or never was.
fn ended_at(tx: &mut Tx<'_>, claim: &EventId) -> Result<Option<u64>, StoreError> {
    let tenant = tx.tenant().clone();
    let row = tx.db().claim(&tenant, claim)?;
    let ended = row.filter(|row| !row.standing.is_looked_for());
    Ok(ended.and_then(|row| row.checked_seq))
}

fn entry(
    caller: &ApiCaller,
    ticket: &Ticket,
    commit: Option<CommitSha>,
    repository: Option<RepositoryId>,
    place: ClaimedPlace,
) -> NewEntry {
    let ClaimedPlace {
        requirement,
        path,
        lines,
        replaces,
    } = place;
    let key = &caller.key.key;
    let mut once = format!(
        "claim:{key}:{}:{}:{}:{requirement}:{}:{lines:?}:{}",
        ticket.site,
        ticket.issue,
        ticket.requirement_set,
        commit.as_ref().map_or("", |commit| commit.as_str()),
        Hash::of(path.as_bytes()),
    );
    if let Some(repository) = &repository {
        let instead = replaces.as_ref().map_or("", |claim| claim.as_str());
        once.push_str(&format!(":{repository}:{instead}"));
    }
    NewEntry {
        subject: subject_of(&ticket.site, &ticket.issue),
        payload: ImplementationClaimed {
            ticket: ticket.named(),
            by: Reporter::ApiKey(key.clone()),
            requirement,
            requirement_set: ticket.requirement_set.clone(),
            commit,
            lines: lines.map(|(first, last)| LineRange { first, last }),
            repository,
            replaces,
        }
        .into(),
        beside: vec![(PLACE, path.into())],
        severity: Severity::Info,
        actor: caller.actor(),
        source: "API",
        once,
    }
}

impl Claims {
    /// A marker's commit and lines are what it is found again by.
    fn check_markers(&self) -> Result<(), ClaimRefused> {
        let replacing = self.places.iter().any(|place| place.replaces.is_some());
        let with_lines = self.places.iter().all(|place| place.lines.is_some());
        match &self.repository {
            Some(_) if self.commit.is_none() || !with_lines => Err(ClaimRefused::Marker),
            None if replacing => Err(ClaimRefused::Marker),
            _ => Ok(()),
        }
    }
}

impl ClaimedPlace {
    fn check(&self) -> Result<(), ClaimRefused> {
        check_place(&self.path, self.lines)
    }
}

fn check_place(path: &str, lines: Option<(u32, u32)>) -> Result<(), ClaimRefused> {
    match lines {
        _ if !is_code_path(path) => Err(ClaimRefused::Path),
        Some((first, last)) if first == 0 || last < first => Err(ClaimRefused::Lines),
        _ => Ok(()),
    }
}
