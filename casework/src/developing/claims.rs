//! What somebody says of where the code meets a ticket's requirements: an assertion of whoever has the key. It approves
//! nothing and opens no gate.

use std::collections::BTreeSet;

use compliance::Assessment;
use ledger::Hash;
use record::entries::{EntryType, ImplementationClaimed, LineRange, Payload, Reporter};
use record::ids::{CommitSha, EventId, TenantId};
use record::scale::Severity;
use record::state::Ticket;
use serde::Serialize;
use store::{Db, EntriesWanted, EntryRow, NewEntry, StoreError, Tx};
use utoipa::ToSchema;

use super::{NotGiven, WhichTicket};
use crate::api_keys::ApiCaller;
use crate::error::CaseError;
use crate::panel::recorded_assessment;
use crate::{Casework, subject_of};

/// The name under which the file stands beside the entry.
const PLACE: &str = "place";

/// The most claims of one call.
const MOST_CLAIMS: usize = 200;
/// The most claims that are shown of a ticket, the latest, and of those the most for one requirement.
const MOST_SHOWN: i64 = 500;
const MOST_OF_ONE: usize = 10;
const LONGEST_PATH: usize = 300;

/// Where somebody says that the code meets a requirement.
#[derive(Debug, Clone)]
pub struct ClaimedPlace {
    /// The requirement, by id.
    pub requirement: String,
    /// The file, from the repository's root.
    pub path: String,
    /// Its lines, from 1.
    pub lines: Option<(u32, u32)>,
}

/// What somebody claims of a ticket.
#[derive(Debug, Clone)]
pub struct Claims {
    /// Of which commit, where that is said.
    pub commit: Option<CommitSha>,
    /// Where.
    pub places: Vec<ClaimedPlace>,
}

/// A claim, as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimView {
    /// Its entry.
    #[schema(value_type = String)]
    pub event: EventId,
    /// The requirement, by id.
    #[schema(example = "REQ-ENC-AT-REST")]
    pub requirement: String,
    /// The version of the requirement set that it stood in then.
    pub requirement_set: String,
    /// The file, from the repository's root; none where it was erased.
    #[schema(example = "src/payment/card.rs")]
    pub path: Option<String>,
    /// The first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_line: Option<u32>,
    /// The last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_line: Option<u32>,
    /// The commit that the lines are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub commit: Option<CommitSha>,
    /// When it was received.
    pub at: String,
}

/// Why claims were not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ClaimRefused {
    /// There are none, or too many.
    #[error("claims: 1 to {MOST_CLAIMS} are expected. Nothing was recorded.")]
    Number,
    /// A path is none.
    #[error(
        "path: a file from the repository's root is expected, of {LONGEST_PATH} bytes at most, without `..`, `:` and \
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
                record(tx, &caller, &now.ticket, claims)
            })
            .await
    }
}

fn asked_for(assessment: &Assessment) -> BTreeSet<&str> {
    let all = assessment.requirements.requirements.iter();
    all.map(|requirement| requirement.id.as_str()).collect()
}

fn record(
    tx: &mut Tx<'_>,
    caller: &ApiCaller,
    ticket: &Ticket,
    claims: Claims,
) -> Result<(Vec<ClaimView>, bool), ClaimRefused> {
    let (mut recorded, mut any) = (Vec::new(), false);
    for place in claims.places {
        let commit = claims.commit.clone();
        let appended = tx.append(entry(caller, ticket, commit, place))?;
        any |= appended.fresh;
        let tenant = tx.tenant().clone();
        let view = view(tx.db(), &tenant, appended.seq)?;
        recorded.push(view.ok_or(StoreError::Row("entries"))?);
    }
    Ok((recorded, any))
}

fn entry(
    caller: &ApiCaller,
    ticket: &Ticket,
    commit: Option<CommitSha>,
    place: ClaimedPlace,
) -> NewEntry {
    let ClaimedPlace {
        requirement,
        path,
        lines,
    } = place;
    let key = &caller.key.key;
    let once = format!(
        "claim:{key}:{}:{}:{}:{requirement}:{}:{lines:?}:{}",
        ticket.site,
        ticket.issue,
        ticket.requirement_set,
        commit.as_ref().map_or("", |commit| commit.as_str()),
        Hash::of(path.as_bytes()),
    );
    NewEntry {
        subject: subject_of(&ticket.site, &ticket.issue),
        payload: ImplementationClaimed {
            ticket: ticket.named(),
            by: Reporter::ApiKey(key.clone()),
            requirement,
            requirement_set: ticket.requirement_set.clone(),
            commit,
            lines: lines.map(|(first, last)| LineRange { first, last }),
        }
        .into(),
        beside: vec![(PLACE, path.into())],
        severity: Severity::Info,
        actor: caller.actor(),
        source: "API",
        once,
    }
}

/// What was claimed of a ticket, the latest first.
pub(crate) fn claims_about(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
) -> Result<Vec<ClaimView>, StoreError> {
    let wanted = EntriesWanted {
        kind: Some(EntryType::ImplementationClaimed.as_str()),
        subject: Some(subject_of(&ticket.site, &ticket.issue)),
        ..EntriesWanted::default()
    };
    let mut claims: Vec<ClaimView> = Vec::new();
    for seq in db.positions_wanted(tenant, &wanted, MOST_SHOWN)? {
        let Some(claim) = view(db, tenant, seq)? else {
            continue;
        };
        let same = claims
            .iter()
            .filter(|it| it.requirement == claim.requirement);
        if same.count() < MOST_OF_ONE {
            claims.push(claim);
        }
    }
    Ok(claims)
}

fn view(db: &mut Db<'_>, tenant: &TenantId, seq: u64) -> Result<Option<ClaimView>, StoreError> {
    let Some(row) = db.entry(tenant, seq)? else {
        return Ok(None);
    };
    let payload = Payload::parse(&row.entry.kind, &row.entry.payload)?;
    let Payload::ImplementationClaimed(claim) = payload else {
        return Ok(None);
    };
    claim_of(db, tenant, &row, claim).map(Some)
}

/// The claim of an entry, as it is shown.
pub(crate) fn claim_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &EntryRow,
    claim: ImplementationClaimed,
) -> Result<ClaimView, StoreError> {
    let path = db.beside(tenant, &row.entry, PLACE)?;
    let (first_line, last_line) = claim.lines.map(|it| (it.first, it.last)).unzip();
    let event = row.entry.id.parse();
    Ok(ClaimView {
        event: event.map_err(|_| StoreError::Row("entries"))?,
        requirement: claim.requirement,
        requirement_set: claim.requirement_set,
        path: path.and_then(|path| path.as_str().map(str::to_owned)),
        first_line,
        last_line,
        commit: claim.commit,
        at: row.entry.at.clone(),
    })
}

impl ClaimedPlace {
    fn check(&self) -> Result<(), ClaimRefused> {
        let path = &self.path;
        let is_file = (1..=LONGEST_PATH).contains(&path.len())
            && !path.starts_with(['/', '\\'])
            && !path.trim().is_empty()
            && path
                .chars()
                .all(|c| compliance::is_plain(c) && c != '\n' && c != '\t')
            && !path.contains(':')
            && path.split(['/', '\\']).all(|part| part != "..");
        match self.lines {
            _ if !is_file => Err(ClaimRefused::Path),
            Some((first, last)) if first == 0 || last < first => Err(ClaimRefused::Lines),
            _ => Ok(()),
        }
    }
}
