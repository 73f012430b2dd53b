//! The ledger in pieces: each is read and examined by whoever is free, and linked in order by one thread.
//! Without readers that one thread does everything, in the same way.
//!
//! The moment that is judged is that of the main connection: it began to read first and says what the last
//! position is. The readers begin later and look at nothing behind it. Entries are never changed or removed,
//! so up to there a reader sees the same, unless somebody tampers with them right then; and then what is
//! found is what was there. Values beside entries may go, though, when a later entry erases them: what a
//! reader misses is therefore looked for once more, in the moment that is judged.

use std::ops::RangeInclusive;
use std::thread;

use record::ids::TenantId;
use store::{Db, LedgerRows, StoreError};

use crate::judge::Progress;
use crate::judge::desk::{Claim, Desk, Turn};
use crate::judge::disclosures::Beside;
use crate::judge::examined::{self, Behind, Piece, Row};
use crate::judge::linked::Linked;

/// A piece, examined, and whether in another moment than the one that is judged.
struct Done {
    piece: Piece,
    later: bool,
}

type Pieces = Desk<Result<Done, StoreError>>;

/// Reads, examines and links all pieces.
pub(super) fn each(
    db: &mut Db<'_>,
    tenant: &TenantId,
    readers: &mut [LedgerRows],
    linked: &mut Linked,
    progress: &mut dyn Progress,
) -> Result<(), StoreError> {
    let until = db.last_position(tenant)?.unwrap_or(-1);
    let desk = Pieces::over(until, readers.len() + 1);
    thread::scope(|threads| {
        for rows in readers {
            threads.spawn(|| help(rows, tenant, &desk));
        }
        let walked = link(db, tenant, &desk, until, linked, progress);
        desk.close();
        walked
    })
}

/// Examines pieces until there are none.
fn help(rows: &mut LedgerRows, tenant: &TenantId, desk: &Pieces) {
    let helped: Result<(), StoreError> = rows.snapshot(|db| {
        while let Some(claim) = desk.claim() {
            examine(db, tenant, claim, true);
        }
        Ok(())
    });
    // A piece that could not be read was handed back as such; without one, nobody relied on this thread.
    drop(helped);
}

fn examine(
    db: &mut Db<'_>,
    tenant: &TenantId,
    claim: Claim<'_, Result<Done, StoreError>>,
    later: bool,
) {
    let examined = examined::piece(db, tenant, claim.positions());
    let done = examined.map(|(piece, behind)| {
        match behind {
            Behind::At(position) => claim.nothing_until(Some(position)),
            Behind::Nothing => claim.nothing_until(None),
            Behind::Unknown => {}
        }
        Done { piece, later }
    });
    claim.hand_back(done);
}

/// Links the pieces in their order, and examines one whenever the next is not there yet.
fn link(
    db: &mut Db<'_>,
    tenant: &TenantId,
    desk: &Pieces,
    until: i64,
    linked: &mut Linked,
    progress: &mut dyn Progress,
) -> Result<(), StoreError> {
    let all = u64::try_from(until).map_or(0, |until| until.saturating_add(1));
    let mut from = 0;
    loop {
        match desk.turn() {
            Turn::Examine(claim) => examine(db, tenant, claim, false),
            Turn::Link(done) => {
                let Done { piece, later } = done?;
                let (low, high) = piece.positions.into_inner();
                if from < low {
                    no_entries(db, tenant, from..=low - 1, linked)?;
                }
                for row in piece.rows {
                    linked.take(if later {
                        once_more(db, tenant, row)?
                    } else {
                        row
                    });
                }
                linked.disclosures.foreign(piece.foreign);
                from = high.saturating_add(1);
                progress.walked(tenant, u64::try_from(from).unwrap_or_default(), all);
            }
            Turn::Lost => return Err(StoreError::Stopped),
            Turn::Done => break,
        }
    }
    no_entries(db, tenant, from..=i64::MAX, linked)?;
    no_entries(db, tenant, i64::MIN..=-1, linked)
}

/// Where no entry stands, nothing stands beside one.
fn no_entries(
    db: &mut Db<'_>,
    tenant: &TenantId,
    positions: RangeInclusive<i64>,
    linked: &mut Linked,
) -> Result<(), StoreError> {
    let foreign = Beside::load(db, tenant, positions)?.foreign();
    linked.disclosures.foreign(foreign);
    Ok(())
}

/// Looks for the values that a reader missed in the moment that is judged.
fn once_more(db: &mut Db<'_>, tenant: &TenantId, mut row: Row) -> Result<Row, StoreError> {
    if let Row::Readable(examined, Some(said)) = &mut row
        && !said.beside.missing.is_empty()
        && let Ok(seq) = i64::try_from(examined.seq())
    {
        let stored = Beside::load(db, tenant, seq..=seq)?;
        said.beside.look_again(seq, stored);
    }
    Ok(row)
}
