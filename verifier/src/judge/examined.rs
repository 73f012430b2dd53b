//! Examining a piece of the ledger: all that follows from an entry's own row and from what stands beside it.
//! Looks at no other entry, so that pieces can be examined in any order.

use std::ops::RangeInclusive;

use ledger::walk::{self, Examined, Stored};
use ledger::{Code, EntryRef, Finding, Hash, Origin, Place};
use record::entries::{Payload, PayloadError};
use record::ids::{EventId, TenantId};
use store::{Db, StoreError, StoredEntry, origin_of};

use crate::judge::columns;
use crate::judge::desk::PIECE;
use crate::judge::disclosures::{Beside, Compared};

/// A piece of the ledger, examined.
pub(super) struct Piece {
    /// The positions it covers, whether an entry stands there or not.
    pub(super) positions: RangeInclusive<i64>,
    /// Its entries in their order.
    pub(super) rows: Vec<Row>,
    /// Findings about what stands beside no entry.
    pub(super) foreign: Vec<Finding>,
}

/// A row, examined.
pub(super) enum Row {
    /// Position or leaf could not even be read.
    Unreadable(Finding),
    /// It could, and says what it says if it was sound.
    Readable(Examined, Option<Said>),
}

/// What an entry says that belongs where it stands.
pub(super) struct Said {
    /// What leads to rows.
    pub(super) rows: Option<Box<LeadsToRows>>,
    /// What stands beside it.
    pub(super) beside: Compared,
    /// Findings about its columns and its payload.
    pub(super) findings: Vec<Finding>,
}

/// What is left of an entry that leads to rows.
pub(super) struct LeadsToRows {
    pub(super) id: EventId,
    pub(super) at: String,
    pub(super) payload: Payload,
}

/// Reads and examines the entries at these positions; gives the position of the first entry behind them, if
/// the rows that were read go on so far or end before.
pub(super) fn piece(
    db: &mut Db<'_>,
    tenant: &TenantId,
    positions: RangeInclusive<i64>,
) -> Result<(Piece, Behind), StoreError> {
    let mut beside = Beside::load(db, tenant, positions.clone())?;
    let origin = origin_of(tenant);
    let mut rows = Vec::with_capacity(PIECE as usize);
    let (mut read, mut behind) = (0, None);
    db.each_of_entries(
        tenant,
        *positions.start(),
        PIECE,
        |row| -> Result<(), StoreError> {
            read += 1;
            if row.seq <= *positions.end() {
                rows.push(examine(&origin, &row, &mut beside));
            } else {
                behind.get_or_insert(row.seq);
            }
            Ok(())
        },
    )?;
    let behind = match behind {
        Some(position) => Behind::At(position),
        None if read < PIECE => Behind::Nothing,
        None => Behind::Unknown,
    };
    let piece = Piece {
        positions,
        rows,
        foreign: beside.foreign(),
    };
    Ok((piece, behind))
}

/// What stands behind a piece, as far as reading it showed.
pub(super) enum Behind {
    /// The next entry stands here.
    At(i64),
    /// It was the last.
    Nothing,
    /// The piece was full.
    Unknown,
}

fn examine(origin: &Origin, row: &StoredEntry<'_>, beside: &mut Beside) -> Row {
    let Ok(seq) = u64::try_from(row.seq) else {
        return Row::Unreadable(columns::altered(row, "seq"));
    };
    let Ok(leaf) = Hash::try_from(row.leaf) else {
        return Row::Unreadable(columns::altered(row, "leaf"));
    };
    let bytes = row.bytes;
    let (examined, entry) = walk::examine(origin, Stored { seq, leaf, bytes });
    let Some(entry) = entry else {
        beside.excuse(row.seq);
        return Row::Readable(examined, None);
    };
    Row::Readable(examined, Some(said(row, &entry, beside)))
}

fn said(row: &StoredEntry<'_>, entry: &EntryRef<'_>, beside: &mut Beside) -> Said {
    let mut findings = columns::compare(row, entry);
    let beside = beside.compare(row.seq, entry.digests.to_vec());
    let rows = match Payload::read(entry.kind, entry.payload.as_str()) {
        Ok(payload) => payload.leads_to_rows().then_some(payload),
        Err(error) => {
            let code = match error {
                PayloadError::UnknownType | PayloadError::Version => Code::EntryUnknown,
                PayloadError::Form { .. } => Code::EntryMalformed,
            };
            let place = Place::Entry { seq: entry.seq };
            findings.push(Finding::new(code, place, error.to_string()));
            None
        }
    };
    let rows = rows.zip(entry.id.parse().ok()).map(|(payload, id)| {
        Box::new(LeadsToRows {
            id,
            at: entry.at.to_owned(),
            payload,
        })
    });
    Said {
        rows,
        beside,
        findings,
    }
}
