//! Sections 1 and 12: a small ledger, its key, checkpoints, proofs and bundle, byte for byte.

use std::convert::Infallible;
use std::fmt::Write;

use ledger::bundle::{self, BundleSource};
use ledger::disclosure::{Disclosure, hide};
use ledger::entry::{Actor, ActorKind, Draft, Entry, Origin};
use ledger::proof::{Subtree, consistency, inclusion, verify_consistency, verify_inclusion};
use ledger::tile::row_root;
use ledger::{Checkpoint, Frontier, Hash, SigningKey, Verdict};
use serde_json::{Map, json};

use crate::lines_after;

struct Example {
    origin: Origin,
    key: SigningKey,
    entries: Vec<Vec<u8>>,
    leaves: Vec<Hash>,
    disclosure: Disclosure,
}

impl Example {
    fn new() -> Self {
        let origin: Origin = "countersign/example".parse().unwrap();
        let key = SigningKey::from_seed(origin.as_str(), &[1; 32]).unwrap();
        let disclosure = Disclosure::new(&[2; 16], "comment", json!("Looks good"));
        let mut review = Map::from_iter([("decision".to_owned(), json!("APPROVED"))]);
        hide(&mut review, std::slice::from_ref(&disclosure));
        let announced = json!({"vkey": key.verifier_key().to_string()});
        let changed = json!({"key": "gate/enabled", "position": 1, "to": true});
        let drafts = [
            (
                "KEY_ANNOUNCED",
                "SYSTEM",
                "INFO",
                "ledger",
                "server",
                ActorKind::System,
                announced,
            ),
            (
                "HUMAN_REVIEW",
                "JIRA",
                "MEDIUM",
                "ticket/10042",
                "person/7f3a",
                ActorKind::Person,
                review.into(),
            ),
            (
                "CONFIG_CHANGE",
                "API",
                "LOW",
                "project/10000",
                "key/1",
                ActorKind::ApiKey,
                changed,
            ),
        ];
        let (mut entries, mut leaves) = (Vec::new(), Vec::new());
        for (seq, (kind, source, severity, subject, id, actor, payload)) in (0..).zip(drafts) {
            let draft = Draft {
                id: format!("evt_01K9ABCDEFGHJKMNPQRSTVWX{seq}0"),
                idem: Hash::of(format!("example {seq}").as_bytes()),
                at: format!("2026-11-21T10:00:0{seq}.000Z"),
                kind: kind.to_owned(),
                source: source.to_owned(),
                severity: severity.to_owned(),
                subject: subject.to_owned(),
                actor: Actor {
                    id: id.to_owned(),
                    kind: actor,
                },
                payload: payload.as_object().unwrap().clone(),
            };
            let prev = leaves.last().copied().unwrap_or(Hash::NONE);
            let (_, bytes) = Entry::seal(draft, &origin, seq, prev).unwrap();
            leaves.push(Hash::leaf(&bytes));
            entries.push(bytes);
        }
        Self {
            origin,
            key,
            entries,
            leaves,
            disclosure,
        }
    }

    fn frontier(&self, size: usize) -> Frontier {
        let mut tree = Frontier::empty();
        self.leaves[..size].iter().for_each(|leaf| tree.push(*leaf));
        tree
    }

    fn note(&self, size: usize) -> String {
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size: size as u64,
            root: self.frontier(size).root(),
        };
        checkpoint.sign(&self.key).unwrap()
    }

    fn subtree(&self, subtree: Subtree) -> Result<Hash, Infallible> {
        let (first, many) = (
            (subtree.index << subtree.level) as usize,
            1 << subtree.level,
        );
        Ok(row_root(&self.leaves[first..first + many]))
    }

    fn bundle(&self, first: usize, end: usize, sizes: &[usize]) -> Vec<u8> {
        let newest = *sizes.last().unwrap() as u64;
        let notes: Vec<String> = sizes.iter().map(|size| self.note(*size)).collect();
        let source = BundleSource {
            origin: &self.origin,
            before: &self.frontier(first),
            end: end as u64,
            disclosures: &[self.disclosure.as_str().to_owned()],
            checkpoints: &notes,
            consistency: &consistency(end as u64, newest, &mut |s| self.subtree(s)).unwrap(),
        };
        let entries = self.leaves.iter().zip(&self.entries).take(end).skip(first);
        let rows = entries.map(|(leaf, bytes)| Ok::<_, Infallible>((*leaf, bytes)));
        let mut out = Vec::new();
        bundle::write(&mut out, &source, rows).unwrap();
        out
    }
}

