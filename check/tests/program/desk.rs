//! An auditor's desk: a folder with a policy, a small ledger to take bundles of, and the program.

use std::convert::Infallible;
use std::fs;
use std::process::Command;

use ledger::bundle::{self, BundleSource};
use ledger::disclosure::{Disclosure, hide};
use ledger::entry::{Actor, ActorKind, Draft, Entry, Origin};
use ledger::{Checkpoint, Frontier, Hash, SigningKey};
use record::entries::{KeyAnnounced, KeyPurpose, Payload};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// What the program said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(arguments: &[&str]) -> Self {
        let output = Command::new(env!("CARGO_BIN_EXE_countersign-check"))
            .args(arguments)
            .output()
            .unwrap();
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

/// A ledger of three entries: one whose type this release knows, two of a type it does not.
pub(crate) struct Desk {
    folder: TempDir,
    origin: Origin,
    key: SigningKey,
    entries: Vec<Vec<u8>>,
    disclosure: Disclosure,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let origin: Origin = "countersign/desk".parse().unwrap();
        let key = SigningKey::from_seed(origin.as_str(), &[1; 32]).unwrap();
        let disclosure = Disclosure::new(&[2; 16], "observer", json!("somebody"));
        let announced = Payload::from(KeyAnnounced {
            purpose: KeyPurpose::Ledger,
            key: key.verifier_key().to_string(),
            sealed_digest: None,
        });
        let mut observed = Map::from_iter([("day".to_owned(), json!(1))]);
        hide(&mut observed, std::slice::from_ref(&disclosure));
        let payloads = [
            ("KEY_ANNOUNCED", announced.to_members().unwrap()),
            ("WEATHER_OBSERVED", observed),
            (
                "WEATHER_OBSERVED",
                Map::from_iter([("day".to_owned(), json!(2))]),
            ),
        ];
        let mut entries: Vec<Vec<u8>> = Vec::new();
        for (seq, (kind, payload)) in (0..).zip(payloads) {
            let prev = entries.last().map_or(Hash::NONE, |entry| Hash::leaf(entry));
            let (_, bytes) = Entry::seal(draft(seq, kind, payload), &origin, seq, prev).unwrap();
            entries.push(bytes);
        }
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            origin,
            key,
            entries,
            disclosure,
        };
        let policy = format!("# what I believe\n\nlog {}\n", desk.key.verifier_key());
        desk.file("policy", policy.as_bytes());
        desk
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Runs the program on this bundle, with the desk's policy.
    pub(crate) fn check(&self, bundle: &[u8], more: &[&str]) -> Said {
        self.file("bundle", bundle);
        let (bundle, policy) = (self.path("bundle"), self.path("policy"));
        Said::of(&[&[&*bundle, "--policy", &policy], more].concat())
    }

    pub(crate) fn root(&self, size: usize) -> Hash {
        let mut tree = Frontier::empty();
        let leaves = self.entries[..size].iter().map(|entry| Hash::leaf(entry));
        leaves.for_each(|leaf| tree.push(leaf));
        tree.root()
    }

    pub(crate) fn note(&self, size: u64, root: Hash) -> String {
        let origin = self.origin.clone();
        Checkpoint { origin, size, root }.sign(&self.key).unwrap()
    }

    /// A checkpoint of 7 entries of a ledger whose key the policy names from now on as well.
    pub(crate) fn note_of_another_ledger(&self) -> String {
        let origin: Origin = "countersign/elsewhere".parse().unwrap();
        let key = SigningKey::from_seed(origin.as_str(), &[3; 32]).unwrap();
        let policy = format!(
            "log {}\nlog {}\n",
            self.key.verifier_key(),
            key.verifier_key()
        );
        self.file("policy", policy.as_bytes());
        let (size, root) = (7, Hash::of(b"elsewhere"));
        Checkpoint { origin, size, root }.sign(&key).unwrap()
    }

    /// The bundle of all entries, with checkpoints of these sizes.
    pub(crate) fn bundle(&self, sizes: &[usize]) -> Vec<u8> {
        let notes: Vec<String> = sizes
            .iter()
            .map(|size| self.note(*size as u64, self.root(*size)))
            .collect();
        let source = BundleSource {
            origin: &self.origin,
            before: &Frontier::empty(),
            end: self.entries.len() as u64,
            disclosures: &[self.disclosure.as_str().to_owned()],
            checkpoints: &notes,
            consistency: &[],
        };
        let rows = self
            .entries
            .iter()
            .map(|bytes| Ok::<_, Infallible>((Hash::leaf(bytes), bytes)));
        let mut out = Vec::new();
        bundle::write(&mut out, &source, rows).unwrap();
        out
    }
}

fn draft(seq: u64, kind: &str, payload: Map<String, Value>) -> Draft {
    Draft {
        id: format!("evt_01K9ABCDEFGHJKMNPQRSTVWX{seq}0"),
        idem: Hash::of(&seq.to_be_bytes()),
        at: "2026-11-21T10:00:00.000Z".to_owned(),
        kind: kind.to_owned(),
        source: "SYSTEM".to_owned(),
        severity: "INFO".to_owned(),
        subject: "desk".to_owned(),
        actor: Actor {
            id: "server".to_owned(),
            kind: ActorKind::System,
        },
        payload,
    }
}
