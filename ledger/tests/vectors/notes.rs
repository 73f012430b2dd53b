//! C2SP signed notes: keys, notes and signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger::key::{KeyError, SigningKey, VerifierKey};
use ledger::note::{Note, NoteError, sign};

use crate::{list, text, texts, vectors};

/// A private key in the text form that the vectors use.
pub(crate) fn signing_key(skey: &str) -> SigningKey {
    let parts: Vec<&str> = skey.splitn(5, '+').collect();
    let bytes = STANDARD.decode(parts[4]).unwrap();
    SigningKey::from_seed(parts[2], bytes[1..].try_into().unwrap()).unwrap()
}

#[test]
fn keys_are_read_as_published_and_no_part_or_neighbour_of_one_is() {
    let Some(file) = vectors("signed_note.json") else {
        return;
    };
    let (mut read, mut other_kind, mut parts, mut neighbours) = (0, 0, 0, 0);
    for vkey in texts(&file["vkeys_valid"]) {
        match VerifierKey::parse(vkey) {
            Ok(key) => {
                assert_eq!(key.to_string(), vkey);
                read += 1;
            }
            Err(error) => {
                assert_eq!(error, KeyError::Kind, "{vkey}");
                other_kind += 1;
            }
        }
        for from in 0..vkey.len() {
            for to in from + 1..=vkey.len() {
                if (from, to) != (0, vkey.len()) {
                    assert!(VerifierKey::parse(&vkey[from..to]).is_err());
                    parts += 1;
                }
            }
            let mut bytes = vkey.as_bytes().to_vec();
            bytes[from] += 1;
            assert!(VerifierKey::parse(std::str::from_utf8(&bytes).unwrap()).is_err());
            neighbours += 1;
        }
    }
    let invalid = list(&file["vkeys_invalid"]);
    for case in invalid {
        assert!(
            VerifierKey::parse(text(&case["vkey"])).is_err(),
            "{}",
            case["why"]
        );
    }
    assert_eq!((read, other_kind, invalid.len()), (5, 3, 3));
    println!(
        "signed_note.json, keys: {read} read, {other_kind} of another kind refused as such, {} invalid \
         refused, {parts} substrings and {neighbours} increments refused",
        invalid.len()
    );
}

#[test]
fn notes_are_judged_as_published() {
    let Some(file) = vectors("signed_note.json") else {
        return;
    };
    let (mut held, mut refused, mut other_kind) = (0, 0, 0);
    for case in list(&file["notes"]) {
        let name = text(&case["name"]);
        let vkeys = texts(&case["vkeys"]);
        let keys: Vec<VerifierKey> = vkeys
            .iter()
            .filter_map(|vkey| VerifierKey::parse(vkey).ok())
            .collect();
        let note = text(&case["note"]);
        let verdict =
            Note::parse(note.as_bytes()).and_then(|n| n.verified_by(&keys).map(str::to_owned));
        let want = text(&case["want"]);
        match (want, verdict) {
            ("ok", Ok(signed)) => {
                assert!(note.starts_with(&signed), "{name}");
                held += 1;
            }
            ("ok", Err(NoteError::Unsigned)) if keys.is_empty() => other_kind += 1,
            ("unverified", Err(NoteError::Unsigned))
            | ("invalid_signature", Err(NoteError::Forged(_)))
            | ("malformed", Err(NoteError::Form(_))) => refused += 1,
            (_, verdict) => panic!("{name}: {want} is expected, {verdict:?} found"),
        }
    }
    assert_eq!((held, refused, other_kind), (4, 11, 3));
    println!(
        "signed_note.json, notes: {held} hold, {refused} refused for the published reason, {other_kind} signed \
         only by a kind of key that is ignored here"
    );
}

#[test]
fn every_single_bit_flip_of_the_published_note_is_refused() {
    let Some(file) = vectors("signed_note.json") else {
        return;
    };
    let case = &file["notes"][0];
    let keys = [VerifierKey::parse(text(&case["vkeys"][0])).unwrap()];
    let note = text(&case["note"]).as_bytes();
    let mut tried = 0;
    for bit in 0..note.len() * 8 {
        let mut bytes = note.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verdict = Note::parse(&bytes).and_then(|n| n.verified_by(&keys).map(str::to_owned));
        assert!(verdict.is_err(), "bit {bit}");
        tried += 1;
    }
    assert_eq!(tried, 1136);
    println!("signed_note.json, flips: {tried} tried, {tried} refused");
}

#[test]
fn signing_gives_the_published_line() {
    let Some(file) = vectors("signed_note.json") else {
        return;
    };
    let case = &file["sign"];
    let note = sign(text(&case["text"]), &signing_key(text(&case["skey"]))).unwrap();
    let want = format!("{}\n{}", text(&case["text"]), text(&case["want_line"]));
    assert_eq!(note, want);
    let mut keys = 0;
    for skey in texts(&file["skeys_test_only"]) {
        let vkey = signing_key(skey).verifier_key().to_string();
        assert!(texts(&file["vkeys_valid"]).contains(&vkey.as_str()));
        keys += 1;
    }
    println!("signed_note.json, signing: 1 line reproduced, {keys} keys derived");
}
