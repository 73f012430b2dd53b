//! What came since the last mail, as the next one tells it: what matters most in words, of the rest how much there is.
//! What does not read as it was recorded is told too, whatever a feed asks for: it must neither hide itself nor hold up
//! what comes after it.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use record::entries::{EntryType, IntegrationState};
use record::ids::TenantId;
use record::scale::Severity;
use record::state::Feed;
use store::{Db, EntryRow, Store, StoreError};

use super::in_words::Told;

/// How many entries are looked at for one mail, at how many in one read, and for how long at most.
const LOOKED_AT: u64 = 2_000;
const AT_ONCE: u64 = 100;
const LONGEST_LOOK: Duration = Duration::from_secs(5);
/// How many of them a mail tells in words.
const TOLD: usize = 50;

/// What a mail is to say.
pub(super) struct News {
    /// The position after what was looked at.
    pub(super) next: u64,
    /// What matters most, that first; among equals the rare before the assessments, and then in the ledger's order.
    pub(super) told: Vec<Told>,
    /// How many more there are.
    pub(super) more: usize,
    /// The positions of what does not read as it was recorded.
    pub(super) damaged: Vec<u64>,
}

/// An entry that is to be told.
struct Seen {
    seq: u64,
    severity: Severity,
    is_assessment: bool,
}

impl News {
    /// What there is from this position on.
    pub(super) async fn since(
        store: &Store,
        tenant: &TenantId,
        feed: &Feed,
        from: u64,
    ) -> Result<Self, StoreError> {
        let (began, mut next) = (Instant::now(), from);
        let (mut seen, mut damaged) = (Vec::new(), Vec::new());
        while next < from.saturating_add(LOOKED_AT) && began.elapsed() < LONGEST_LOOK {
            let (whose, of) = (tenant.clone(), feed.clone());
            let piece = store.read(move |db| piece(db, &whose, &of, next)).await?;
            seen.extend(piece.seen);
            damaged.extend(piece.damaged);
            if piece.next == next {
                break;
            }
            next = piece.next;
        }
        seen.sort_by_key(|it| (Reverse(it.severity), it.is_assessment, it.seq));
        let more = seen.len().saturating_sub(TOLD);
        seen.truncate(TOLD);
        let whose = tenant.clone();
        let told = store.read(move |db| -> Result<Vec<Option<Told>>, StoreError> {
            let told = seen.iter().map(|seen| seen.told(db, &whose));
            told.collect()
        });
        Ok(Self {
            next,
            told: told.await?.into_iter().flatten().collect(),
            more,
            damaged,
        })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.told.len() + self.more + self.damaged.len()
    }

    /// How much the most of it matters.
    pub(super) fn highest(&self) -> Severity {
        match (self.damaged.is_empty(), self.told.first()) {
            (false, _) => Severity::Critical,
            (true, first) => first.map_or(Severity::Info, Told::severity),
        }
    }
}

struct Piece {
    next: u64,
    seen: Vec<Seen>,
    damaged: Vec<u64>,
}

/// Of a feed that was removed nothing is told.
fn piece(db: &mut Db<'_>, tenant: &TenantId, feed: &Feed, from: u64) -> Result<Piece, StoreError> {
    let known = db.feed(tenant, &feed.feed)?;
    let mut piece = Piece {
        next: from,
        seen: Vec::new(),
        damaged: Vec::new(),
    };
    if known.is_none_or(|feed| feed.state != IntegrationState::Enabled) {
        return Ok(piece);
    }
    let size = db.frontier(tenant)?.size();
    while piece.next < size.min(from.saturating_add(AT_ONCE)) {
        let seq = piece.next;
        match db.entry(tenant, seq) {
            Ok(Some(row)) if row.intact => piece.seen.extend(Seen::of(&row, feed)),
            Ok(_) => piece.damaged.push(seq),
            Err(error) if error.is_of_what_is_stored() => piece.damaged.push(seq),
            Err(error) => return Err(error),
        }
        piece.next += 1;
    }
    Ok(piece)
}

impl Seen {
    /// None of what the feed does not ask for.
    fn of(row: &EntryRow, feed: &Feed) -> Option<Self> {
        let entry = &row.entry;
        let severity = entry.severity.parse().unwrap_or(Severity::Critical);
        feed.carries(&entry.kind, severity).then_some(Self {
            seq: entry.seq,
            severity,
            is_assessment: entry.kind == EntryType::TicketAssessed.as_str(),
        })
    }

    /// None where the entry was taken away meanwhile.
    fn told(&self, db: &mut Db<'_>, tenant: &TenantId) -> Result<Option<Told>, StoreError> {
        let row = db.entry(tenant, self.seq)?;
        row.map(|row| Told::of(db, tenant, &row)).transpose()
    }
}
