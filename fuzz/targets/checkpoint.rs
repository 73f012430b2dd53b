//! Checkpoints: what is read writes the same text; signed, it verifies for its ledger and its key and for no
//! other.

#![no_main]

use ledger::checkpoint::{CheckpointError, decimal};
use ledger::entry::Origin;
use ledger::note::Note;
use ledger::{Checkpoint, Hash, SigningKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert_eq!(decimal(text), plain_decimal(text));
    }
    let ours: Origin = fuzz::ORIGIN.parse().expect("an origin");
    let key = key_of(fuzz::ORIGIN, 1);
    let verified = Checkpoint::verify(bytes, &ours, &[key.verifier_key()]);
    let read = match Checkpoint::unverified(bytes) {
        Ok(read) => read,
        Err(error) => return assert_eq!(verified, Err(error)),
    };
    if let Ok(verified) = verified {
        assert_eq!(verified, read);
        assert_eq!(verified.origin, ours);
    }
    let own = key_of(read.origin.as_str(), 2);
    let keys = [own.verifier_key()];
    let signed = read.sign(&own).expect("what was read can be signed");
    let text = |note: &[u8]| Note::parse(note).map(|note| note.unverified_text().to_owned());
    assert_eq!(text(signed.as_bytes()), text(bytes));
    assert_eq!(
        Checkpoint::verify(signed.as_bytes(), &read.origin, &keys),
        Ok(read.clone())
    );

    let other: Origin = format!("x{}", &read.origin.as_str()[1..])
        .parse()
        .expect("an origin");
    if other != read.origin {
        let refused = Checkpoint::verify(signed.as_bytes(), &other, &keys);
        assert_eq!(refused, Err(CheckpointError::Origin));
        // Another ledger's key does not speak for this one, though it is known.
        let usurper = key_of(other.as_str(), 3);
        let usurped = read.sign(&usurper).expect("anybody can sign");
        let known = [own.verifier_key(), usurper.verifier_key()];
        assert!(Checkpoint::verify(usurped.as_bytes(), &read.origin, &known).is_err());
    }
    let stranger = key_of(read.origin.as_str(), 4);
    assert!(
        Checkpoint::verify(signed.as_bytes(), &read.origin, &[stranger.verifier_key()]).is_err()
    );
    // The signature is over origin, size and root: with another of these it does not hold.
    let (_, line) = signed.rsplit_once("\n\n").expect("a note has a blank line");
    for altered in [
        Checkpoint {
            size: read.size ^ 1,
            ..read.clone()
        },
        Checkpoint {
            root: Hash::of(bytes),
            ..read
        },
    ] {
        let note = altered.sign(&own).expect("anything can be signed");
        let (text, _) = note.rsplit_once("\n\n").expect("a note has a blank line");
        let patched = format!("{text}\n\n{line}");
        assert!(Checkpoint::verify(patched.as_bytes(), &altered.origin, &keys).is_err());
    }
});

fn key_of(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, &[seed; 32]).expect("an origin is a name")
}

/// The digits 0 to 9 without a leading zero, below 2^64.
fn plain_decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && (1..=20).contains(&text.len());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    let number = text
        .bytes()
        .fold(0u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    u64::try_from(number).ok()
}
