//! One run: every tenant, or one, is judged; what was found in order is remembered; reports are left for
//! the server and delivered to Jira.

use std::io;
use std::path::Path;

use ledger::{Code, Finding, Place, Verdict};
use record::ids::TenantId;
use store::{Db, LedgerRows, StoreError};

use crate::config::Config;
use crate::judge::{Judgement, Progress, judge};
use crate::memory::{Claimed, Memory, Remembered};
use crate::report::{self, Notices, Undelivered};

/// Why a run was not completed. Never stands for "verified".
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The database cannot be read.
    #[error("the database cannot be read: {0}")]
    Database(#[from] StoreError),
    /// The verifier's own directory cannot be used.
    #[error("COUNTERSIGN_VERIFIER_DIR cannot be used: {0}")]
    Memory(#[from] io::Error),
    /// There is no such tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// Another run uses the same directory.
    #[error("another run is under way")]
    UnderWay,
}

impl From<Claimed> for RunError {
    fn from(claimed: Claimed) -> Self {
        match claimed {
            Claimed::ByAnother => Self::UnderWay,
            Claimed::File(error) => Self::Memory(error),
        }
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct RunOutcome {
    /// One judgement per tenant.
    pub judgements: Vec<Judgement>,
    /// Findings that belong to no tenant.
    pub beside: Vec<Finding>,
    /// Reports that did not reach Jira.
    pub undelivered: Vec<Undelivered>,
}

impl RunOutcome {
    /// The judgement over all of it; none if there was nothing to judge.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let findings = self
            .judgements
            .iter()
            .flat_map(|judgement| &judgement.findings)
            .chain(&self.beside);
        let worst = Verdict::of(findings);
        match (self.judgements.is_empty(), worst) {
            (true, Verdict::Verified) => None,
            _ => Some(worst),
        }
    }

    /// The exit code: 3 if there was nothing to verify.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.verdict().map_or(3, Verdict::exit_code)
    }
}

/// Judges, remembers and reports.
///
/// # Errors
/// If the run could not be completed.
pub async fn run(
    config: &Config,
    only: Option<&TenantId>,
    progress: &mut (dyn Progress + Send),
) -> Result<RunOutcome, RunError> {
    let memory = Memory::at(&config.directory)?;
    let _alone = memory.claim()?;
    let mut outcome = judge_all(config, &memory, only, progress)?;
    let key = memory.signing_key()?;
    for judgement in &outcome.judgements {
        if judgement.verdict() == Verdict::Verified
            && outcome.beside.is_empty()
            && let (Some(key), Some(newest)) = (&judgement.key, &judgement.newest)
        {
            memory.remember(&judgement.tenant, key, &newest.note)?;
        }
        let notices = Notices::due(config, &memory, judgement)?;
        let note =
            report::signed(judgement, &outcome.beside, &notices, &key).map_err(io::Error::other)?;
        memory.leave_report(&note)?;
        if config.database.is_postgres() {
            store::leave_report(&config.database, &note)?;
        }
        notices.handed_over(&memory)?;
    }
    if let Some(delivery) = &config.delivery {
        outcome.undelivered =
            report::deliver(config, delivery, &memory, &outcome.judgements).await?;
        for late in outcome
            .undelivered
            .iter()
            .filter(|undelivered| undelivered.for_a_day)
        {
            outcome.beside.push(Finding::new(
                Code::ReportUndelivered,
                Place::Row {
                    table: "delivered".to_owned(),
                    row: late.what.clone(),
                },
                late.reason.clone(),
            ));
        }
    }
    Ok(outcome)
}

fn judge_all(
    config: &Config,
    memory: &Memory,
    only: Option<&TenantId>,
    progress: &mut (dyn Progress + Send),
) -> Result<RunOutcome, RunError> {
    let mut rows = LedgerRows::open(&config.database)?;
    let mut readers = config.readers()?;
    let mut beside: Vec<Finding> = rows
        .damage()?
        .into_iter()
        .map(|line| Finding::new(Code::DatabaseDamaged, file_of(config), line))
        .collect();
    let judged = rows.snapshot(|db| -> Result<Vec<Judgement>, RunError> {
        laid_out(db, &mut beside)?;
        let mut tenants = memory.tenants()?;
        for name in db.named_tenants()? {
            match name.parse() {
                Ok(tenant) => tenants.push(tenant),
                Err(_) => beside.push(foreign("tenants", &name)),
            }
        }
        tenants.sort_unstable();
        tenants.dedup();
        beside.extend(
            db.foreign_rows()?
                .iter()
                .map(|(table, tenant)| foreign(table, tenant)),
        );
        beside.extend(db.strange_migrations()?.into_iter().map(|version| {
            let detail = "not as this release applies its migrations";
            strange("__diesel_schema_migrations", version, detail)
        }));
        if let Some(only) = only {
            tenants.retain(|tenant| tenant == only);
            if tenants.is_empty() {
                return Err(RunError::NoTenant);
            }
        }
        tenants
            .iter()
            .map(|tenant| {
                let remembered: Remembered = memory.of(tenant)?;
                Ok(judge(db, tenant, &remembered, &mut readers, progress)?)
            })
            .collect()
    });
    match judged {
        Ok(judgements) => Ok(RunOutcome {
            judgements,
            beside,
            undelivered: Vec::new(),
        }),
        Err(RunError::Database(_)) if !beside.is_empty() => Ok(RunOutcome {
            judgements: Vec::new(),
            beside,
            undelivered: Vec::new(),
        }),
        Err(error) => Err(error),
    }
}

/// Whether what is read is a table of ours at all, and what a look-up would find in it.
fn laid_out(db: &mut Db<'_>, beside: &mut Vec<Finding>) -> Result<(), StoreError> {
    let object = "missing, changed or put in: not as this release makes it";
    let column = "a value of another type than the column's, which no look-up finds";
    beside.extend(
        db.strange_objects()?
            .into_iter()
            .map(|name| strange("layout", name, object)),
    );
    beside.extend(
        db.strange_types()?
            .into_iter()
            .map(|name| strange("layout", name, column)),
    );
    Ok(())
}

fn strange(table: &str, row: String, detail: &str) -> Finding {
    let place = Place::Row {
        table: table.to_owned(),
        row,
    };
    Finding::new(Code::ProjectionAltered, place, detail)
}

fn foreign(table: &str, tenant: &str) -> Finding {
    Finding::new(
        Code::RowForeign,
        Place::Row {
            table: table.to_owned(),
            row: tenant.to_owned(),
        },
        "no tenant of this name has a row of its own",
    )
}

fn file_of(config: &Config) -> Place {
    let name = config.database.file().and_then(Path::file_name);
    Place::Row {
        table: "database".to_owned(),
        row: name.unwrap_or_default().to_string_lossy().into_owned(),
    }
}
