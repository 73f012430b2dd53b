//! The three kinds of calls Jira signs, each verified into a type of its own, and the one kind we
//! sign. The algorithm is the flow's, never the header's. A token is never part of an error.
//!
//! It does not look up secrets: [`unverified_issuer`] names whose secret to fetch, and the
//! verification then demands that issuer again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use record::ids::AccountId;
use serde_json::{Map, Value, json};
use url::Url;

use super::claims::{self, SignedContext};
use super::compact::Compact;
use super::identity::{AppKey, ClientKey, KeyId, SharedSecret};
use super::install_keys::InstallKey;
pub use super::jwt_error::JwtError;
use super::qsh::CanonicalRequest;
use crate::base_url::BaseUrl;

/// The hash a context token carries in place of a request's.
const CONTEXT_QSH: &str = "context-qsh";

/// How long a token of ours is good for, in seconds.
const OUR_LIFE: i64 = 180;

/// The time a token is judged at, in seconds since 1970, and how far clocks may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    now: i64,
    leeway: i64,
}

impl Moment {
    /// This time, with the usual leeway of 3 seconds.
    #[must_use]
    pub const fn at(now: i64) -> Self {
        Self { now, leeway: 3 }
    }

    /// The same time with another leeway, at most 30 seconds.
    #[must_use]
    pub const fn with_leeway(self, seconds: u8) -> Self {
        Self {
            now: self.now,
            leeway: if seconds > 30 { 30 } else { seconds as i64 },
        }
    }

    pub(crate) const fn now(self) -> i64 {
        self.now
    }

    pub(crate) const fn leeway(self) -> i64 {
        self.leeway
    }
}

/// A call Jira made, or a page it framed: bound to one request by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerToken {
    /// Whose installation it is.
    pub client_key: ClientKey,
    /// Who looks at the page; nobody for webhooks and anonymous visitors.
    pub account: Option<AccountId>,
    /// Where the page is framed, where Jira says so.
    pub context: SignedContext,
}

/// A call from our own page inside Jira: proves installation, person and place, no request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextToken {
    /// Whose installation it is.
    pub client_key: ClientKey,
    /// Who looks at the page.
    pub account: Option<AccountId>,
    /// Where the page is framed: the only source a ticket may be taken from.
    pub context: SignedContext,
}

/// A call about an installation, signed by Atlassian's own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallToken {
    /// Whose installation it is.
    pub client_key: ClientKey,
}

/// Whose secret a token must be verified with. Proves nothing.
///
/// # Errors
/// The token is not well formed, or names no usable issuer.
pub fn unverified_issuer(token: &str) -> Result<ClientKey, JwtError> {
    issuer(Compact::parse(token)?.unverified())
}

/// Which install key a token must be verified with. Proves nothing, but the id is safe in a path.
///
/// # Errors
/// The token is not well formed, not RS256, or its key id does not have the form of one.
pub fn unverified_key_id(token: &str) -> Result<KeyId, JwtError> {
    let compact = Compact::parse(token)?;
    compact.demand(Algorithm::RS256)?;
    compact
        .key_id()
        .and_then(|kid| kid.parse().ok())
        .ok_or(JwtError::KeyId)
}

/// Verifies a call of Jira's: HS256, and the hash of this very request.
///
/// # Errors
/// The check that failed.
pub fn verify_server(
    token: &str,
    client_key: &ClientKey,
    secret: &SharedSecret,
    request: &CanonicalRequest,
    at: Moment,
) -> Result<ServerToken, JwtError> {
    let compact = Compact::parse(token)?;
    let claims = shared_secret_claims(&compact, client_key, secret, at)?;
    check_request(claims, request)?;
    Ok(ServerToken {
        client_key: client_key.clone(),
        account: claims::account(claims)?,
        context: claims::context(claims)?,
    })
}

/// Verifies a call of our page's: HS256, and the fixed hash of context tokens.
///
/// # Errors
/// The check that failed; a token bound to a request is [`JwtError::NotContext`].
pub fn verify_context(
    token: &str,
    client_key: &ClientKey,
    secret: &SharedSecret,
    at: Moment,
) -> Result<ContextToken, JwtError> {
    let compact = Compact::parse(token)?;
    let claims = shared_secret_claims(&compact, client_key, secret, at)?;
    if claims::text(claims, "qsh")? != CONTEXT_QSH {
        return Err(JwtError::NotContext);
    }
    Ok(ContextToken {
        client_key: client_key.clone(),
        account: claims::account(claims)?,
        context: claims::context(claims)?,
    })
}

/// Verifies a call about an installation: RS256 by Atlassian's key, meant for our address exactly, and
/// the hash of this very request.
///
/// # Errors
/// The check that failed, in this order: algorithm, signature, times, audience, request hash, issuer.
pub fn verify_install(
    token: &str,
    key: &InstallKey,
    our_address: &BaseUrl,
    request: &CanonicalRequest,
    at: Moment,
) -> Result<InstallToken, JwtError> {
    let compact = Compact::parse(token)?;
    let claims = compact.signed(Algorithm::RS256, key.decoding_key())?;
    claims::check_times(claims, at)?;
    if !claims::audience_is(claims, our_address.as_str()) {
        return Err(JwtError::Audience);
    }
    check_request(claims, request)?;
    Ok(InstallToken {
        client_key: issuer(claims)?,
    })
}

/// Signs a call of ours to `url`, which lies below the site's `base`. `audience` is optional in Jira.
///
/// # Errors
/// [`JwtError::Signing`], if the crypto library refuses the secret.
pub fn sign_server_token(
    app_key: &AppKey,
    audience: Option<&ClientKey>,
    secret: &SharedSecret,
    method: &str,
    url: &Url,
    base: &BaseUrl,
    now: i64,
) -> Result<String, JwtError> {
    let mut claims = json!({
        "iss": app_key.as_str(),
        "iat": now,
        "exp": now.saturating_add(OUR_LIFE),
        "qsh": CanonicalRequest::from_url(method, url, base).hash().as_str(),
    });
    if let (Some(audience), Some(claims)) = (audience, claims.as_object_mut()) {
        claims.insert("aud".to_owned(), json!([audience.as_str()]));
    }
    let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
    let input = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let key = EncodingKey::from_secret(secret.expose().as_bytes());
    let signature =
        crypto::sign(input.as_bytes(), &key, Algorithm::HS256).map_err(|_| JwtError::Signing)?;
    Ok(format!("{input}.{signature}"))
}

fn shared_secret_claims<'c>(
    compact: &'c Compact<'_>,
    client_key: &ClientKey,
    secret: &SharedSecret,
    at: Moment,
) -> Result<&'c Map<String, Value>, JwtError> {
    let key = DecodingKey::from_secret(secret.expose().as_bytes());
    let claims = compact.signed(Algorithm::HS256, &key)?;
    claims::check_times(claims, at)?;
    if issuer(claims)? != *client_key {
        return Err(JwtError::Issuer);
    }
    Ok(claims)
}

fn check_request(claims: &Map<String, Value>, request: &CanonicalRequest) -> Result<(), JwtError> {
    if request.hash().matches(claims::text(claims, "qsh")?) {
        Ok(())
    } else {
        Err(JwtError::RequestHash)
    }
}

fn issuer(claims: &Map<String, Value>) -> Result<ClientKey, JwtError> {
    claims::text(claims, "iss")?
        .parse()
        .map_err(|_| JwtError::Claim("iss"))
}
