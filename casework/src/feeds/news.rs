//! What came since the last mail, as the next one tells it: what matters most in words, of the rest how much there is.
//! What does not read as it was recorded is told too, whatever a feed asks for: it must neither hide itself nor hold up
//! what comes after it.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use record::entries::{EntryType, IntegrationState};
use record::ids::TenantId;
use record::scale::Severity;
use record::state::Feed;
use store::{Db, Store, StoreError};

use super::in_words::Told;

/// How many entries are looked at for one mail, at how many in one read, and for how long at most.
const LOOKED_AT: u64 = 2_000;
const AT_ONCE: u64 = 100;
const LONGEST_LOOK: Duration = Duration::from_secs(5);
/// How many of them a mail tells in words.
pub(super) const TOLD: usize = 50;

/// What a mail is to say.
pub(super) struct News {
    /// The position after what was looked at.
    pub(super) next: u64,
    /// What matters most, that first; among equals the rare before the assessments, and then in the ledger's order.
    pub(super) told: Vec<Told>,
    /// How many more there are.
    pub(super) more: usize,
}

/// An entry that is to be told.
struct Seen {
    seq: u64,
    severity: Severity,
    is_assessment: bool,
    is_intact: bool,
}

impl News {
    /// What there is from this position on.
    pub(super) async fn since(
        store: &Store,
        tenant: &TenantId,
        feed: &Feed,
        from: u64,
    ) -> Result<Self, StoreError> {
        let (began, mut next, mut seen) = (Instant::now(), from, Vec::new());
        while next < from.saturating_add(LOOKED_AT) && began.elapsed() < LONGEST_LOOK {
            let (whose, of) = (tenant.clone(), feed.clone());
            let piece = store.read(move |db| piece(db, &whose, &of, next)).await?;
            seen.extend(piece.seen);
            if piece.next == next {
                break;
            }
            next = piece.next;
        }
        seen.sort_by_key(|it| (Reverse(it.severity), it.is_assessment, it.seq));
        let more = seen.len().saturating_sub(TOLD);
        seen.truncate(TOLD);
        let whose = tenant.clone();
        let told = store.read(move |db| -> Result<Vec<Told>, StoreError> {
            let told = seen.iter().map(|seen| seen.told(db, &whose));
            told.collect()
        });
        Ok(Self {
            next,
            told: told.await?,
            more,
        })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.told.len() + self.more
    }
}

struct Piece {
    next: u64,
    seen: Vec<Seen>,
}

/// Of a feed that was removed nothing is told.
fn piece(db: &mut Db<'_>, tenant: &TenantId, feed: &Feed, from: u64) -> Result<Piece, StoreError> {
    let known = db.feed(tenant, &feed.feed)?;
    let mut piece = Piece {
        next: from,
        seen: Vec::new(),
    };
    if known.is_none_or(|feed| feed.state != IntegrationState::Enabled) {
        return Ok(piece);
    }
    let size = db.frontier(tenant)?.size();
    while piece.next < size.min(from.saturating_add(AT_ONCE)) {
        piece.seen.extend(seen(db, tenant, feed, piece.next)?);
        piece.next += 1;
    }
    Ok(piece)
}

fn seen(
    db: &mut Db<'_>,
    tenant: &TenantId,
    feed: &Feed,
    seq: u64,
) -> Result<Option<Seen>, StoreError> {
    let row = match db.entry(tenant, seq) {
        Ok(row) => row.filter(|row| row.intact),
        Err(error) if error.is_of_what_is_stored() => None,
        Err(error) => return Err(error),
    };
    let Some(row) = row else {
        return Ok(Some(Seen {
            seq,
            severity: Severity::Critical,
            is_assessment: false,
            is_intact: false,
        }));
    };
    let severity = row.entry.severity.parse().unwrap_or(Severity::Critical);
    Ok(feed.carries(&row.entry.kind, severity).then_some(Seen {
        seq,
        severity,
        is_assessment: row.entry.kind == EntryType::TicketAssessed.as_str(),
        is_intact: true,
    }))
}

impl Seen {
    fn told(&self, db: &mut Db<'_>, tenant: &TenantId) -> Result<Told, StoreError> {
        if !self.is_intact {
            return Ok(Told::damaged(self.seq));
        }
        let told = match db.entry(tenant, self.seq) {
            Ok(Some(row)) => Told::of(db, tenant, &row),
            Ok(None) => Ok(Told::damaged(self.seq)),
            Err(error) => Err(error),
        };
        match told {
            Err(error) if error.is_of_what_is_stored() => Ok(Told::damaged(self.seq)),
            told => told,
        }
    }
}
