//! Whether a delivery comes from who knows the secret: HMAC-SHA256 over the body as it came, in the header
//! `X-Hub-Signature-256`. The older header with SHA-1 is not read. A signature has no time in it: a
//! delivery that is sent again is as genuine as the first, and counts once by what it tells of.
//!
//! Source: GitHub, "Validating webhook deliveries".

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

const PREFIX: &str = "sha256=";
const DIGEST: usize = 32;
const SHORTEST: usize = 16;
const LONGEST: usize = 256;

/// The secret that a code host signs its deliveries with: 16 to 256 printable ASCII characters, with no
/// space at either end. Wiped from memory when dropped, and shown by nothing but [`Self::expose`].
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<String>);

/// Why a text is no secret. Never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is 16 to 256 printable ASCII characters, with no space at either end")]
pub struct SecretError;

/// Why a delivery is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// There is no signature.
    #[error("the delivery is not signed")]
    Missing,
    /// It is none of HMAC-SHA256, or not written as one.
    #[error("the signature has not the form sha256=<64 hexadecimal digits in lower case>")]
    Form,
    /// It was made with another secret, or for another body.
    #[error("the signature is not of this secret and body")]
    Mismatch,
}

impl WebhookSecret {
    /// The secret itself, for whoever seals it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether this header signs this body, compared in constant time. The body has to be the bytes as
    /// they came, never JSON that was written anew.
    ///
    /// # Errors
    /// If there is no header, it has another form, or it is not of this secret and body.
    pub fn verify(&self, header: Option<&str>, raw_body: &[u8]) -> Result<(), SignatureRefusal> {
        let header = header.ok_or(SignatureRefusal::Missing)?;
        let claimed = header
            .strip_prefix(PREFIX)
            .and_then(digest)
            .ok_or(SignatureRefusal::Form)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes())
            .map_err(|_| SignatureRefusal::Mismatch)?;
        mac.update(raw_body);
        mac.verify_slice(&claimed)
            .map_err(|_| SignatureRefusal::Mismatch)
    }
}

impl FromStr for WebhookSecret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let fits = (SHORTEST..=LONGEST).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b' '..=b'~'))
            && text.trim_matches(' ').len() == text.len();
        if fits {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(SecretError)
        }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

fn digest(hex: &str) -> Option<[u8; DIGEST]> {
    let mut digest = [0; DIGEST];
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    if pairs.len() != DIGEST || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(digest)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GitHub's page on validating deliveries.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const SIGNATURE: &str =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn secret() -> WebhookSecret {
        SECRET.parse().unwrap()
    }

    #[test]
    fn the_published_example_is_accepted() {
        assert_eq!(secret().verify(Some(SIGNATURE), BODY), Ok(()));
    }

    #[test]
    fn another_body_secret_or_digest_is_refused() {
        let refused = Err(SignatureRefusal::Mismatch);
        assert_eq!(secret().verify(Some(SIGNATURE), b"Hello, World"), refused);
        assert_eq!(secret().verify(Some(SIGNATURE), b""), refused);
        let other: WebhookSecret = "it's a secret to everybody".parse().unwrap();
        assert_eq!(other.verify(Some(SIGNATURE), BODY), refused);
        for at in PREFIX.len()..SIGNATURE.len() {
            let mut altered = SIGNATURE.to_owned();
            let digit = if altered.as_bytes()[at] == b'0' {
                "1"
            } else {
                "0"
            };
            altered.replace_range(at..=at, digit);
            assert_eq!(secret().verify(Some(&altered), BODY), refused, "{at}");
        }
    }

    #[test]
    fn a_missing_signature_is_none() {
        assert_eq!(secret().verify(None, BODY), Err(SignatureRefusal::Missing));
    }

    #[test]
    fn a_signature_of_another_form_is_refused() {
        let hex = &SIGNATURE[PREFIX.len()..];
        for header in [
            String::new(),
            PREFIX.to_owned(),
            hex.to_owned(),
            format!("sha1={}", &hex[..40]),
            format!("SHA256={hex}"),
            format!("sha256:{hex}"),
            format!("sha256= {hex}"),
            format!("{SIGNATURE} "),
            format!("{SIGNATURE}0"),
            format!("{SIGNATURE}00"),
            format!("{PREFIX}{}", &hex[2..]),
            format!("{PREFIX}{}", &hex[1..]),
            format!("{PREFIX}{}", hex.to_uppercase()),
            format!("{PREFIX}{}", hex.replace('7', "g")),
            format!("{PREFIX}{}", "é".repeat(32)),
            format!("{SIGNATURE},{SIGNATURE}"),
        ] {
            let answer = secret().verify(Some(&header), BODY);
            assert_eq!(answer, Err(SignatureRefusal::Form), "{header}");
        }
    }

    #[test]
    fn a_secret_has_its_length_and_can_be_written_in_one_line() {
        let fits = |text: &str| text.parse::<WebhookSecret>().is_ok();
        assert!(!fits(""));
        assert!(!fits(&"x".repeat(15)) && fits(&"x".repeat(16)));
        assert!(fits(&"x".repeat(256)) && !fits(&"x".repeat(257)));
        for text in [
            " 0123456789abcdef",
            "0123456789abcdef ",
            "0123456789abcdef\n",
            "0123456789\tabcdef",
            "0123456789abcdéf",
            "0123456789\u{7f}abcdef",
            "                ",
        ] {
            assert!(!fits(text), "{text:?}");
        }
    }

    #[test]
    fn a_secret_shows_itself_to_whoever_asks_for_it_alone() {
        assert_eq!(secret().expose(), SECRET);
        assert_eq!(format!("{:?}", secret()), "WebhookSecret(..)");
        assert!(!SecretError.to_string().contains("Everybody"));
    }
}
