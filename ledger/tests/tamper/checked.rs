//! The check that a verifier makes of a stored ledger: the walk, and beside it the checkpoints, the head row,
//! the tiles and the disclosures.

use ledger::disclosure;
use ledger::entry::Entry;
use ledger::tile::Tile;
use ledger::walk::{Held, Outcome, Stored, Walk};
use ledger::{Checkpoint, Code, Finding, Frontier, Place};
use serde_json::{Value, json};

use crate::stored::{Ledger, Row};

impl Ledger {
    /// A walk that expects the stored checkpoints and the remembered ones; findings for the notes that fail.
    pub(crate) fn walk(&self, remembered: &[Checkpoint]) -> (Walk, Vec<Finding>) {
        let mut walk = Walk::new(self.origin.clone());
        let mut findings = Vec::new();
        for (at, note) in self.notes.iter().enumerate() {
            match Checkpoint::verify(note.as_bytes(), &self.origin, &self.vkeys()) {
                Ok(checkpoint) => walk.expect(checkpoint.size, checkpoint.root, Held::Inside),
                Err(error) => findings.push(altered(
                    Code::CheckpointAltered,
                    "checkpoints",
                    at.to_string(),
                    &error.to_string(),
                )),
            }
        }
        for checkpoint in remembered {
            walk.expect(checkpoint.size, checkpoint.root, Held::Outside);
        }
        (walk, findings)
    }

    /// What a verifier finds that remembers these checkpoints.
    pub(crate) fn check(&self, remembered: &[Checkpoint]) -> Vec<Finding> {
        let (mut walk, mut findings) = self.walk(remembered);
        let mut digests = Vec::new();
        for row in &self.rows {
            let entry = push(&mut walk, row);
            digests.extend(entry.iter().flat_map(|entry| {
                disclosure::digests(&entry.payload)
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            }));
        }
        let outcome = walk.finish();
        findings.extend(self.head_findings(&outcome));
        findings.extend(self.disclosure_findings(&digests));
        findings.extend(outcome.findings);
        findings
    }

    pub(crate) fn head_findings(&self, outcome: &Outcome) -> Vec<Finding> {
        let frontier = outcome.frontier.as_ref().map(Frontier::to_bytes);
        let columns = [
            ("size", self.head.size == outcome.size),
            (
                "last_leaf",
                self.head.last_leaf == outcome.last_leaf.as_bytes(),
            ),
            (
                "frontier",
                frontier.is_none_or(|bytes| bytes == self.head.frontier),
            ),
        ];
        let wrong = columns.into_iter().filter(|(_, holds)| !holds);
        wrong
            .map(|(column, _)| altered(Code::HeadAltered, "head", column.to_owned(), ""))
            .collect()
    }

    pub(crate) fn disclosure_findings(&self, digests: &[String]) -> Vec<Finding> {
        let judge = |digest: &String| {
            let holds = self.disclosures.get(digest).map(|text| {
                std::str::from_utf8(text).is_ok_and(|text| disclosure::digest(text) == *digest)
            });
            let code = match holds {
                Some(true) => return None,
                Some(false) => Code::DisclosureAltered,
                None => Code::DisclosureMissing,
            };
            Some(altered(code, "disclosures", digest.clone(), ""))
        };
        digests.iter().filter_map(judge).collect()
    }

    /// Tiles against those that follow from the entries; the row names the tile and the leaf's place in it.
    pub(crate) fn tile_findings(&self, fresh: &[Tile]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (stored, fresh) in self.tiles.iter().zip(fresh) {
            let pairs = stored.bytes.chunks(32).zip(fresh.bytes.chunks(32));
            for (at, _) in pairs.enumerate().filter(|(_, (a, b))| a != b) {
                let row = format!("{}#{at}", stored.id.path());
                findings.push(altered(Code::TileAltered, "tiles", row, ""));
            }
        }
        findings
    }
}

pub(crate) fn push(walk: &mut Walk, row: &Row) -> Option<Entry> {
    walk.push(Stored {
        seq: row.seq,
        leaf: row.leaf,
        bytes: &row.bytes,
    })
}

fn altered(code: Code, table: &str, row: String, detail: &str) -> Finding {
    let table = table.to_owned();
    Finding::new(code, Place::Row { table, row }, detail)
}

#[test]
fn an_untouched_ledger_has_no_findings() {
    for size in [1, 2, 31, 64, 300] {
        let ledger = Ledger::grown("countersign/a", 1, size, 8);
        let remembered = [ledger.checkpoint(size), ledger.checkpoint(size / 2)];
        assert_eq!(ledger.check(&remembered), []);
        let value: Value = serde_json::from_slice(&ledger.rows[0].bytes).unwrap();
        assert_eq!(value["seq"], json!(0));
    }
}
