//! Minting and checking JSON Web Tokens: HS256 with the shared secret, RS256 with the install key, and
//! deliberately wrong ones for tests. Decides nothing about who may call what.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::Deserialize;
use serde_json::Value;

use super::keys::{InstallKey, KeyError};

/// Seconds a call's token lives.
pub(crate) const CALL_LIFE: i64 = 180;
/// Seconds a context token lives.
pub(crate) const CONTEXT_LIFE: i64 = 900;
/// What a context token carries in place of a query-string hash.
pub(crate) const CONTEXT_QSH: &str = "context-qsh";

/// Why a token could not be minted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No app is installed, so there is no secret.
    #[error("no app is installed")]
    NotInstalled,
    /// The account or the issue does not exist or may not be seen.
    #[error(transparent)]
    World(#[from] crate::world::WorldError),
    /// The installed app has no issue panel.
    #[error("the app declares no issue panel")]
    NoPanel,
    /// The installed app has no administration page.
    #[error("the app declares no administration page")]
    NoSettings,
    /// Signing failed.
    #[error("the token could not be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
    /// A key for the forgery could not be made.
    #[error("no key could be made")]
    Key,
}

impl From<KeyError> for TokenError {
    fn from(_: KeyError) -> Self {
        Self::Key
    }
}

/// What a hand-made token is signed with.
#[derive(Clone)]
pub enum TokenKey {
    /// HS256 with the installation's present secret.
    SharedSecret,
    /// HS256 with any secret.
    Secret(String),
    /// RS256 with the site's install key, whose public half is served.
    InstallKey,
    /// RS256 with a fresh key that nobody serves.
    StrangerKey,
    /// `alg: none`, no signature.
    Unsigned,
}

/// A token to be made exactly as asked, for tests of refusal.
#[derive(Clone)]
pub struct RawToken {
    /// Signing key and algorithm.
    pub key: TokenKey,
    /// The `kid` header; `None` leaves it out, except that [`TokenKey::InstallKey`] then uses the true one.
    pub kid: Option<String>,
    /// The claims, unchecked.
    pub claims: Value,
}

/// Mints the token that was asked for.
pub(crate) fn forge(
    raw: &RawToken,
    install_key: &InstallKey,
    shared_secret: Option<&str>,
) -> Result<String, TokenError> {
    let header = |algorithm| Header {
        kid: raw.kid.clone(),
        ..Header::new(algorithm)
    };
    match &raw.key {
        TokenKey::SharedSecret => {
            let secret = shared_secret.ok_or(TokenError::NotInstalled)?;
            let key = EncodingKey::from_secret(secret.as_bytes());
            Ok(encode(&header(Algorithm::HS256), &raw.claims, &key)?)
        }
        TokenKey::Secret(secret) => {
            let key = EncodingKey::from_secret(secret.as_bytes());
            Ok(encode(&header(Algorithm::HS256), &raw.claims, &key)?)
        }
        TokenKey::InstallKey => {
            let kid = raw.kid.clone().unwrap_or_else(|| install_key.kid.clone());
            let header = Header {
                kid: Some(kid),
                ..Header::new(Algorithm::RS256)
            };
            Ok(encode(&header, &raw.claims, &install_key.signing)?)
        }
        TokenKey::StrangerKey => {
            let stranger = InstallKey::generate_strange()?;
            Ok(encode(
                &header(Algorithm::RS256),
                &raw.claims,
                &stranger.signing,
            )?)
        }
        TokenKey::Unsigned => {
            let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"none"}"#);
            Ok(format!(
                "{header}.{}.",
                URL_SAFE_NO_PAD.encode(raw.claims.to_string())
            ))
        }
    }
}

/// HS256 over `claims`.
pub(crate) fn sign_shared(claims: &Value, secret: &str) -> Result<String, TokenError> {
    let key = EncodingKey::from_secret(secret.as_bytes());
    Ok(encode(&Header::new(Algorithm::HS256), claims, &key)?)
}

/// RS256 over `claims`, naming the install key.
pub(crate) fn sign_install(claims: &Value, key: &InstallKey) -> Result<String, TokenError> {
    let header = Header {
        kid: Some(key.kid.clone()),
        ..Header::new(Algorithm::RS256)
    };
    Ok(encode(&header, claims, &key.signing)?)
}

/// What the site reads of an app's token.
#[derive(Deserialize)]
pub(crate) struct AppClaims {
    pub(crate) qsh: String,
}

/// Checks an app's call: HS256, signature, `exp` (three seconds of leeway), `iss`; not the `qsh`.
pub(crate) fn check_app(token: &str, secret: &str, app_key: &str) -> Option<AppClaims> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.leeway = 3;
    rules.validate_aud = false;
    rules.set_issuer(&[app_key]);
    rules.set_required_spec_claims(&["exp", "iss"]);
    let key = DecodingKey::from_secret(secret.as_bytes());
    decode::<AppClaims>(token, &key, &rules)
        .ok()
        .map(|token| token.claims)
}
