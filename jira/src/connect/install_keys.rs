//! Atlassian's public keys for signed installs, fetched by id and kept for ever: one id names one key.
//! The key host comes from the configuration, never from a call.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::DecodingKey;

use super::identity::KeyId;
use crate::base_url::BaseUrl;

/// Where Atlassian publishes install keys.
pub const ATLASSIAN_KEY_HOST: &str = "https://connect-install-keys.atlassian.com";

const TIME_OUT: Duration = Duration::from_secs(5);
const LONGEST_KEY: usize = 16 * 1024;
const MOST_KEYS: usize = 64;

/// A public key that signs calls about installations.
#[derive(Clone, Debug)]
pub struct InstallKey(DecodingKey);

/// Why a key could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstallKeyError {
    /// The key host does not know the id.
    #[error("the key host does not know this key")]
    Unknown,
    /// The key host cannot be reached, or answers with an error.
    #[error("the key host is unavailable")]
    Unavailable,
    /// What the key host sent is no RSA public key.
    #[error("the key host sent something that is not a public key")]
    Nonsense,
}

impl InstallKey {
    /// The key written in this PEM text.
    ///
    /// # Errors
    /// [`InstallKeyError::Nonsense`], if it is no RSA public key.
    pub fn from_pem(pem: &str) -> Result<Self, InstallKeyError> {
        if !pem.contains("PUBLIC KEY") {
            return Err(InstallKeyError::Nonsense);
        }
        DecodingKey::from_rsa_pem(pem.as_bytes())
            .map(Self)
            .map_err(|_| InstallKeyError::Nonsense)
    }

    pub(crate) fn decoding_key(&self) -> &DecodingKey {
        &self.0
    }
}

/// The keys of one key host.
#[derive(Debug)]
pub struct InstallKeys {
    host: BaseUrl,
    http: reqwest::Client,
    known: Mutex<BTreeMap<KeyId, InstallKey>>,
}

impl InstallKeys {
    /// The keys published at this host.
    ///
    /// # Errors
    /// [`InstallKeyError::Unavailable`], if no HTTP client can be made on this machine.
    pub fn at(host: BaseUrl) -> Result<Self, InstallKeyError> {
        let http = reqwest::Client::builder()
            .timeout(TIME_OUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| InstallKeyError::Unavailable)?;
        Ok(Self {
            host,
            http,
            known: Mutex::default(),
        })
    }

    /// The key of this id: from memory, else from the host. Misses are not remembered.
    ///
    /// # Errors
    /// The host does not know it, cannot be reached within 5 seconds, or sends no key.
    pub async fn get(&self, id: &KeyId) -> Result<InstallKey, InstallKeyError> {
        if let Some(key) = self.lock().get(id) {
            return Ok(key.clone());
        }
        let key = self.fetch(id).await?;
        self.remember(id, &key);
        Ok(key)
    }

    fn remember(&self, id: &KeyId, key: &InstallKey) {
        let mut known = self.lock();
        if known.len() >= MOST_KEYS {
            known.pop_first();
        }
        known.insert(id.clone(), key.clone());
    }

    async fn fetch(&self, id: &KeyId) -> Result<InstallKey, InstallKeyError> {
        let address = format!("{}/{id}", self.host);
        let answer = self.http.get(address).send().await;
        let mut answer = answer.map_err(|_| InstallKeyError::Unavailable)?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Err(InstallKeyError::Unknown),
            _ => return Err(InstallKeyError::Unavailable),
        }
        let mut pem = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|_| InstallKeyError::Unavailable)?
        {
            pem.extend_from_slice(&chunk);
            if pem.len() > LONGEST_KEY {
                return Err(InstallKeyError::Nonsense);
            }
        }
        let pem = String::from_utf8(pem).map_err(|_| InstallKeyError::Nonsense)?;
        InstallKey::from_pem(&pem)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<KeyId, InstallKey>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_keys_are_kept_than_the_bound() {
        let keys = InstallKeys::at(ATLASSIAN_KEY_HOST.parse().unwrap()).unwrap();
        for number in 0..MOST_KEYS + 5 {
            let id = format!("key-{number}").parse().unwrap();
            keys.remember(&id, &InstallKey(DecodingKey::from_secret(b"any")));
        }
        assert_eq!(keys.lock().len(), MOST_KEYS);
    }

    #[test]
    fn a_private_or_broken_key_is_no_public_key() {
        for pem in [
            "",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PUBLIC KEY-----\nAA==\n",
        ] {
            assert_eq!(
                InstallKey::from_pem(pem).unwrap_err(),
                InstallKeyError::Nonsense,
                "{pem}"
            );
        }
    }
}
