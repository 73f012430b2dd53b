//! Claims looked for again: which are, and what was found of them in a later commit. Who looks has the repository; the
//! server has none, and believes what it is told as far as a claim is believed.

use ledger::Hash;
use record::entries::{ClaimChecked, Found, ImplementationClaimed, LineRange, Payload, Reporter};
use record::ids::{CommitSha, EventId, RepositoryId, TenantId};
use record::scale::Severity;
use record::state::{Claim, ClaimStanding};
use serde::Serialize;
use store::{Db, NewEntry, StoreError, Tx};
use utoipa::ToSchema;

use super::view::{self, ClaimView};
use super::{ClaimRefused, MOST_CLAIMS, PLACE, check_place};
use crate::api_keys::ApiCaller;
use crate::error::CaseError;
use crate::{Casework, subject_of};

/// The most claims of a page.
const A_PAGE: i64 = 200;

/// A claim whose marker is looked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookedForView {
    /// The issue, as it was named when the claim was made.
    #[schema(example = "PAY-142")]
    pub ticket: String,
    /// The claim.
    #[serde(flatten)]
    pub claim: ClaimView,
}

/// A page of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookedForPage {
    /// In the order they were made.
    pub claims: Vec<LookedForView>,
    /// Where the next page begins; none if this is the last.
    pub next: Option<u64>,
}

/// What was found of claims.
#[derive(Debug, Clone)]
pub struct ClaimChecks {
    /// In which repository.
    pub repository: RepositoryId,
    /// In which commit of it.
    pub commit: CommitSha,
    /// Of each claim.
    pub checks: Vec<ClaimCheck>,
}

/// What was found of one claim.
#[derive(Debug, Clone)]
pub struct ClaimCheck {
    /// The claim.
    pub claim: EventId,
    /// What was found.
    pub found: Found,
    /// The file and its lines, where it moved or drifted.
    pub place: Option<(String, (u32, u32))>,
}

impl Casework {
    /// A repository's claims whose markers are looked for again, from this position on, a page of them.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn claims_looked_for(
        &self,
        tenant: &TenantId,
        repository: RepositoryId,
        from: u64,
    ) -> Result<LookedForPage, CaseError> {
        let tenant = tenant.clone();
        let reading = self
            .store
            .read(move |db| page(db, &tenant, &repository, from));
        Ok(reading.await?)
    }

    /// Records what was found of claims, where that is not what was known. Gives how many entries it led to.
    ///
    /// # Errors
    /// Why nothing was recorded.
    pub async fn check_claims(
        &self,
        caller: &ApiCaller,
        checks: ClaimChecks,
    ) -> Result<u64, ClaimRefused> {
        if !(1..=MOST_CLAIMS).contains(&checks.checks.len()) {
            return Err(ClaimRefused::Number);
        }
        for (at, check) in checks.checks.iter().enumerate() {
            check.check(at + 1)?;
        }
        let caller = caller.clone();
        let tenant = caller.tenant.clone();
        self.store
            .write(&tenant, move |tx| record(tx, &caller, checks))
            .await
    }
}

fn page(
    db: &mut Db<'_>,
    tenant: &TenantId,
    repository: &RepositoryId,
    from: u64,
) -> Result<LookedForPage, StoreError> {
    let rows = db.claims_looked_for(tenant, repository, from, A_PAGE)?;
    let is_full = rows.len() as i64 == A_PAGE;
    let next = rows.last().filter(|_| is_full).map(|row| row.seq + 1);
    let mut claims = Vec::new();
    for row in rows {
        claims.push(looked_for(db, tenant, &row)?);
    }
    Ok(LookedForPage { claims, next })
}

fn looked_for(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &Claim,
) -> Result<LookedForView, StoreError> {
    let claim = view::at(db, tenant, row.seq)?.ok_or(StoreError::Row("claims"))?;
    let ticket = claimed(db, tenant, row)?.ticket.key.to_string();
    Ok(LookedForView { ticket, claim })
}

