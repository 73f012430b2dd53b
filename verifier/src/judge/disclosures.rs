//! What stands beside the entries: each stored value must be one that its entry commits to, and each
//! commitment must have its value, unless a later entry says that it was erased.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::vec::IntoIter;

use ledger::disclosure::{Disclosure, digest, is_named};
use ledger::{Code, Finding, Place};
use record::ids::TenantId;
use store::{ACCOUNT_ID, Db, StoreError, StoredDisclosure};

/// The values that are stored beside one piece of the ledger, in its order.
pub(super) struct Beside {
    stored: Peekable<IntoIter<StoredDisclosure>>,
    foreign: Vec<Finding>,
}

/// What a comparison with one entry came to.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// The account id, if one stands there.
    pub(super) account: Option<String>,
    /// The digests whose values were not found.
    pub(super) missing: Vec<String>,
    findings: Vec<Finding>,
}

impl Beside {
    /// Loads what is stored for these positions.
    pub(super) fn load(
        db: &mut Db<'_>,
        tenant: &TenantId,
        positions: RangeInclusive<i64>,
    ) -> Result<Self, StoreError> {
        let stored = db.disclosures_between(tenant, *positions.start(), *positions.end())?;
        Ok(Self {
            stored: stored.into_iter().peekable(),
            foreign: Vec::new(),
        })
    }

    /// The rows of this position. Those before it that nobody asked for belong to no entry.
    fn of(&mut self, seq: i64) -> impl Iterator<Item = StoredDisclosure> {
        while let Some(row) = self.stored.next_if(|row| row.seq < seq) {
            self.foreign.push(altered(&row));
        }
        std::iter::from_fn(move || self.stored.next_if(|row| row.seq == seq))
    }

    /// Compares what stands beside an entry with the digests that stand in it.
    pub(super) fn compare(&mut self, seq: i64, mut committed: Vec<Cow<'_, str>>) -> Compared {
        let mut compared = Compared::default();
        for row in self.of(seq) {
            let known = committed.iter().position(|digest| *digest == row.digest);
            let sound = known.is_some() && digest(&row.disclosure) == row.digest;
            if let Some(at) = known {
                committed.swap_remove(at);
            }
            match is_named(&row.disclosure, ACCOUNT_ID) {
                Ok(false) if sound => {}
                Ok(true) if sound => compared.account = text_in(&row.disclosure),
                _ => compared.findings.push(altered(&row)),
            }
        }
        compared.missing = committed.into_iter().map(Cow::into_owned).collect();
        compared
    }

    /// Says nothing of what stands beside an entry that is damaged itself.
    pub(super) fn excuse(&mut self, seq: i64) {
        self.of(seq).for_each(drop);
    }

    /// Findings for the rows that no entry was compared with.
    pub(super) fn foreign(self) -> Vec<Finding> {
        let mut findings = self.foreign;
        findings.extend(self.stored.map(|row| altered(&row)));
        findings
    }
}

impl Compared {
    /// Looks for what is missing among other rows of the same position. What was found stays found.
    pub(super) fn look_again(&mut self, seq: i64, mut stored: Beside) {
        let missing = std::mem::take(&mut self.missing);
        let wanted: Vec<_> = stored
            .of(seq)
            .filter(|row| missing.contains(&row.digest))
            .collect();
        stored.stored = wanted.into_iter().peekable();
        let found = stored.compare(seq, missing.into_iter().map(Cow::Owned).collect());
        self.missing = found.missing;
        self.findings.extend(found.findings);
        self.account = self.account.take().or(found.account);
    }
}

/// What was found beside the entries so far.
#[derive(Debug, Default)]
pub(super) struct Disclosures {
    missing: BTreeMap<String, u64>,
    findings: Vec<Finding>,
}

impl Disclosures {
    /// Takes what was found beside an entry; gives the account id if one stands there.
    pub(super) fn take(&mut self, seq: u64, compared: Compared) -> Option<String> {
        let Compared {
            account,
            missing,
            findings,
        } = compared;
        self.findings.extend(findings);
        self.missing
            .extend(missing.into_iter().map(|digest| (digest, seq)));
        account
    }

    /// Takes the findings about rows that belong to no entry.
    pub(super) fn foreign(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
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
}

/// The value of a disclosure that is a text.
fn text_in(disclosure: &str) -> Option<String> {
    let disclosure = Disclosure::parse(disclosure).ok()?;
    disclosure.value().as_str().map(str::to_owned)
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
