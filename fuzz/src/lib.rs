//! What the targets and their seeds share: a small ledger with its key. The targets themselves are in `targets`;
//! nothing here looks at what a fuzzer brings.

use std::convert::Infallible;

use ledger::bundle::{self, BundleSource};
use ledger::disclosure::{Disclosure, hide};
use ledger::entry::{Actor, ActorKind, Draft, Entry, Origin};
use ledger::proof::{Subtree, consistency};
use ledger::tile::row_root;
use ledger::{Checkpoint, Frontier, Hash, SigningKey, VerifierKey};
use serde_json::{Map, json};

/// The name of the ledger and of its key.
pub const ORIGIN: &str = "countersign/fuzz";

/// A ledger of a few entries, each with a disclosure beside it.
#[derive(Debug)]
pub struct Small {
    /// Its name.
    pub origin: Origin,
    /// Its key.
    pub key: SigningKey,
    /// Its entries' bytes.
    pub entries: Vec<Vec<u8>>,
    /// Their leaves.
    pub leaves: Vec<Hash>,
    /// What stands beside them.
    pub disclosures: Vec<Disclosure>,
}

impl Default for Small {
    fn default() -> Self {
        Self::of(5)
    }
}

impl Small {
    /// A ledger of so many entries.
    ///
    /// # Panics
    /// If an entry cannot be made, which would be a fault of this crate.
    #[must_use]
    pub fn of(size: u64) -> Self {
        let origin: Origin = ORIGIN.parse().expect("an origin");
        let key = SigningKey::from_seed(ORIGIN, &[1; 32]).expect("a key");
        let (mut entries, mut leaves, mut disclosures) = (Vec::new(), Vec::new(), Vec::new());
        for seq in 0..size {
            let disclosure =
                Disclosure::new(&[seq as u8; 16], "comment", json!(format!("No. {seq}")));
            let mut payload =
                Map::from_iter([("n\u{e9}\n".to_owned(), json!([seq, true, "\u{1}\"\\"]))]);
            hide(&mut payload, std::slice::from_ref(&disclosure));
            let prev = leaves.last().copied().unwrap_or(Hash::NONE);
            let (_, bytes) =
                Entry::seal(draft(seq, payload), &origin, seq, prev).expect("an entry");
            leaves.push(Hash::leaf(&bytes));
            entries.push(bytes);
            disclosures.push(disclosure);
        }
        Self {
            origin,
            key,
            entries,
            leaves,
            disclosures,
        }
    }

    /// The one key that is believed.
    #[must_use]
    pub fn keys(&self) -> [VerifierKey; 1] {
        [self.key.verifier_key()]
    }

    /// The tree over the first entries.
    #[must_use]
    pub fn frontier(&self, size: usize) -> Frontier {
        let mut tree = Frontier::empty();
        self.leaves[..size].iter().for_each(|leaf| tree.push(*leaf));
        tree
    }

    /// The signed checkpoint of the first entries.
    ///
    /// # Panics
    /// If it cannot be signed, which would be a fault of this crate.
    #[must_use]
    pub fn note(&self, size: usize) -> String {
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size: size as u64,
            root: self.frontier(size).root(),
        };
        checkpoint.sign(&self.key).expect("a note")
    }

    /// The bundle of a range, with the checkpoints of these sizes.
    ///
    /// # Panics
    /// If it cannot be written, which would be a fault of this crate.
    #[must_use]
    pub fn bundle(&self, first: usize, end: usize, sizes: &[usize]) -> Vec<u8> {
        let newest = sizes.last().map_or(end, |size| *size) as u64;
        let notes: Vec<String> = sizes.iter().map(|size| self.note(*size)).collect();
        let disclosures: Vec<String> = self.disclosures[first..end]
            .iter()
            .map(|disclosure| disclosure.as_str().to_owned())
            .collect();
        let source = BundleSource {
            origin: &self.origin,
            before: &self.frontier(first),
            end: end as u64,
            disclosures: &disclosures,
            checkpoints: &notes,
            consistency: &consistency(end as u64, newest, &mut |s| self.subtree(s))
                .unwrap_or_default(),
        };
        let entries = self.leaves.iter().zip(&self.entries).take(end).skip(first);
        let rows = entries.map(|(leaf, bytes)| Ok::<_, Infallible>((*leaf, bytes)));
        let mut out = Vec::new();
        bundle::write(&mut out, &source, rows).expect("a bundle");
        out
    }

    /// The root of a complete subtree.
    ///
    /// # Errors
    /// Never.
    pub fn subtree(&self, subtree: Subtree) -> Result<Hash, Infallible> {
        let first = (subtree.index << subtree.level) as usize;
        Ok(row_root(&self.leaves[first..first + (1 << subtree.level)]))
    }
}

fn draft(seq: u64, payload: Map<String, serde_json::Value>) -> Draft {
    Draft {
        id: format!("evt_01K9ABCDEFGHJKMNPQRSTVWX{}0", seq % 10),
        idem: Hash::of(&seq.to_be_bytes()),
        at: format!("2026-11-21T10:00:{:02}.000Z", seq % 60),
        kind: "HUMAN_REVIEW".to_owned(),
        source: "JIRA".to_owned(),
        severity: "MEDIUM".to_owned(),
        subject: format!("ticket/{seq}"),
        actor: Actor {
            id: "person/7f3a".to_owned(),
            kind: ActorKind::Person,
        },
        payload,
    }
}
