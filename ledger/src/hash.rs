//! SHA-256 values and the domain separation of RFC 6962, section 2.1.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// A SHA-256 value. Its text form is 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// The text is not 64 lower-case hex digits, or the bytes are not 32.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: 64 lower-case hex digits are expected")]
pub struct NotAHash;

impl Hash {
    /// What the first entry carries as `prev`: 64 zeros, since no entry is before it.
    pub const NONE: Self = Self([0; 32]);

    /// The 32 bytes as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 of the bytes, without a prefix.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The leaf hash of an entry: SHA-256(0x00 || bytes).
    #[must_use]
    pub fn leaf(bytes: &[u8]) -> Self {
        let mut sha = Sha256::new();
        sha.update([0x00]);
        sha.update(bytes);
        Self(sha.finalize().into())
    }

    /// The hash of an inner node: SHA-256(0x01 || left || right).
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        let mut block = [0x01; 65];
        block[1..33].copy_from_slice(&left.0);
        block[33..].copy_from_slice(&right.0);
        Self(Sha256::digest(block).into())
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = NotAHash;

    fn try_from(bytes: &[u8]) -> Result<Self, NotAHash> {
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digits: &[u8; 64] = text.as_bytes().try_into().map_err(|_| NotAHash)?;
        let mut bytes = [0; 32];
        let mut wrong = 0;
        for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            let [high, low] = pair.map(|digit| DIGITS[usize::from(digit)]);
            wrong |= high | low;
            *byte = high << 4 | low;
        }
        if wrong & NOT_A_DIGIT == 0 {
            Ok(Self(bytes))
        } else {
            Err(NotAHash)
        }
    }
}

const NOT_A_DIGIT: u8 = 0x80;

const LOWER_CASE: &[u8; 16] = b"0123456789abcdef";

/// The value of each byte as a lower-case hex digit.
const DIGITS: [u8; 256] = {
    let mut digits = [NOT_A_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        digits[LOWER_CASE[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [byte >> 4, byte & 15].map(|value| LOWER_CASE[usize::from(value)]);
        }
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_is_lower_case_and_exact() {
        let hash = Hash::leaf(b"");
        let text = hash.to_string();
        assert_eq!(
            text,
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(text.parse::<Hash>(), Ok(hash));
        assert!(text.to_uppercase().parse::<Hash>().is_err());
        assert!(text[1..].parse::<Hash>().is_err());
        assert!(format!("{text}0").parse::<Hash>().is_err());
        for byte in (0..128).map(char::from) {
            let digit = matches!(byte, '0'..='9' | 'a'..='f');
            let other = format!("{byte}{}", &text[1..]);
            assert_eq!(other.parse::<Hash>().is_ok(), digit, "{byte:?}");
            let other = format!("{}{byte}", &text[..63]);
            assert_eq!(other.parse::<Hash>().is_ok(), digit, "{byte:?}");
        }
    }
}