fn claimed(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &Claim,
) -> Result<ImplementationClaimed, StoreError> {
    let entry = db.entry(tenant, row.seq)?;
    let entry = entry.ok_or(StoreError::Row("claims"))?.entry;
    match Payload::parse(&entry.kind, &entry.payload)? {
        Payload::ImplementationClaimed(claim) => Ok(claim),
        _ => Err(StoreError::Row("claims")),
    }
}

fn record(tx: &mut Tx<'_>, caller: &ApiCaller, checks: ClaimChecks) -> Result<u64, ClaimRefused> {
    let tenant = tx.tenant().clone();
    let mut recorded = 0;
    for (at, check) in checks.checks.into_iter().enumerate() {
        let row = tx.db().claim(&tenant, &check.claim)?;
        let is_here = |row: &Claim| row.repository == checks.repository;
        let row = row.filter(is_here).ok_or(ClaimRefused::NoClaim(at + 1))?;
        let is_gone = row.standing == ClaimStanding::Gone && check.found == Found::Gone;
        if !is_gone && !row.standing.is_looked_for() {
            return Err(ClaimRefused::NoClaim(at + 1));
        }
        if is_known(tx.db(), &tenant, &row, &check)? {
            continue;
        }
        let entry = entry(tx.db(), &tenant, caller, &row, &checks.commit, check)?;
        recorded += u64::from(tx.append(entry)?.fresh);
    }
    Ok(recorded)
}

/// Whether what was found is what is known already.
fn is_known(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &Claim,
    check: &ClaimCheck,
) -> Result<bool, StoreError> {
    let found = ClaimStanding::from(check.found);
    let Some((path, lines)) = &check.place else {
        return Ok(row.standing == found);
    };
    let claim = view::at(db, tenant, row.seq)?;
    Ok(claim.is_some_and(|claim| claim.stands_at(found, path, *lines)))
}

fn entry(
    db: &mut Db<'_>,
    tenant: &TenantId,
    caller: &ApiCaller,
    row: &Claim,
    commit: &CommitSha,
    check: ClaimCheck,
) -> Result<NewEntry, StoreError> {
    let ClaimCheck {
        claim,
        found,
        place,
    } = check;
    let (path, lines) = place.unzip();
    let ticket = match db.ticket(tenant, &row.site, &row.issue)? {
        Some(now) => now.ticket.named(),
        None => claimed(db, tenant, row)?.ticket,
    };
    // The same may be found once more after another was: what was known before tells the two apart.
    let once = format!(
        "check:{claim}:{}:{}:{commit}:{lines:?}:{}",
        row.checked_seq.unwrap_or(row.seq),
        ClaimStanding::from(found).as_str(),
        path.as_ref()
            .map_or_else(String::new, |path| Hash::of(path.as_bytes()).to_string()),
    );
    Ok(NewEntry {
        subject: subject_of(&row.site, &row.issue),
        payload: ClaimChecked {
            ticket,
            by: Reporter::ApiKey(caller.key.key.clone()),
            claim,
            found,
            commit: commit.clone(),
            lines: lines.map(|(first, last)| LineRange { first, last }),
        }
        .into(),
        beside: path.map(|path| (PLACE, path.into())).into_iter().collect(),
        severity: Severity::Info,
        actor: caller.actor(),
        source: "API",
        once,
    })
}

impl ClaimCheck {
    /// A place is said where it is news, and there alone.
    fn check(&self, at: usize) -> Result<(), ClaimRefused> {
        let is_elsewhere = matches!(self.found, Found::Moved | Found::Drifted);
        match &self.place {
            Some((path, lines)) if is_elsewhere => check_place(path, Some(*lines)),
            None if !is_elsewhere => Ok(()),
            _ => Err(ClaimRefused::Place(at)),
        }
    }
}
