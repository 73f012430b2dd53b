//! The site's install key: an RSA-2048 pair made at start, whose public half is served by key id. Not kept
//! beyond the process.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;

/// How many pairs there are: far more than the sites of one story, each of which is to have another.
const PAIRS: usize = 16;

/// Why no key could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the system could not generate a key")]
    Generate(#[from] aws_lc_rs::error::Unspecified),
    #[error("the generated key was not accepted")]
    Load(#[from] jsonwebtoken::errors::Error),
    #[error("the system gave no random bytes")]
    Random(#[from] getrandom::Error),
}

/// Signs lifecycle calls (RS256).
pub(crate) struct InstallKey {
    /// Key id, a UUID in text.
    pub(crate) kid: String,
    /// SubjectPublicKeyInfo as PEM.
    pub(crate) public_pem: String,
    pub(crate) signing: EncodingKey,
    /// The public half as a JSON Web Key has it: base64url.
    pub(crate) modulus: String,
    pub(crate) exponent: String,
}

impl fmt::Debug for InstallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstallKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl InstallKey {
    /// A key of its own id, with one of the process's pairs.
    pub(crate) fn generate() -> Result<Self, KeyError> {
        Self::with(one_of_a_few()?)
    }

    /// A key with a pair that no site has.
    pub(crate) fn generate_strange() -> Result<Self, KeyError> {
        Self::with(&KeyPair::generate(KeySize::Rsa2048)?)
    }

    fn with(pair: &KeyPair) -> Result<Self, KeyError> {
        let private: Pkcs8V1Der<'_> = pair.as_der()?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
        Ok(Self {
            modulus: URL_SAFE_NO_PAD.encode(
                pair.public_key()
                    .modulus()
                    .big_endian_without_leading_zero(),
            ),
            exponent: URL_SAFE_NO_PAD.encode(
                pair.public_key()
                    .exponent()
                    .big_endian_without_leading_zero(),
            ),
            kid: uuid()?,
            public_pem: pem("PUBLIC KEY", public.as_ref()),
            signing: EncodingKey::from_rsa_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes())?,
        })
    }
}

/// Making a pair takes long, and nobody is protected by a sandbox's: where many run in one process, every
/// [`PAIRS`]th has the pair of another.
fn one_of_a_few() -> Result<&'static KeyPair, KeyError> {
    static MADE: [OnceLock<KeyPair>; PAIRS] = [const { OnceLock::new() }; PAIRS];
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let place = &MADE[NEXT.fetch_add(1, Ordering::Relaxed) % PAIRS];
    if let Some(pair) = place.get() {
        return Ok(pair);
    }
    let pair = KeyPair::generate(KeySize::Rsa2048)?;
    Ok(place.get_or_init(|| pair))
}

/// A random version-4 UUID in text.
pub(crate) fn uuid() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok([
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-"))
}

/// A secret of 64 random characters.
pub(crate) fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}
