//! The badge: where the latest entry stands, whether a signed checkpoint covers it, and what the last
//! verification said and when. "Not verified yet" is never shown as verified.

use record::ids::TenantId;
use serde::Serialize;
use store::{Db, StoreError};

/// What the badge says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Integrity {
    /// The position of the latest entry about the ticket.
    pub seq: u64,
    /// The first digits of its hash.
    pub short_hash: String,
    /// Whether its bytes give the recorded hash; computed just now.
    pub intact: bool,
    /// The size of the smallest signed checkpoint that covers it.
    pub checkpoint: Option<u64>,
    /// The last verification's verdict.
    pub verdict: Option<String>,
    /// When that was.
    pub verified_at: Option<String>,
    /// Whether that verification covered the entry and found nothing.
    pub verified: bool,
}

pub(super) fn of(db: &mut Db<'_>, tenant: &TenantId, seq: u64) -> Result<Integrity, StoreError> {
    let row = db.entry(tenant, seq)?;
    let checkpoint = db
        .covering_checkpoint(tenant, seq)?
        .map(|checkpoint| checkpoint.size);
    let last = db.last_verification(tenant)?;
    let verified = last
        .as_ref()
        .is_some_and(|last| last.verdict == "VERIFIED" && last.size > seq);
    let (verdict, verified_at) = last.map(|last| (last.verdict, last.verified_at)).unzip();
    Ok(Integrity {
        seq,
        short_hash: row
            .as_ref()
            .map(|row| row.leaf.to_string()[..12].to_owned())
            .unwrap_or_default(),
        intact: row.is_some_and(|row| row.intact),
        checkpoint,
        verdict,
        verified_at,
        verified,
    })
}
