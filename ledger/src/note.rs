//! C2SP signed notes: a text, a blank line, and signature lines. Only Ed25519 signatures are made and
//! checked; lines of other kinds are kept as they are and ignored.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::key::{SigningKey, VerifierKey, is_name};

const MAX_SIGNATURES: usize = 64;

/// Why a note cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The bytes are not a signed note.
    #[error("not a signed note: {0}")]
    Form(&'static str),
    /// A signature of a known key does not hold.
    #[error("a signature of {0} does not hold")]
    Forged(String),
    /// No signature is of a known key.
    #[error("no signature of a known key")]
    Unsigned,
}

/// A note as read: its text with the final line break, and its signature lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl Note {
    /// Reads a note without trusting it.
    ///
    /// # Errors
    /// If the form of C2SP signed-note is not kept to the byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Form("not UTF-8"))?;
        if note.bytes().any(|b| b < 0x20 && b != b'\n') {
            return Err(NoteError::Form("a control character"));
        }
        let split = note.rfind("\n\n").ok_or(NoteError::Form("no blank line"))?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        let lines = lines
            .strip_suffix('\n')
            .ok_or(NoteError::Form("no final line break"))?;
        let signatures: Vec<NoteSignature> = lines
            .split('\n')
            .map(signature_line)
            .collect::<Result<_, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Form("too many signatures"));
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The text, if one of the keys signed it and no signature of any of the keys fails.
    ///
    /// # Errors
    /// If a known key's signature fails, or none is of a known key.
    pub fn verified_by(&self, keys: &[VerifierKey]) -> Result<&str, NoteError> {
        let mut signed = false;
        for line in &self.signatures {
            let known = keys
                .iter()
                .find(|key| key.name() == line.name && key.id() == line.id);
            let Some(key) = known else { continue };
            let holds = <&[u8; 64]>::try_from(line.signature.as_slice())
                .is_ok_and(|signature| key.verifies(self.text.as_bytes(), signature));
            if !holds {
                return Err(NoteError::Forged(line.name.clone()));
            }
            signed = true;
        }
        if signed {
            Ok(&self.text)
        } else {
            Err(NoteError::Unsigned)
        }
    }

    /// The text, not yet verified.
    #[must_use]
    pub fn unverified_text(&self) -> &str {
        &self.text
    }
}

fn signature_line(line: &str) -> Result<NoteSignature, NoteError> {
    let malformed = NoteError::Form("a malformed signature line");
    let rest = line
        .strip_prefix("\u{2014} ")
        .ok_or_else(|| malformed.clone())?;
    let (name, encoded) = rest.split_once(' ').ok_or_else(|| malformed.clone())?;
    let bytes = STANDARD.decode(encoded).map_err(|_| malformed.clone())?;
    match bytes.split_first_chunk::<4>() {
        Some((id, signature)) if is_name(name) && !signature.is_empty() => Ok(NoteSignature {
            name: name.to_owned(),
            id: *id,
            signature: signature.to_vec(),
        }),
        _ => Err(malformed),
    }
}

/// The note over this text, signed by the key.
///
/// # Errors
/// If the text is empty, does not end in a line break, or holds a control character.
pub fn sign(text: &str, key: &SigningKey) -> Result<String, NoteError> {
    if !text.ends_with('\n') || text.bytes().any(|b| b < 0x20 && b != b'\n') {
        return Err(NoteError::Form(
            "a text ends in a line break and has no control characters",
        ));
    }
    let verifier = key.verifier_key();
    let signature = [verifier.id().as_slice(), &key.sign(text.as_bytes())].concat();
    Ok(format!(
        "{text}\n\u{2014} {} {}\n",
        verifier.name(),
        STANDARD.encode(signature)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_bit_flip_of_a_note_is_refused() {
        let key = SigningKey::from_seed("ledger.example", &[7; 32]).unwrap();
        let note = sign("ledger.example\n5\nabc\n", &key).unwrap();
        let keys = [key.verifier_key()];
        assert!(
            Note::parse(note.as_bytes())
                .unwrap()
                .verified_by(&keys)
                .is_ok()
        );
        let mut tried = 0;
        for at in 0..note.len() {
            for bit in 0..8 {
                let mut bytes = note.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let verdict =
                    Note::parse(&bytes).and_then(|n| n.verified_by(&keys).map(str::to_owned));
                assert!(verdict.is_err(), "byte {at} bit {bit}");
                tried += 1;
            }
        }
        println!("note: {tried} bit flips tried, {tried} refused");
    }

    #[test]
    fn a_note_has_up_to_64_signature_lines_and_each_has_its_form() {
        let line = format!("\u{2014} witness.example {}\n", STANDARD.encode([7; 5]));
        let lines = |many: usize| Note::parse(format!("a\n\n{}", line.repeat(many)).as_bytes());
        assert!(lines(1).is_ok());
        assert!(lines(64).is_ok());
        for many in [0, 65, 66] {
            assert!(lines(many).is_err(), "{many}");
        }
        for (from, to) in [
            ("\u{2014}", "-"),
            ("\u{2014} ", "\u{2014}"),
            ("witness.example", ""),
            ("witness.example", "witness+example"),
            ("witness.example", "witness\u{a0}example"),
            ("BwcHBwc=", "BwcHBwc"),
            ("BwcHBwc=", "BwcHBwd="),
            ("BwcHBwc=", "BwcHBw=="),
            ("BwcHBwc=", ""),
        ] {
            let other = line.replace(from, to);
            assert_ne!(other, line, "{from}");
            assert!(
                Note::parse(format!("a\n\n{other}").as_bytes()).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn a_verifier_key_reads_back_and_any_part_of_it_does_not() {
        let text = SigningKey::from_seed("n", &[1; 32])
            .unwrap()
            .verifier_key()
            .to_string();
        assert_eq!(VerifierKey::parse(&text).unwrap().to_string(), text);
        for cut in 1..text.len() {
            assert!(VerifierKey::parse(&text[..cut]).is_err());
            assert!(VerifierKey::parse(&text[cut..]).is_err());
        }
    }
}
