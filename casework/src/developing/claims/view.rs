//! Claims as they are shown: what was said, and what was found when its marker was looked for last.

use record::entries::{ClaimChecked, EntryType, ImplementationClaimed, Payload};
use record::ids::{CommitSha, EventId, TenantId};
use record::state::{ClaimStanding, Ticket};
use serde::Serialize;
use store::{Db, EntriesWanted, EntryRow, StoreError};
use utoipa::ToSchema;

use super::PLACE;
use crate::subject_of;

/// The most claims that are shown of a ticket, the latest, and of those the most for one requirement.
const MOST_SHOWN: i64 = 500;
const MOST_OF_ONE: usize = 10;

/// A claim, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
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
    /// What was found when its marker was looked for last, if that was not what was claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<CheckedView>,
}

/// What was found of a claim in a later commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedView {
    /// The entry that says so.
    #[schema(value_type = String)]
    pub event: EventId,
    /// PRESENT, where it was elsewhere before; MOVED; DRIFTED, where the code is another; GONE; REPLACED by a later claim.
    #[schema(value_type = String, example = "DRIFTED")]
    pub found: ClaimStanding,
    /// In which commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub commit: Option<CommitSha>,
    /// The file, where it moved or drifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_line: Option<u32>,
    /// The last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_line: Option<u32>,
    /// When it was received.
    pub at: String,
}

/// What was claimed of a ticket and not replaced since, the latest first.
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
        let Some(claim) = at(db, tenant, seq)? else {
            continue;
        };
        let same = claims
            .iter()
            .filter(|it| it.requirement == claim.requirement);
        if same.count() < MOST_OF_ONE && !claim.is_replaced() {
            claims.push(claim);
        }
    }
    Ok(claims)
}

/// The claim at this position, as it stands now; none if another entry is there.
pub(super) fn at(
    db: &mut Db<'_>,
    tenant: &TenantId,
    seq: u64,
) -> Result<Option<ClaimView>, StoreError> {
    let Some(row) = db.entry(tenant, seq)? else {
        return Ok(None);
    };
    let payload = Payload::parse(&row.entry.kind, &row.entry.payload)?;
    let Payload::ImplementationClaimed(claim) = payload else {
        return Ok(None);
    };
    let looked_for = claim.repository.is_some();
    let mut view = claim_of(db, tenant, &row, claim)?;
    if looked_for {
        view.checked = standing(db, tenant, &view.event)?;
    }
    Ok(Some(view))
}

fn standing(
    db: &mut Db<'_>,
    tenant: &TenantId,
    claim: &EventId,
) -> Result<Option<CheckedView>, StoreError> {
    let Some(seq) = db.claim(tenant, claim)?.and_then(|row| row.checked_seq) else {
        return Ok(None);
    };
    let row = db.entry(tenant, seq)?.ok_or(StoreError::Row("claims"))?;
    match Payload::parse(&row.entry.kind, &row.entry.payload)? {
        Payload::ClaimChecked(checked) => checked_of(db, tenant, &row, checked).map(Some),
        Payload::ImplementationClaimed(instead) => Ok(Some(CheckedView {
            event: entry_id(&row)?,
            found: ClaimStanding::Replaced,
            commit: instead.commit,
            path: None,
            first_line: None,
            last_line: None,
            at: row.entry.at.clone(),
        })),
        _ => Err(StoreError::Row("claims")),
    }
}

/// The claim of an entry, as it was made.
pub(crate) fn claim_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &EntryRow,
    claim: ImplementationClaimed,
) -> Result<ClaimView, StoreError> {
    let (first_line, last_line) = claim.lines.map(|it| (it.first, it.last)).unzip();
    Ok(ClaimView {
        event: entry_id(row)?,
        requirement: claim.requirement,
        requirement_set: claim.requirement_set,
        path: place_beside(db, tenant, row)?,
        first_line,
        last_line,
        commit: claim.commit,
        at: row.entry.at.clone(),
        checked: None,
    })
}

/// What an entry says was found of a claim.
pub(crate) fn checked_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &EntryRow,
    checked: ClaimChecked,
) -> Result<CheckedView, StoreError> {
    let (first_line, last_line) = checked.lines.map(|it| (it.first, it.last)).unzip();
    Ok(CheckedView {
        event: entry_id(row)?,
        found: checked.found.into(),
        commit: Some(checked.commit),
        path: place_beside(db, tenant, row)?,
        first_line,
        last_line,
        at: row.entry.at.clone(),
    })
}

fn place_beside(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &EntryRow,
) -> Result<Option<String>, StoreError> {
    let path = db.beside(tenant, &row.entry, PLACE)?;
    Ok(path.and_then(|path| path.as_str().map(str::to_owned)))
}

fn entry_id(row: &EntryRow) -> Result<EventId, StoreError> {
    let id = row.entry.id.parse();
    id.map_err(|_| StoreError::Row("entries"))
}

impl ClaimView {
    fn is_replaced(&self) -> bool {
        let checked = self.checked.as_ref();
        checked.is_some_and(|it| it.found == ClaimStanding::Replaced)
    }

    /// Whether this is where its marker stands, as far as was found last.
    pub(super) fn stands_at(&self, found: ClaimStanding, path: &str, lines: (u32, u32)) -> bool {
        let standing = match &self.checked {
            Some(checked) => {
                let known = (
                    checked.path.as_deref(),
                    checked.first_line,
                    checked.last_line,
                );
                (checked.found, known)
            }
            None => {
                let known = (self.path.as_deref(), self.first_line, self.last_line);
                (ClaimStanding::Present, known)
            }
        };
        standing == (found, (Some(path), Some(lines.0), Some(lines.1)))
    }
}
