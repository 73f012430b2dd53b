//! Judging one tenant's ledger: the walk over the entries, then everything beside them.

mod columns;
mod desk;
mod disclosures;
mod entries;
mod examined;
mod linked;
mod people;
mod pieces;
mod projections;
mod settled;
mod structure;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use ledger::{Code, Finding, Place, Verdict, VerifierKey};
use record::ids::TenantId;
use store::{Db, LedgerRows, StoreError, StoredCheckpoint, origin_of};

use crate::memory::Remembered;
use entries::Walked;

/// When an entry is signed at the latest: the server signs a minute after a head moved at most.
const SIGNED_BY_THEN: Duration = Duration::minutes(2);

/// What judging one tenant came to.
#[derive(Debug)]
pub struct Judgement {
    /// Whose ledger.
    pub tenant: TenantId,
    /// The key that signs its checkpoints, as far as it is known.
    pub key: Option<VerifierKey>,
    /// How many entries there are.
    pub size: u64,
    /// The root over them; hex. None where missing entries leave it unknown.
    pub root: Option<String>,
    /// All that was found.
    pub findings: Vec<Finding>,
    /// What the entries with findings are about, by position.
    pub subjects: BTreeMap<u64, String>,
    /// The newest checkpoint, if everything was found in order.
    pub newest: Option<StoredCheckpoint>,
}

impl Judgement {
    /// The judgement in a word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings)
    }
}

/// Told how far the walk is.
pub trait Progress {
    /// `done` of about `all` entries of the tenant were walked.
    fn walked(&mut self, tenant: &TenantId, done: u64, all: u64);
}

/// Judges a tenant's ledger as it stands in this moment of the database. Each reader is one more connection
/// to it, and makes one more thread that helps.
///
/// # Errors
/// If the database cannot be read. What it says wrongly is a finding.
pub fn judge(
    db: &mut Db<'_>,
    tenant: &TenantId,
    remembered: &Remembered,
    readers: &mut [LedgerRows],
    progress: &mut dyn Progress,
) -> Result<Judgement, StoreError> {
    let mut findings = Vec::new();
    let key = key_of(db, tenant, remembered, &mut findings)?;
    let walked = entries::walk(db, tenant, key.as_ref(), remembered, readers, progress)?;
    let Walked {
        outcome,
        state,
        settled,
        accounts,
        tiles,
        columns,
        newest,
    } = walked;
    findings.extend(outcome.findings.iter().cloned());
    findings.extend(columns);
    structure::head(db, tenant, &outcome, &mut findings)?;
    if findings.iter().any(|f| is_missing_from(f, outcome.size)) {
        findings.retain(|finding| finding.code != Code::RolledBack);
    }
    structure::tiles(db, tenant, &tiles, &mut findings)?;
    projections::compare(db, tenant, &state, settled, &mut findings)?;
    people::compare(db, tenant, &state, &accounts, &mut findings)?;
    let covered = newest.as_ref().map_or(0, |checkpoint| checkpoint.size);
    if findings.is_empty() && covered < outcome.size && overdue(db, tenant, covered)? {
        findings.push(Finding::new(
            Code::NoCheckpoint,
            Place::Ledger {
                ledger: origin_of(tenant).to_string(),
            },
            format!("{} entries, {covered} covered", outcome.size),
        ));
    }
    let mut subjects = BTreeMap::new();
    for finding in &findings {
        if let Place::Entry { seq } = finding.place
            && let Some(subject) = entries::subject_at(db, tenant, seq)?
        {
            subjects.insert(seq, subject);
        }
    }
    Ok(Judgement {
        tenant: tenant.clone(),
        key,
        size: outcome.size,
        root: outcome.root.map(|root| root.to_string()),
        subjects,
        newest,
        findings,
    })
}

/// Whether the ledger itself knows of entries beyond its end: then it was cut, not turned back as a whole.
fn is_missing_from(finding: &Finding, size: u64) -> bool {
    let says_so = matches!(finding.code, Code::TailMissing | Code::EntryMissing);
    says_so && finding.place.positions().0 >= size
}

/// Whether the first entry that no checkpoint covers waits for longer than the server takes to sign: a
/// ledger in use always has a short end that is not signed yet.
fn overdue(db: &mut Db<'_>, tenant: &TenantId, covered: u64) -> Result<bool, StoreError> {
    let covered = i64::try_from(covered).unwrap_or(i64::MAX);
    let late = db.first_entry_from(tenant, covered, |row| waits_too_long(row.at, Utc::now()))?;
    Ok(late.unwrap_or(true))
}

/// A time that cannot be read waits too long, and so does one too far ahead: clocks do not differ by that.
fn waits_too_long(received: &str, now: DateTime<Utc>) -> bool {
    let received = DateTime::parse_from_rfc3339(received);
    received.map_or(true, |at| {
        now.signed_duration_since(at).abs() > SIGNED_BY_THEN
    })
}

/// The ledger's key: the one seen before, else the one announced by the first entry, which must agree.
fn key_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    remembered: &Remembered,
    findings: &mut Vec<Finding>,
) -> Result<Option<VerifierKey>, StoreError> {
    let announced = entries::announced_key(db, tenant)?;
    let Some(known) = &remembered.key else {
        return Ok(announced);
    };
    if announced
        .as_ref()
        .is_some_and(|announced| announced != known)
    {
        findings.push(Finding::new(
            Code::KeyUnknown,
            Place::Entry { seq: 0 },
            "the first entry announces another key than the one seen before",
        ));
    }
    Ok(Some(known.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_may_wait_two_minutes_for_its_signature_by_either_clock() {
        let now = DateTime::parse_from_rfc3339("2026-11-21T10:02:00Z").unwrap();
        let now = now.with_timezone(&Utc);
        for (received, too_long) in [
            ("2026-11-21T10:02:00.000Z", false),
            ("2026-11-21T10:00:00.000Z", false),
            ("2026-11-21T09:59:59.999Z", true),
            ("2026-11-21T10:04:00.001Z", true),
            ("yesterday", true),
        ] {
            assert_eq!(waits_too_long(received, now), too_long, "{received}");
        }
    }
}
