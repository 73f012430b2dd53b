//! What a feed is signed with: a symmetric secret of Standard Webhooks (its specification 1.0, "Signature scheme").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// How the secret begins where it is written down.
const PREFIX: &str = "whsec_";

/// A secret of 32 bytes.
#[derive(Clone)]
pub struct FeedSecret(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for FeedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FeedSecret")
    }
}

impl FeedSecret {
    /// Of 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// As it is written down: `whsec_` and Base64.
    #[must_use]
    pub fn in_words(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice())))
    }

    /// Of what was written down; none of anything else.
    #[must_use]
    pub fn read(words: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(words.strip_prefix(PREFIX)?).ok()?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// The header `webhook-signature` of a message.
    pub(crate) fn signature(&self, id: &str, timestamp: i64, body: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        Some(format!(
            "v1,{}",
            STANDARD.encode(mac.finalize().into_bytes())
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_reads_back_and_shows_itself_nowhere_else() {
        let secret = FeedSecret::from_bytes([7; 32]);
        let words = secret.in_words();
        assert!(words.starts_with("whsec_"));
        let again = FeedSecret::read(&words).unwrap();
        assert_eq!(again.signature("m", 1, "b"), secret.signature("m", 1, "b"));
        assert_ne!(secret.signature("m", 1, "b"), secret.signature("m", 2, "b"));
        assert_eq!(format!("{secret:?}"), "FeedSecret");
        for text in ["", "whsec_", "whsec_AAAA", "AAAA"] {
            assert!(FeedSecret::read(text).is_none(), "{text}");
        }
    }
}
