//! What is looked at after each event, and what at the end. The real verifier has a say: it may find the ledger
//! incomplete, never altered or rolled back.

use std::path::PathBuf;

use ledger::Verdict;
use record::ids::TenantId;
use store::{Address, Db, LedgerRows, StoreError};
use verifier::config::Config;
use verifier::judge::Progress;

use crate::crew::Heard;
use crate::faults::{Faults, Kind};
use crate::ledger_as_read::LedgerAsRead;
use crate::signed::Signed;

/// Whoever looks, and what was seen so far.
pub(crate) struct Judge {
    address: Address,
    tenant: TenantId,
    memories: Vec<PathBuf>,
    verifier: Config,
    heard: Heard,
    faults: Faults,
    read: LedgerAsRead,
    pub(crate) signed: Signed,
    /// The worst that the verifier said.
    pub(crate) worst: Verdict,
}

struct Quiet;

impl Progress for Quiet {
    fn walked(&mut self, _: &TenantId, _: u64, _: u64) {}
}

impl Judge {
    pub(crate) fn new(
        address: Address,
        tenant: TenantId,
        memories: Vec<PathBuf>,
        verifier_directory: PathBuf,
        heard: Heard,
        faults: Faults,
    ) -> Self {
        Self {
            verifier: Config {
                database: address.clone(),
                directory: verifier_directory,
                threads: std::num::NonZeroUsize::MIN,
                delivery: None,
                report_ticket: None,
            },
            read: LedgerAsRead::of(&tenant),
            address,
            tenant,
            memories,
            heard,
            faults,
            signed: Signed::default(),
            worst: Verdict::Verified,
        }
    }

    /// What was appended since the last look, whether all that was acknowledged is there, and what was signed.
    pub(crate) fn look(&mut self) -> anyhow::Result<()> {
        let mut rows = LedgerRows::open(&self.address)?;
        rows.snapshot(|db| {
            self.read.read_on(db, &self.faults)?;
            self.signed
                .collect(db, &self.tenant, &self.memories, &self.faults)
        })?;
        self.read.look_for(&self.heard.lock(), &self.faults);
        self.refusals_to_sign();
        Ok(())
    }

    /// The verifier's judgement, in a word.
    pub(crate) fn ask_verifier(&mut self, runtime: &tokio::runtime::Runtime) -> anyhow::Result<()> {
        let outcome = runtime.block_on(verifier::run::run(&self.verifier, None, &mut Quiet))?;
        let verdict = outcome.verdict().unwrap_or(Verdict::RolledBack);
        self.worst = self.worst.max(verdict);
        if verdict > Verdict::Incomplete {
            self.faults
                .find(Kind::Unsound, format!("the verifier says {verdict}"));
            let findings = outcome
                .judgements
                .iter()
                .flat_map(|judgement| &judgement.findings);
            for finding in findings.chain(&outcome.beside).take(5) {
                let said = format!(
                    "the verifier: {:?} at {}: {}",
                    finding.code, finding.place, finding.detail
                );
                self.faults.find(Kind::Unsound, said);
            }
        }
        Ok(())
    }

    /// Everything, from the first entry; gives how many there are. Nobody writes any more.
    pub(crate) fn judge_all(&mut self) -> anyhow::Result<u64> {
        let mut rows = LedgerRows::open(&self.address)?;
        let mut read = LedgerAsRead::of(&self.tenant);
        rows.snapshot(|db: &mut Db<'_>| -> Result<(), StoreError> {
            self.signed
                .collect(db, &self.tenant, &self.memories, &self.faults)?;
            read.expect(&self.signed.all());
            read.read_on(db, &self.faults)?;
            read.compare_tiles(db, &self.faults)?;
            self.signed.prove(db, &self.tenant, &self.faults)
        })?;
        let heard = self.heard.lock();
        read.look_for(&heard, &self.faults);
        read.ends_after_all_of(&heard, &self.faults);
        drop(heard);
        self.refusals_to_sign();
        Ok(read.size())
    }

    fn refusals_to_sign(&self) {
        for reason in std::mem::take(&mut self.heard.lock().not_signed) {
            self.faults
                .find(Kind::Fork, format!("a signer refuses: {reason}"));
        }
    }
}
