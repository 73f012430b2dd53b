//! A ledger in memory as a store holds it, and what somebody can do to it who can write there. `checked` says
//! what a verifier finds.

use std::collections::BTreeMap;

use ledger::disclosure::{self, Disclosure};
use ledger::entry::{Actor, ActorKind, Draft, Entry, Origin};
use ledger::tile::{Tile, Tiler};
use ledger::{Checkpoint, Frontier, Hash, SigningKey, VerifierKey};
use serde_json::{Map, json};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) leaf: Hash,
    pub(crate) bytes: Vec<u8>,
}

impl Row {
    pub(crate) fn of(entry: &[u8], seq: u64) -> Self {
        Self {
            seq,
            leaf: Hash::leaf(entry),
            bytes: entry.to_vec(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) last_leaf: Vec<u8>,
    pub(crate) frontier: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) origin: Origin,
    seed: u8,
    pub(crate) rows: Vec<Row>,
    pub(crate) notes: Vec<String>,
    /// By digest, as the store keeps them.
    pub(crate) disclosures: BTreeMap<String, Vec<u8>>,
    pub(crate) head: Head,
    pub(crate) tiles: Vec<Tile>,
}

fn draft(n: u64) -> (Draft, Vec<Disclosure>) {
    let mut payload = Map::from_iter([
        ("count".to_owned(), json!(-(n as i64))),
        (
            "flags".to_owned(),
            json!([true, {"z": "ä\n\u{1}", "a": []}]),
        ),
    ]);
    let hidden = match n % 4 {
        1 => vec![Disclosure::new(
            &[n as u8; 16],
            "comment",
            json!(format!("agreed {n}")),
        )],
        _ => Vec::new(),
    };
    disclosure::hide(&mut payload, &hidden);
    let draft = Draft {
        id: format!("evt_01M{n:023}"),
        idem: Hash::of(&n.to_be_bytes()),
        at: "2026-11-21T10:00:00.000Z".to_owned(),
        kind: "CONFIG_CHANGE".to_owned(),
        source: "API".to_owned(),
        severity: "INFO".to_owned(),
        subject: format!("ticket/{n}"),
        actor: Actor {
            id: "server".to_owned(),
            kind: ActorKind::System,
        },
        payload,
    };
    (draft, hidden)
}

impl Ledger {
    /// A ledger of this name and size, a checkpoint after every `every` entries and at its end.
    pub(crate) fn grown(name: &str, seed: u8, size: u64, every: u64) -> Self {
        let mut ledger = Self {
            origin: name.parse().unwrap(),
            seed,
            rows: Vec::new(),
            notes: Vec::new(),
            disclosures: BTreeMap::new(),
            head: Head {
                size: 0,
                last_leaf: Vec::new(),
                frontier: Vec::new(),
            },
            tiles: Vec::new(),
        };
        for seq in 0..size {
            let prev = ledger.rows.last().map_or(Hash::NONE, |row| row.leaf);
            let (draft, hidden) = draft(seq);
            let (_, bytes) = Entry::seal(draft, &ledger.origin, seq, prev).unwrap();
            ledger.rows.push(Row::of(&bytes, seq));
            for one in hidden {
                let text = one.as_str().as_bytes().to_vec();
                ledger.disclosures.insert(one.digest(), text);
            }
        }
        let sizes = (1..=size).filter(|n| n % every == 0 || *n == size);
        ledger.sign_again(&sizes.collect::<Vec<_>>());
        ledger.derive();
        ledger
    }

    pub(crate) fn size(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(crate) fn key(&self) -> SigningKey {
        SigningKey::from_seed(self.origin.as_str(), &[self.seed; 32]).unwrap()
    }

    pub(crate) fn vkeys(&self) -> [VerifierKey; 1] {
        [self.key().verifier_key()]
    }

    pub(crate) fn frontier(&self, size: u64) -> Frontier {
        let mut tree = Frontier::empty();
        for row in &self.rows[..size as usize] {
            tree.push(row.leaf);
        }
        tree
    }

    pub(crate) fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint {
            origin: self.origin.clone(),
            size,
            root: self.frontier(size).root(),
        }
    }

    /// Checkpoints of these sizes over the entries as they are now. Needs the key, as a thief may have it.
    pub(crate) fn sign_again(&mut self, sizes: &[u64]) {
        let key = self.key();
        let sign = |size: &u64| self.checkpoint(*size).sign(&key).unwrap();
        self.notes = sizes.iter().map(sign).collect();
    }

    /// Head and tiles as they follow from the entries. Whoever can write can compute them.
    pub(crate) fn derive(&mut self) {
        let tree = self.frontier(self.size());
        let mut tiler = Tiler::default();
        self.tiles = self
            .rows
            .iter()
            .flat_map(|row| tiler.push(row.leaf))
            .collect();
        self.head = Head {
            size: self.size(),
            last_leaf: self
                .rows
                .last()
                .map_or(Hash::NONE, |row| row.leaf)
                .as_bytes()
                .to_vec(),
            frontier: tree.to_bytes(),
        };
    }

    /// Rewrites the entry at `from` and links those up to `to` (exclusive) to it again.
    pub(crate) fn rewrite(&mut self, from: u64, to: u64) {
        let mut entry = Entry::parse(&self.rows[from as usize].bytes).unwrap();
        entry.severity = "CRITICAL".to_owned();
        let bytes = ledger::canonical::write(&entry).unwrap();
        self.rows[from as usize] = Row::of(&bytes, from);
        self.relink(from + 1, to);
    }

    /// Links the entries `from..to` again, each to the one before it.
    pub(crate) fn relink(&mut self, from: u64, to: u64) {
        for seq in from..to {
            let mut entry = Entry::parse(&self.rows[seq as usize].bytes).unwrap();
            entry.prev = self.rows[seq as usize - 1].leaf;
            let bytes = ledger::canonical::write(&entry).unwrap();
            self.rows[seq as usize] = Row::of(&bytes, seq);
        }
    }
}

/// The value with one bit flipped.
pub(crate) fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}
