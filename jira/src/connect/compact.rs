//! A JSON Web Token taken apart, strictly: three canonical base64url parts, objects with distinct
//! names, no critical extensions. Taking apart is not trusting: nothing here has been verified until
//! [`Compact::signed`] said so.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value};

use super::jwt::JwtError;
use super::strict_json;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;

/// A token's parts.
pub(crate) struct Compact<'t> {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signing_input: &'t str,
    signature: &'t str,
}

impl<'t> Compact<'t> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'t str) -> Result<Self, JwtError> {
        if token.len() > LONGEST {
            return Err(JwtError::TooLong);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, claims) = signing_input.split_once('.').ok_or(JwtError::Malformed)?;
        if signature.is_empty() || URL_SAFE_NO_PAD.decode(signature).is_err() {
            return Err(JwtError::Malformed);
        }
        let header = part(header)?;
        if header.contains_key("crit") {
            return Err(JwtError::CriticalHeader);
        }
        Ok(Self {
            header,
            claims: part(claims)?,
            signing_input,
            signature,
        })
    }

    /// The header's key id, if it is text.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// Refuses every algorithm but the one the flow demands, spelled exactly so.
    pub(crate) fn demand(&self, algorithm: Algorithm) -> Result<(), JwtError> {
        let demanded = match algorithm {
            Algorithm::HS256 => "HS256",
            Algorithm::RS256 => "RS256",
            _ => return Err(JwtError::Algorithm),
        };
        match self.header.get("alg").and_then(Value::as_str) {
            Some(stated) if stated == demanded => Ok(()),
            _ => Err(JwtError::Algorithm),
        }
    }

    /// The claims, once the signature is proven with this algorithm and key.
    pub(crate) fn signed(
        &self,
        algorithm: Algorithm,
        key: &DecodingKey,
    ) -> Result<&Map<String, Value>, JwtError> {
        self.demand(algorithm)?;
        match crypto::verify(
            self.signature,
            self.signing_input.as_bytes(),
            key,
            algorithm,
        ) {
            Ok(true) => Ok(&self.claims),
            Ok(false) => Err(JwtError::Signature),
            Err(_) => Err(JwtError::Key),
        }
    }

    /// The claims, proven by nobody.
    pub(crate) fn unverified(&self) -> &Map<String, Value> {
        &self.claims
    }
}

fn part(text: &str) -> Result<Map<String, Value>, JwtError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| JwtError::Malformed)?;
    strict_json::object(&bytes).ok_or(JwtError::Malformed)
}
