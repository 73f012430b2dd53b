//! Whether an entry is what was signed for: computed from the bytes at hand, now. An entry that no checkpoint covers yet
//! is not verified, and what could not be checked never looks as if it were.

use ledger::{Checkpoint, Hash, VerifierKey, proof};
use record::ids::TenantId;
use serde::Serialize;
use store::{Db, EntryRow, StoreError, origin_of};
use utoipa::ToSchema;

/// What was found when it was looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// The bytes give the recorded hash, follow the entry before, and are in the tree of a signed checkpoint.
    Verified,
    /// The bytes give the recorded hash and follow the entry before; no signed checkpoint covers them yet.
    NotCoveredYet,
    /// Something does not fit. The verifier says what.
    Broken,
}

/// How an entry's standing was computed, and what another needs to compute it alone.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Proven {
    /// What was found.
    pub standing: Standing,
    /// When.
    pub checked_at: String,
    /// The smallest signed checkpoint that covers the entry: the number of its entries.
    pub checkpoint_size: Option<u64>,
    /// That checkpoint, as it was signed (C2SP signed note).
    pub checkpoint: Option<String>,
    /// The hashes that lead from the entry's to the checkpoint's root (RFC 6962), where they were asked for; hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inclusion_proof: Option<Vec<String>>,
}

impl Proven {
    /// Looks at an entry. The checkpoint has to be signed by the ledger's present key.
    pub(super) fn of(
        db: &mut Db<'_>,
        tenant: &TenantId,
        row: &EntryRow,
        with_proof: bool,
    ) -> Result<Self, StoreError> {
        let seq = row.entry.seq;
        let mut proven = Self {
            standing: Standing::Broken,
            checked_at: store::now(),
            checkpoint_size: None,
            checkpoint: None,
            inclusion_proof: None,
        };
        let before = match seq.checked_sub(1) {
            None => Some(Hash::NONE),
            Some(before) => db.entry(tenant, before)?.map(|row| row.leaf),
        };
        if !row.intact || before != Some(row.entry.prev) {
            return Ok(proven);
        }
        let Some(covering) = db.covering_checkpoint(tenant, seq)? else {
            proven.standing = Standing::NotCoveredYet;
            return Ok(proven);
        };
        let hashes = db.inclusion_proof(tenant, seq, covering.size)?;
        let key = db.tenant(tenant)?.map(|tenant| tenant.ledger_key);
        let key = key.and_then(|key| VerifierKey::parse(&key).ok());
        let note = covering.note.as_bytes();
        let signed = key.and_then(|key| Checkpoint::verify(note, &origin_of(tenant), &[key]).ok());
        if let Some(signed) = signed
            && proof::verify_inclusion(&row.leaf, seq, signed.size, &hashes, &signed.root).is_ok()
        {
            proven.standing = Standing::Verified;
        }
        proven.checkpoint_size = Some(covering.size);
        proven.checkpoint = Some(covering.note);
        let shown = || hashes.iter().map(ToString::to_string).collect();
        proven.inclusion_proof = with_proof.then(shown);
        Ok(proven)
    }
}
