//! Export: a range of a ledger as a bundle that an auditor checks alone. The export is reported to the
//! server, which records it.

use std::io::{self, Write};
use std::path::Path;

use ledger::Hash;
use ledger::bundle::{BundleSource, WriteError, write};
use record::ids::TenantId;
use store::{Db, LedgerRows, StoreError, origin_of};

use crate::config::Config;
use crate::memory::Memory;
use crate::report;

/// Which part of which ledger.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// The tenant.
    pub tenant: TenantId,
    /// The first entry's position.
    pub first: u64,
    /// The position after the last entry; none for all that a checkpoint covers.
    pub end: Option<u64>,
    /// Whether values that stand beside the entries go with it.
    pub disclosures: bool,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database cannot be read.
    #[error("the database cannot be read: {0}")]
    Database(#[from] StoreError),
    /// No checkpoint covers the range.
    #[error(
        "no signed checkpoint covers the range yet: the server signs at most a minute after an entry"
    )]
    NotCovered,
    /// The range is empty or begins beyond the end.
    #[error("there are no entries in this range")]
    Empty,
    /// A file cannot be written.
    #[error("the bundle cannot be written: {0}")]
    Write(#[from] WriteError),
    /// The verifier's own directory or the target cannot be used.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What was exported.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The first entry's position, and the one after the last.
    pub range: (u64, u64),
    /// How many values went with it.
    pub disclosures: u64,
    /// The ledger's public key.
    pub key: String,
    /// SHA-256 of the bundle.
    pub hash: Hash,
}

/// Writes the bundle to this file and leaves a signed report of it for the server.
///
/// # Errors
/// Why nothing was exported; then there is no file.
pub fn export(
    config: &Config,
    request: &ExportRequest,
    file: &Path,
) -> Result<Exported, ExportError> {
    let memory = Memory::at(&config.directory)?;
    let mut rows = LedgerRows::open(&config.database)?;
    let (bundle, exported) = rows.snapshot(|db| bundle(db, request))?;
    let beside = file.with_extension("partial");
    let mut out = std::fs::File::create(&beside)?;
    out.write_all(&bundle)?;
    out.sync_all()?;
    std::fs::rename(&beside, file)?;
    let key = memory.signing_key()?;
    let note = report::signed_export(
        &request.tenant,
        &bundle,
        exported.range,
        exported.disclosures,
        &key,
    );
    let note = note.map_err(io::Error::other)?;
    memory.leave_report(&note)?;
    if config.database.is_postgres() {
        store::leave_report(&config.database, &note)?;
    }
    Ok(exported)
}

fn bundle(db: &mut Db<'_>, request: &ExportRequest) -> Result<(Vec<u8>, Exported), ExportError> {
    let tenant = &request.tenant;
    let newest = db
        .newest_checkpoint(tenant)?
        .ok_or(ExportError::NotCovered)?;
    let end = request.end.unwrap_or(newest.size);
    if end > newest.size {
        return Err(ExportError::NotCovered);
    }
    if request.first >= end {
        return Err(ExportError::Empty);
    }
    let mut checkpoints = db.checkpoints_between(tenant, request.first, end)?;
    if checkpoints.last().is_none_or(|last| last.size < end) {
        checkpoints.push(newest);
    }
    let reach = checkpoints.last().map_or(end, |last| last.size);
    let consistency = if reach > end {
        db.consistency_proof(tenant, end, reach)?
    } else {
        Vec::new()
    };
    let before = db.frontier_at(tenant, request.first)?;
    let mut entries: Vec<Result<(Hash, Vec<u8>), StoreError>> = Vec::new();
    db.each_entry(tenant, request.first, |row| -> Result<(), StoreError> {
        if u64::try_from(row.seq).is_ok_and(|seq| seq < end) {
            let leaf = Hash::try_from(row.leaf).map_err(|_| StoreError::Row("entries"))?;
            entries.push(Ok((leaf, row.bytes.to_vec())));
        }
        Ok(())
    })?;
    let disclosures: Vec<String> = match request.disclosures {
        false => Vec::new(),
        true => {
            let (low, high) = (request.first as i64, end as i64 - 1);
            db.disclosures_between(tenant, low, high)?
                .into_iter()
                .map(|row| row.disclosure)
                .collect()
        }
    };
    let notes: Vec<String> = checkpoints
        .into_iter()
        .map(|checkpoint| checkpoint.note)
        .collect();
    let origin = origin_of(tenant);
    let source = BundleSource {
        origin: &origin,
        before: &before,
        end,
        disclosures: &disclosures,
        checkpoints: &notes,
        consistency: &consistency,
    };
    let mut out = Vec::new();
    write(&mut out, &source, entries)?;
    let key = db
        .tenant(tenant)?
        .map(|row| row.ledger_key)
        .unwrap_or_default();
    let hash = Hash::of(&out);
    let exported = Exported {
        range: (request.first, end),
        disclosures: disclosures.len() as u64,
        key,
        hash,
    };
    Ok((out, exported))
}
