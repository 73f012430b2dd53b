//! Atlassian's public keys for invocation tokens: a set at one address, kept, and fetched again when a token names
//! a key that is not in it or the set has grown old. Seldom, whoever asks: a made-up key id must not make us a
//! nuisance to the key host. A set that was fetched takes the place of the one before, so that a key that was
//! withdrawn is gone.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::base_url::BaseUrl;

const TIME_OUT: Duration = Duration::from_secs(3);
const LONGEST_SET: usize = 256 * 1024;
const MOST_KEYS: usize = 100;

/// How long a key that is not known is believed not to exist, and how long a failed fetch is not repeated.
const SELDOM: Duration = Duration::from_secs(30);

/// How old a set may become before it is looked at again.
const OLD: Duration = Duration::from_secs(60 * 60);

/// A public key that signs invocation tokens.
#[derive(Clone, Debug)]
pub struct InvocationKey(DecodingKey);

/// Why a key could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvocationKeyError {
    /// No key of this id is published.
    #[error("no invocation key of this id is published")]
    Unknown,
    /// The set cannot be fetched, and there is none from before.
    #[error("Forge's invocation keys cannot be fetched")]
    Unavailable,
}

impl InvocationKey {
    pub(super) const fn decoding_key(&self) -> &DecodingKey {
        &self.0
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// The keys of this set that can sign invocation tokens; what else stands in it is passed over. None if it is no set.
fn keys_in(set: &[u8]) -> Option<HashMap<String, InvocationKey>> {
    let set: KeySet = serde_json::from_slice(set).ok()?;
    let usable = set.keys.into_iter().take(MOST_KEYS).filter_map(|jwk| {
        let signs = jwk
            .purpose
            .as_deref()
            .is_none_or(|purpose| purpose == "sig")
            && jwk.alg.as_deref().is_none_or(|alg| alg == "RS256");
        let (n, e) = (jwk.n?, jwk.e?);
        let key = DecodingKey::from_rsa_components(&n, &e).ok()?;
        (jwk.kty == "RSA" && signs).then(|| Some((jwk.kid?, InvocationKey(key))))?
    });
    Some(usable.collect())
}

/// The keys at one address.
#[derive(Debug, Clone)]
pub struct InvocationKeys {
    address: BaseUrl,
    http: reqwest::Client,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<String, InvocationKey>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

impl InvocationKeys {
    /// The keys published at this address.
    ///
    /// # Errors
    /// [`InvocationKeyError::Unavailable`], if no HTTP client can be made on this machine.
    pub fn at(address: BaseUrl) -> Result<Self, InvocationKeyError> {
        let http = reqwest::Client::builder()
            .timeout(TIME_OUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| InvocationKeyError::Unavailable)?;
        Ok(Self {
            address,
            http,
            known: Arc::default(),
        })
    }

    /// The key of this id. Callers that need the set at the same time wait for one fetch.
    ///
    /// # Errors
    /// No such key is published, or the set cannot be fetched and there is none.
    pub async fn get(&self, id: &str) -> Result<InvocationKey, InvocationKeyError> {
        let mut known = self.known.lock().await;
        let old = known.fetched.is_none_or(|at| at.elapsed() > OLD);
        let key = known.keys.get(id).cloned();
        let may_try = known.tried.is_none_or(|at| at.elapsed() > SELDOM);
        if (old || key.is_none()) && may_try {
            known.tried = Some(Instant::now());
            if let Some(keys) = self.fetch().await {
                known.keys = keys;
                known.fetched = Some(Instant::now());
                return known
                    .keys
                    .get(id)
                    .cloned()
                    .ok_or(InvocationKeyError::Unknown);
            }
            tracing::warn!("Forge's invocation keys cannot be fetched");
        }
        match (key, known.fetched) {
            (Some(key), _) => Ok(key),
            (None, Some(_)) => Err(InvocationKeyError::Unknown),
            (None, None) => Err(InvocationKeyError::Unavailable),
        }
    }

    async fn fetch(&self) -> Option<HashMap<String, InvocationKey>> {
        let mut answer = self.http.get(self.address.as_str()).send().await.ok()?;
        if answer.status().as_u16() != 200 {
            return None;
        }
        let mut set = Vec::new();
        while let Some(chunk) = answer.chunk().await.ok()? {
            set.extend_from_slice(&chunk);
            if set.len() > LONGEST_SET {
                return None;
            }
        }
        keys_in(&set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_sign_such_tokens_are_taken() {
        let n = "uWw-".repeat(85) + "uQ";
        let key =
            |kid: &str, more: &str| format!(r#"{{"kid":"{kid}","n":"{n}","e":"AQAB"{more}}}"#);
        let set = [
            key("plain", r#","kty":"RSA""#),
            key("whole", r#","kty":"RSA","alg":"RS256","use":"sig""#),
            key("other-algorithm", r#","kty":"RSA","alg":"RS512""#),
            key("encrypts", r#","kty":"RSA","use":"enc""#),
            key("curve", r#","kty":"EC""#),
            r#"{"kty":"RSA","kid":"empty"}"#.to_owned(),
            format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB"}}"#),
        ];
        let keys = keys_in(format!(r#"{{"keys":[{}]}}"#, set.join(",")).as_bytes()).unwrap();
        let mut ids: Vec<_> = keys.into_keys().collect();
        ids.sort_unstable();
        assert_eq!(ids, ["plain", "whole"]);
        assert!(keys_in(b"<html>").is_none());
    }
}
