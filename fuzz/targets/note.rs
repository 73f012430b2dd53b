//! Signed notes: the reader against the rules of `docs/LEDGER.md`, section 6.2, taken one by one; what is signed
//! is verified, and with a changed text it is not.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger::SigningKey;
use ledger::note::{self, Note, NoteError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = Note::parse(bytes);
    let plain = plain(bytes);
    assert_eq!(read.is_ok(), plain.is_some(), "{read:?}");
    let (Ok(note), Some((text, lines))) = (read, plain) else {
        return;
    };
    assert_eq!(note.unverified_text(), text);

    let key = SigningKey::from_seed(fuzz::ORIGIN, &[1; 32]).expect("a key");
    let keys = [key.verifier_key()];
    assert_eq!(note.verified_by(&[]), Err(NoteError::Unsigned));
    let own = note::sign(text, &key).expect("a note's text can be signed");
    // Nobody but the key's holder makes a line of it, and the holder makes one line for each text.
    let own_line = own
        .strip_prefix(text)
        .and_then(|line| line.strip_prefix('\n'))
        .expect("a line");
    match note.verified_by(&keys) {
        Ok(verified) => {
            assert_eq!(verified, text);
            assert!(lines.iter().any(|line| format!("{line}\n") == own_line));
        }
        Err(NoteError::Unsigned) => signed_besides(bytes, own_line, &keys, lines.len()),
        Err(NoteError::Forged(name)) => assert_eq!(name, fuzz::ORIGIN),
        Err(error) => panic!("{error}"),
    }

    let again = Note::parse(own.as_bytes()).expect("what was signed can be read");
    assert_eq!(again.verified_by(&keys), Ok(text));
    let changed = format!("x{own}");
    let changed = Note::parse(changed.as_bytes()).expect("another text is a note too");
    assert!(matches!(
        changed.verified_by(&keys),
        Err(NoteError::Forged(_))
    ));
});

/// Lines of unknown keys say nothing: with a line of a known key below them, the note is verified.
fn signed_besides(bytes: &[u8], line: &str, keys: &[ledger::VerifierKey], lines: usize) {
    let with = [bytes, line.as_bytes()].concat();
    match Note::parse(&with) {
        Ok(note) => assert!(note.verified_by(keys).is_ok()),
        Err(error) => assert!(lines == 64, "{error}"),
    }
}

/// The note's text and signature lines, rule by rule.
fn plain(bytes: &[u8]) -> Option<(&str, Vec<&str>)> {
    let note = std::str::from_utf8(bytes).ok()?;
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return None;
    }
    let mut lines: Vec<&str> = note.split('\n').collect();
    if lines.pop() != Some("") {
        return None;
    }
    // The last blank line with something before it; it may be the text's first line as well.
    let blank = (1..lines.len()).rev().find(|at| lines[*at].is_empty())?;
    let signatures = lines.split_off(blank + 1);
    let text: usize = lines[..blank].iter().map(|line| line.len() + 1).sum();
    let fits =
        (1..=64).contains(&signatures.len()) && signatures.iter().all(|line| is_signature(line));
    fits.then_some((&note[..text], signatures))
}

fn is_signature(line: &str) -> bool {
    let words: Vec<&str> = line.splitn(3, ' ').collect();
    let [dash, name, encoded] = words[..] else {
        return false;
    };
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| !c.is_whitespace() && !c.is_control() && c != '+');
    let bytes = STANDARD.decode(encoded).unwrap_or_default();
    dash == "\u{2014}" && is_name && bytes.len() >= 5 && STANDARD.encode(bytes) == encoded
}
