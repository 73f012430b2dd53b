//! Bundles: what is read writes the same bytes, and what is verified holds nothing but what the key's holder
//! signed, though recorded leaves may be made to fit whatever stands there.

#![no_main]

use std::convert::Infallible;
use std::sync::LazyLock;

use fuzz::Small;
use ledger::bundle::{self, Bundle, BundleSource, Checked};
use ledger::{Checkpoint, Frontier, Hash, Place, Verdict};
use libfuzzer_sys::fuzz_target;

static LEDGER: LazyLock<Small> = LazyLock::new(Small::default);

fuzz_target!(|bytes: &[u8]| {
    let checked = bundle::verify(bytes, &LEDGER.keys(), &[]);
    judged(&checked);
    let read = match bundle::read(bytes) {
        Ok(read) => read,
        Err(malformed) => {
            assert_eq!(checked.verdict(), Verdict::Altered);
            let lines = bytes.split(|b| *b == b'\n').count();
            assert!((1..=lines + 1).contains(&malformed.line), "{malformed}");
            return;
        }
    };
    let proof = &read.consistency.1;
    assert_eq!(
        written(&read, &notes(&read), proof, |entry| entry.leaf),
        bytes
    );

    // Entries as they are, with leaves that fit them; then with a key that signs whatever there is.
    let fitted = written(&read, &notes(&read), proof, |entry| Hash::leaf(entry.bytes));
    judged(&bundle::verify(&fitted, &LEDGER.keys(), &[]));
    signed_by_another(&read);
});

/// What holds for every outcome under the ledger's own key.
fn judged(checked: &Checked) {
    placed(checked);
    assert!(bundle_is_covered(checked));
    if checked.verdict() != Verdict::Verified {
        return;
    }
    assert_eq!(checked.origin.as_ref(), Some(&LEDGER.origin));
    let (first, end) = checked.range.expect("what is verified has a range");
    assert_eq!(checked.entries.len() as u64, end - first);
    for (entry, seq) in checked.entries.iter().zip(first..) {
        let bytes = ledger::canonical::write(entry).expect("an entry can be written");
        assert_eq!(bytes, LEDGER.entries[seq as usize]);
    }
    assert!(
        checked
            .disclosures
            .iter()
            .all(|shown| LEDGER.disclosures.contains(shown))
    );
    let checkpoint = checked
        .checkpoint
        .as_ref()
        .expect("what is verified is signed");
    assert!(checkpoint.size >= end);
    assert_eq!(
        checkpoint.root,
        LEDGER.frontier(checkpoint.size as usize).root()
    );
}

/// Whatever was found is at a place that exists, and entries stand where they say.
fn placed(checked: &Checked) {
    let (first, end) = checked.range.unwrap_or_default();
    let positions: Vec<u64> = checked.entries.iter().map(|entry| entry.seq).collect();
    assert!(positions.is_sorted_by(|a, b| a < b));
    assert!(positions.iter().all(|seq| (first..end).contains(seq)));
    for finding in &checked.findings {
        if let Place::Entries { from, to } = finding.place {
            assert!(from <= to, "{finding:?}");
        }
    }
}

/// No bundle is verified without a checkpoint that covers its end.
fn bundle_is_covered(checked: &Checked) -> bool {
    let covered = match (&checked.checkpoint, checked.range) {
        (Some(checkpoint), Some((_, end))) => checkpoint.size >= end,
        _ => false,
    };
    covered || checked.verdict() != Verdict::Verified
}

/// A key of its own signs the root over these entries: an honest bundle of strange entries is as good as its
/// entries are. Verified under that key, it is still refused under the ledger's, and against a checkpoint that was
/// kept.
fn signed_by_another(read: &Bundle<'_>) {
    let name = read.origin.as_str();
    let key = ledger::SigningKey::from_seed(name, &[9; 32]).expect("an origin is a name");
    let mut tree: Frontier = read.before.clone();
    read.entries
        .iter()
        .for_each(|entry| tree.push(Hash::leaf(entry.bytes)));
    let checkpoint = Checkpoint {
        origin: read.origin.clone(),
        size: read.end,
        root: tree.root(),
    };
    let note = checkpoint.sign(&key).expect("a checkpoint can be signed");
    let bundle = written(read, &[note], &[], |entry| Hash::leaf(entry.bytes));
    let keys = [key.verifier_key()];
    let checked = bundle::verify(&bundle, &keys, &[]);
    placed(&checked);
    assert_eq!(checked.checkpoint.as_ref(), Some(&checkpoint));
    let verdict = checked.verdict();
    let kept = |root| Checkpoint {
        root,
        ..checkpoint.clone()
    };
    let confirmed = bundle::verify(&bundle, &keys, &[kept(checkpoint.root)]);
    // With an entry missing at the end, a checkpoint that was kept says more.
    assert!(confirmed.verdict() >= verdict);
    assert_eq!(
        confirmed.verdict() == Verdict::Verified,
        verdict == Verdict::Verified
    );
    let refuted = bundle::verify(&bundle, &keys, &[kept(Hash::of(b"another root"))]);
    assert!(refuted.verdict() > Verdict::Incomplete);
    assert_ne!(
        bundle::verify(&bundle, &LEDGER.keys(), &[]).verdict(),
        Verdict::Verified
    );
}

fn notes(read: &Bundle<'_>) -> Vec<String> {
    read.checkpoints
        .iter()
        .map(|(_, note)| (*note).to_owned())
        .collect()
}

fn written(
    read: &Bundle<'_>,
    checkpoints: &[String],
    consistency: &[Hash],
    leaf: impl Fn(&bundle::BundleEntry<'_>) -> Hash,
) -> Vec<u8> {
    let disclosures: Vec<String> = read
        .disclosures
        .iter()
        .map(|(_, text)| (*text).to_owned())
        .collect();
    let source = BundleSource {
        origin: &read.origin,
        before: &read.before,
        end: read.end,
        disclosures: &disclosures,
        checkpoints,
        consistency,
    };
    let rows = read
        .entries
        .iter()
        .map(|entry| Ok::<_, Infallible>((leaf(entry), entry.bytes)));
    let mut out = Vec::new();
    bundle::write(&mut out, &source, rows).expect("what was read can be written");
    out
}
