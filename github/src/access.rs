//! What opens GitHub's interface to us: a token, or the key of a GitHub App with one of its installations. Wiped from
//! memory when dropped, never shown.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// How long an App's own token is good for, in seconds; GitHub takes ten minutes at most.
const APP_TOKEN_SECONDS: i64 = 540;
/// How far our clock may be ahead of GitHub's, in seconds.
const SKEW_SECONDS: i64 = 60;
const LONGEST_TOKEN: usize = 512;
const LONGEST_KEY: usize = 16 * 1024;

/// What opens GitHub's interface.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// A token of an account: fine-grained or classic.
    Token(Zeroizing<String>),
    /// An installation of a GitHub App.
    #[serde(rename_all = "camelCase")]
    App {
        /// The App's id, or its client id.
        app_id: String,
        /// The installation's id.
        installation_id: u64,
        /// The App's private key, in PEM.
        private_key: Zeroizing<String>,
    },
}

/// Why something opens nothing. Never the thing itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The token cannot be one.
    #[error("a token is 1 to {LONGEST_TOKEN} printable ASCII characters without spaces")]
    Token,
    /// The App's id cannot be one.
    #[error("a GitHub App's id is its number, or its client id of letters and digits")]
    AppId,
    /// The key cannot be read.
    #[error("the private key is not an RSA key in PEM, as GitHub lets it be downloaded")]
    Key,
}

#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    exp: i64,
    iss: &'a str,
}

impl Access {
    /// A token of an account.
    ///
    /// # Errors
    /// If it cannot be one.
    pub fn token(text: &str) -> Result<Self, AccessError> {
        let fits = (1..=LONGEST_TOKEN).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        let token = fits.then(|| Self::Token(Zeroizing::new(text.to_owned())));
        token.ok_or(AccessError::Token)
    }

    /// An installation of a GitHub App.
    ///
    /// # Errors
    /// If the id cannot be one or the key cannot be read.
    pub fn app(app_id: &str, installation_id: u64, private_key: &str) -> Result<Self, AccessError> {
        let fits = (1..=64).contains(&app_id.len())
            && app_id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'.');
        if !fits {
            return Err(AccessError::AppId);
        }
        let readable = private_key.len() <= LONGEST_KEY
            && EncodingKey::from_rsa_pem(private_key.as_bytes()).is_ok();
        if !readable {
            return Err(AccessError::Key);
        }
        Ok(Self::App {
            app_id: app_id.to_owned(),
            installation_id,
            private_key: Zeroizing::new(private_key.to_owned()),
        })
    }

    /// What an App says it is, signed with its key: RS256, as GitHub's "Generating a JSON Web Token for a GitHub App" has
    /// it. The time is in seconds since 1970.
    pub(crate) fn app_token(
        app_id: &str,
        private_key: &str,
        now_seconds: i64,
    ) -> Result<String, AccessError> {
        let key = EncodingKey::from_rsa_pem(private_key.as_bytes());
        let claims = Claims {
            iat: now_seconds - SKEW_SECONDS,
            exp: now_seconds + APP_TOKEN_SECONDS,
            iss: app_id,
        };
        let header = Header::new(Algorithm::RS256);
        let key = key.map_err(|_| AccessError::Key)?;
        jsonwebtoken::encode(&header, &claims, &key).map_err(|_| AccessError::Key)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Access::Token",
            Self::App { .. } => "Access::App",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_nothing_is_said_without_being_shown() {
        for text in ["", "with space", "ümlaut", &"x".repeat(LONGEST_TOKEN + 1)] {
            assert_eq!(
                Access::token(text).unwrap_err(),
                AccessError::Token,
                "{text}"
            );
        }
        assert_eq!(Access::app("1/2", 7, "").unwrap_err(), AccessError::AppId);
        assert_eq!(
            Access::app("12", 7, "no key").unwrap_err(),
            AccessError::Key
        );
        let shown = format!("{:?}", Access::token("ghp_secret").unwrap());
        assert!(!shown.contains("ghp_secret"));
    }
}
