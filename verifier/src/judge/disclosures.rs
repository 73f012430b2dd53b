//! What stands beside the entries: each stored value must be one that its entry commits to, and each
//! commitment must have its value, unless a later entry says that it was erased.

use std::collections::{BTreeMap, HashMap};

use ledger::disclosure::{Disclosure, digest, digests};
use ledger::{Code, Entry, Finding, Place};
use record::ids::TenantId;
use store::{ACCOUNT_ID, Db, StoreError, StoredDisclosure};

/// The disclosures of the piece of the ledger that is being walked, and what was found so far.
#[derive(Debug, Default)]
pub(super) struct Disclosures {
    stored: HashMap<i64, Vec<StoredDisclosure>>,
    missing: BTreeMap<String, u64>,
    findings: Vec<Finding>,
}

impl Disclosures {
    /// Loads what is stored beside the entries of this piece.
    pub(super) fn load(
        &mut self,
        db: &mut Db<'_>,
        tenant: &TenantId,
        low: i64,
        high: i64,
    ) -> Result<(), StoreError> {
        self.foreign();
        for row in db.disclosures_between(tenant, low, high)? {
            self.stored.entry(row.seq).or_default().push(row);
        }
        Ok(())
    }

    /// Looks for what stands where no entry is.
    pub(super) fn beyond(
        &mut self,
        db: &mut Db<'_>,
        tenant: &TenantId,
        from: i64,
    ) -> Result<(), StoreError> {
        self.load(db, tenant, from, i64::MAX)?;
        self.load(db, tenant, i64::MIN, -1)?;
        self.foreign();
        Ok(())
    }

    /// Compares what stands beside this entry; gives the account id if one does.
    pub(super) fn take(&mut self, entry: &Entry) -> Option<String> {
        let mut committed: Vec<&str> = digests(&entry.payload).collect();
        let stored = i64::try_from(entry.seq)
            .ok()
            .and_then(|seq| self.stored.remove(&seq));
        let mut account = None;
        for row in stored.unwrap_or_default() {
            let known = committed.iter().position(|digest| *digest == row.digest);
            let sound = known.is_some() && digest(&row.disclosure) == row.digest;
            if let Some(at) = known {
                committed.swap_remove(at);
            }
            match Disclosure::parse(&row.disclosure) {
                Ok(disclosure) if sound => {
                    if disclosure.name() == ACCOUNT_ID {
                        account = disclosure.value().as_str().map(str::to_owned);
                    }
                }
                _ => self.findings.push(altered(&row)),
            }
        }
        self.missing.extend(
            committed
                .into_iter()
                .map(|digest| (digest.to_owned(), entry.seq)),
        );
        account
    }

    /// Says nothing of what stands beside an entry that is damaged itself.
    pub(super) fn excuse(&mut self, seq: u64) {
        if let Ok(seq) = i64::try_from(seq) {
            self.stored.remove(&seq);
        }
    }

    /// An entry says that these were erased.
    pub(super) fn erased(&mut self, digests: &[String]) {
        for digest in digests {
            self.missing.remove(digest);
        }
    }

    /// What was found.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        self.findings
            .extend(self.missing.into_iter().map(|(digest, seq)| {
                Finding::new(
                    Code::DisclosureMissing,
                    Place::Entry { seq },
                    format!("the value of digest {digest}"),
                )
            }));
        self.findings
    }

    /// What was loaded and belongs to no entry of its piece.
    fn foreign(&mut self) {
        let rows = std::mem::take(&mut self.stored).into_values().flatten();
        self.findings.extend(rows.map(|row| altered(&row)));
    }
}

fn altered(row: &StoredDisclosure) -> Finding {
    let place = Place::Row {
        table: "disclosures".to_owned(),
        row: format!("{} of entry {}", row.digest, row.seq),
    };
    Finding::new(
        Code::DisclosureAltered,
        place,
        "the entry does not commit to this value",
    )
}
