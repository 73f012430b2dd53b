//! Checkpoints: C2SP tlog-checkpoint, a signed note over a ledger's size and root. No extension lines
//! are written, and a checkpoint that has some is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::entry::Origin;
use crate::hash::Hash;
use crate::key::{SigningKey, VerifierKey};
use crate::note::{self, Note, NoteError};

/// A ledger's size and root, as signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger.
    pub origin: Origin,
    /// The number of its entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// Why a note is not a checkpoint of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note or its signatures.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not `origin`, `size` and `root`.
    #[error("not a checkpoint: {0}")]
    Form(&'static str),
    /// The checkpoint of another ledger.
    #[error("a checkpoint of another ledger")]
    Origin,
}

impl Checkpoint {
    /// The signed note of this checkpoint.
    ///
    /// # Errors
    /// Does not fail for an [`Origin`] that was parsed.
    pub fn sign(&self, key: &SigningKey) -> Result<String, NoteError> {
        note::sign(&self.text(), key)
    }

    fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root.as_bytes())
        )
    }

    /// Reads a checkpoint of this ledger that one of its keys signed. A key of another name than the
    /// ledger's is not its key, so that the key of one tenant cannot speak for another.
    ///
    /// # Errors
    /// If form, origin or signature fail.
    pub fn verify(
        bytes: &[u8],
        origin: &Origin,
        keys: &[VerifierKey],
    ) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Self::from_text(note.unverified_text())?;
        if checkpoint.origin != *origin {
            return Err(CheckpointError::Origin);
        }
        let own: Vec<VerifierKey> = keys
            .iter()
            .filter(|key| key.name() == origin.as_str())
            .cloned()
            .collect();
        note.verified_by(&own)?;
        Ok(checkpoint)
    }

    /// Reads what a note claims, without trusting it.
    ///
    /// # Errors
    /// If it has not the form of a checkpoint.
    pub fn unverified(bytes: &[u8]) -> Result<Self, CheckpointError> {
        Self::from_text(Note::parse(bytes)?.unverified_text())
    }

    fn from_text(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) = (
            lines.next(),
            lines.next(),
            lines.next(),
            lines.next(),
            lines.next(),
        ) else {
            return Err(CheckpointError::Form("origin, size and root are expected"));
        };
        let origin = origin
            .parse()
            .map_err(|_| CheckpointError::Form("origin"))?;
        let size = decimal(size).ok_or(CheckpointError::Form("size"))?;
        let root = STANDARD
            .decode(root)
            .ok()
            .and_then(|bytes| Hash::try_from(bytes.as_slice()).ok())
            .ok_or(CheckpointError::Form("root"))?;
        Ok(Self { origin, size, root })
    }
}

/// A whole number in decimal digits without leading zeros.
#[must_use]
pub fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_reads_back_and_one_of_another_ledger_does_not() {
        let origin: Origin = "countersign/a".parse().unwrap();
        let other: Origin = "countersign/b".parse().unwrap();
        let key = SigningKey::from_seed(origin.as_str(), &[3; 32]).unwrap();
        let checkpoint = Checkpoint {
            origin: origin.clone(),
            size: 7,
            root: Hash::of(b"x"),
        };
        let note = checkpoint.sign(&key).unwrap();
        let keys = [key.verifier_key()];
        assert_eq!(
            Checkpoint::verify(note.as_bytes(), &origin, &keys),
            Ok(checkpoint.clone())
        );
        assert_eq!(
            Checkpoint::verify(note.as_bytes(), &other, &keys),
            Err(CheckpointError::Origin)
        );
        let stranger = SigningKey::from_seed(origin.as_str(), &[4; 32]).unwrap();
        assert!(Checkpoint::verify(note.as_bytes(), &origin, &[stranger.verifier_key()]).is_err());
        let neighbour = SigningKey::from_seed(other.as_str(), &[5; 32]).unwrap();
        let usurped = checkpoint.sign(&neighbour).unwrap();
        let all = [key.verifier_key(), neighbour.verifier_key()];
        assert!(Checkpoint::verify(usurped.as_bytes(), &origin, &all).is_err());
        for text in [
            "o\n07\nAA==\n",
            "o\n7\n\n",
            "o\n7\n",
            "o\n7\nAA==\nextension\n",
        ] {
            let signed = note::sign(text, &key).unwrap();
            assert!(Checkpoint::unverified(signed.as_bytes()).is_err(), "{text}");
        }
    }
}