fn list(hashes: &[Hash]) -> String {
    hashes.iter().fold(String::new(), |mut text, hash| {
        let _ = writeln!(text, "{hash}");
        text
    })
}

/// Every vector of the document: the name in its marker, and its text.
fn vectors() -> Vec<(String, String)> {
    let example = Example::new();
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut vectors = vec![
        ("example entry".to_owned(), utf8(&example.entries[0])),
        ("example leaf".to_owned(), list(&example.leaves[..1])),
        ("vkey".to_owned(), example.key.verifier_key().to_string()),
    ];
    for (seq, bytes) in example.entries.iter().enumerate() {
        vectors.push((format!("entry {seq}"), utf8(bytes)));
    }
    let roots: Vec<Hash> = (0..=3).map(|size| example.frontier(size).root()).collect();
    let mut read = |subtree| example.subtree(subtree);
    let included = inclusion(1, 3, &mut read).unwrap();
    let consistent = consistency(2, 3, &mut read).unwrap();
    assert!(verify_inclusion(&example.leaves[1], 1, 3, &included, &roots[3]).is_ok());
    assert!(verify_consistency(2, 3, &roots[2], &roots[3], &consistent).is_ok());
    let whole = example.bundle(0, 3, &[2, 3]);
    vectors.extend([
        ("leaves".to_owned(), list(&example.leaves)),
        ("roots".to_owned(), list(&roots)),
        ("frontier 3".to_owned(), list(example.frontier(3).roots())),
        ("inclusion 1 of 3".to_owned(), list(&included)),
        ("consistency 2 to 3".to_owned(), list(&consistent)),
        (
            "disclosure".to_owned(),
            example.disclosure.as_str().to_owned(),
        ),
        ("digest".to_owned(), example.disclosure.digest()),
        ("checkpoint 2".to_owned(), example.note(2)),
        ("checkpoint 3".to_owned(), example.note(3)),
        ("bundle".to_owned(), utf8(&example.bundle(1, 2, &[3]))),
        (
            "whole bundle".to_owned(),
            format!("{} bytes\n{}", whole.len(), Hash::of(&whole)),
        ),
    ]);
    vectors
}

/// The fenced block that follows on a marker, its folded lines joined.
fn block(name: &str) -> String {
    let document = crate::document();
    let marker = format!("<!-- vector: {name} -->\n```\n");
    let (_, rest) = document.split_once(&marker).unwrap_or_default();
    let (block, _) = rest.split_once("\n```\n").unwrap_or_default();
    block.replace("\\\n", "")
}

#[test]
fn every_vector_is_what_the_code_gives() {
    let vectors = vectors();
    let mut wrong = Vec::new();
    for (name, text) in &vectors {
        if block(name) != text.trim_end_matches('\n') {
            println!("=== {name}\n{text}");
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<&String>::new());
    let markers = crate::document().matches("<!-- vector: ").count();
    assert_eq!(
        markers,
        vectors.len(),
        "no vector of the document is unheld"
    );
    println!("specification: {} vectors", vectors.len());
}

#[test]
fn the_bundles_of_the_document_are_verified() {
    let example = Example::new();
    let keys = [example.key.verifier_key()];
    for (first, end, sizes) in [(1, 2, vec![3]), (0, 3, vec![2, 3])] {
        let checked = bundle::verify(&example.bundle(first, end, &sizes), &keys, &[]);
        assert_eq!(
            checked.verdict(),
            Verdict::Verified,
            "{:?}",
            checked.findings
        );
        assert_eq!(checked.disclosures.len(), 1);
    }
}

#[test]
fn entry_types_are_left_to_another_crate() {
    let lines = lines_after("## 11");
    assert_eq!(
        lines[0],
        "The payload of each entry type is described in `record`."
    );
}
