//! Bundles of a stored ledger, and what an auditor makes of them.

use ledger::bundle::{self, BundleSource, Checked};
use ledger::proof::{Subtree, consistency};
use ledger::tile::row_root;
use ledger::{Checkpoint, Hash, Verdict};

use crate::stored::{Ledger, Row};

/// What goes into a bundle; `rows` may be tampered with before it is written.
#[derive(Clone)]
pub(crate) struct Export {
    pub(crate) ledger: Ledger,
    pub(crate) first: u64,
    pub(crate) end: u64,
    pub(crate) rows: Vec<Row>,
    pub(crate) sizes: Vec<u64>,
}

impl Export {
    /// Entries `first..end` with checkpoints of these sizes.
    pub(crate) fn of(ledger: &Ledger, first: u64, end: u64, sizes: &[u64]) -> Self {
        Self {
            ledger: ledger.clone(),
            first,
            end,
            rows: ledger.rows[first as usize..end as usize].to_vec(),
            sizes: sizes.to_vec(),
        }
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        let leaves: Vec<Hash> = self.ledger.rows.iter().map(|row| row.leaf).collect();
        let mut read = |subtree: Subtree| -> Result<Hash, std::convert::Infallible> {
            let (first, many) = (subtree.index << subtree.level, 1 << subtree.level);
            Ok(row_root(&leaves[first as usize..first as usize + many]))
        };
        let last = *self.sizes.last().unwrap();
        let key = self.ledger.key();
        let sign = |size: &u64| self.ledger.checkpoint(*size).sign(&key).unwrap();
        let within = &self.ledger.rows[self.first as usize..self.end as usize];
        let source = BundleSource {
            origin: &self.ledger.origin,
            before: &self.ledger.frontier(self.first),
            end: self.first + self.rows.len() as u64,
            disclosures: &disclosures_of(&self.ledger, within),
            checkpoints: &self.sizes.iter().map(sign).collect::<Vec<_>>(),
            consistency: &consistency(self.end, last, &mut read).unwrap(),
        };
        let rows = self
            .rows
            .iter()
            .map(|row| Ok::<_, std::fmt::Error>((row.leaf, &row.bytes)));
        let mut out = Vec::new();
        bundle::write(&mut out, &source, rows).unwrap();
        out
    }

    pub(crate) fn check(&self, text: &[u8], kept: &[Checkpoint]) -> Checked {
        bundle::verify(text, &self.ledger.vkeys(), kept)
    }
}

fn disclosures_of(ledger: &Ledger, rows: &[Row]) -> Vec<String> {
    let entries = rows
        .iter()
        .map(|row| ledger::Entry::parse(&row.bytes).unwrap());
    entries
        .flat_map(|entry| {
            let texts = ledger::disclosure::digests(&entry.payload)
                .map(|digest| String::from_utf8(ledger.disclosures[digest].clone()).unwrap());
            texts.collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn an_untouched_bundle_is_verified() {
    let ledger = Ledger::grown("countersign/a", 1, 16, 4);
    let mut checked_bundles = 0;
    for first in 0..15 {
        for end in first + 1..=16 {
            for newest in end..=16 {
                let inside = (first + 1..end).filter(|size| size % 4 == 0);
                let sizes: Vec<u64> = inside.chain([newest]).collect();
                let export = Export::of(&ledger, first, end, &sizes);
                let checked = export.check(&export.text(), &[]);
                assert_eq!(checked.findings, [], "{first}..{end}, signed {sizes:?}");
                assert_eq!(checked.verdict(), Verdict::Verified);
                assert_eq!(checked.entries.len() as u64, end - first);
                assert_eq!(checked.range, Some((first, end)));
                assert_eq!(checked.checkpoint, Some(ledger.checkpoint(newest)));
                checked_bundles += 1;
            }
        }
    }
    println!("untouched bundles: {checked_bundles} written, {checked_bundles} verified");
}
