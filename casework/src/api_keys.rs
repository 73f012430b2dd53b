//! Keys to the API: made once, shown once, kept as a hash. What they open is looked up at every call, so that a revoked
//! key opens nothing from the next call on.

use std::fmt;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use ledger::{Actor, ActorKind, Hash};
use record::entries::{ApiKeyChange, ApiKeyChanged, KeyEnvironment, Scope};
use record::ids::{ApiKeyId, TenantId};
use record::scale::Severity;
use record::state::ApiKey;
use store::{Appended, NewEntry, StoreError, Tx};
use ulid::Ulid;
use zeroize::Zeroizing;

use crate::error::CaseError;
use crate::{Casework, server};

/// The longest name of a key.
const LONGEST_NAME: usize = 64;
/// The longest time that a key may be good for, in days.
const LONGEST_LIFE: u32 = 3_660;
/// What keys begin with, by what they are for.
const PREFIXES: [(KeyEnvironment, &str); 2] = [
    (KeyEnvironment::Live, "ak_live_"),
    (KeyEnvironment::Test, "ak_test_"),
];
/// Crockford's digits; 32 of them are 160 bits.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 32;

/// A key as its holder has it. Shown once, when it is made.
pub struct ApiKeySecret(Zeroizing<String>);

impl ApiKeySecret {
    fn draw(environment: KeyEnvironment) -> Result<Self, StoreError> {
        let prefix = PREFIXES.iter().find(|(of, _)| *of == environment);
        let mut text = Zeroizing::new(prefix.map_or("", |(_, prefix)| *prefix).to_owned());
        for byte in store::random::<LENGTH>()? {
            text.push(char::from(DIGITS[usize::from(byte % 32)]));
        }
        Ok(Self(text))
    }

    /// The key, if the text has the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = PREFIXES
            .iter()
            .find_map(|(_, prefix)| text.strip_prefix(prefix))?;
        let fits = rest.len() == LENGTH && rest.bytes().all(|b| DIGITS.contains(&b));
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The key, to be shown to whoever asked for it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> String {
        Hash::of(self.0.as_bytes()).to_string()
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret")
    }
}

/// A key that somebody wants.
#[derive(Debug, Clone)]
pub struct KeyRequest {
    /// What it is to be called.
    pub name: String,
    /// What it is for.
    pub environment: KeyEnvironment,
    /// What it is to let its holder do.
    pub scopes: Vec<Scope>,
    /// For how many days; none for as long as it is not revoked.
    pub days: Option<u32>,
}

/// Why a key was not made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum KeyRefused {
    /// There is no such tenant.
    #[error("There is no such tenant. `tenant list` names them.")]
    NoTenant,
    /// There is no such key.
    #[error("The tenant has no such key. `key list` names them.")]
    NoKey,
    /// The name has not its form.
    #[error("A key's name is 1 to {LONGEST_NAME} lower-case letters, digits and hyphens.")]
    Name,
    /// Nothing is to be opened.
    #[error("A key needs a scope at least.")]
    NoScope,
    /// The time is too long.
    #[error("A key is good for 1 to {LONGEST_LIFE} days, or until it is revoked.")]
    Days,
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for KeyRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

/// Why a caller with a key is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// It is no key of this server's.
    #[error("no such key")]
    Unknown,
    /// It was revoked.
    #[error("a revoked key")]
    Revoked,
    /// Its time is over.
    #[error("an expired key")]
    Expired,
}

/// Who calls with a key, and what that lets them do.
#[derive(Debug, Clone)]
pub struct ApiCaller {
    /// Whose key it is.
    pub tenant: TenantId,
    /// The key.
    pub key: ApiKey,
}

impl ApiCaller {
    /// Who an entry names as its author.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            id: self.key.key.as_str().to_owned(),
            kind: ActorKind::ApiKey,
        }
    }
}

impl Casework {
    /// Makes a key. What it opens begins at once.
    ///
    /// # Errors
    /// Why none was made.
    pub async fn issue_api_key(
        &self,
        tenant: &TenantId,
        request: KeyRequest,
    ) -> Result<(ApiKeyId, ApiKeySecret), KeyRefused> {
        let mut scopes = request.scopes;
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(KeyRefused::NoScope);
        }
        if !is_name(&request.name) {
            return Err(KeyRefused::Name);
        }
        if request
            .days
            .is_some_and(|days| !(1..=LONGEST_LIFE).contains(&days))
        {
            return Err(KeyRefused::Days);
        }
        let expires = request
            .days
            .map(|days| Utc::now() + Duration::days(i64::from(days)));
        let secret = ApiKeySecret::draw(request.environment)?;
        let key = ApiKeyId::from_ulid(Ulid::generate());
        let changed = ApiKeyChanged {
            key: key.clone(),
            change: ApiKeyChange::Issued,
            name: request.name,
            environment: request.environment,
            scopes,
            secret_digest: secret.digest(),
            expires_at: expires.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true)),
        };
        self.store
            .write(tenant, move |tx| -> Result<(), KeyRefused> {
                let tenant = tx.tenant().clone();
                tx.db().tenant(&tenant)?.ok_or(KeyRefused::NoTenant)?;
                record(tx, changed)?;
                Ok(())
            })
            .await?;
        Ok((key, secret))
    }

    /// Revokes a key; what it reported stays.
    ///
    /// # Errors
    /// Why it was not revoked.
    pub async fn revoke_api_key(
        &self,
        tenant: &TenantId,
        key: ApiKeyId,
    ) -> Result<Appended, KeyRefused> {
        self.store
            .write(tenant, move |tx| {
                let tenant = tx.tenant().clone();
                let known = tx.db().api_keys(&tenant)?.into_iter().flatten();
                let known = known.into_iter().find(|known| known.key == key);
                let known = known.ok_or(KeyRefused::NoKey)?;
                let revoked = ApiKeyChanged {
                    key: known.key,
                    change: ApiKeyChange::Revoked,
                    name: known.name,
                    environment: known.environment,
                    scopes: known.scopes,
                    secret_digest: known.secret_digest,
                    expires_at: known.expires_at,
                };
                Ok(record(tx, revoked)?)
            })
            .await
    }

    /// The tenant's keys, and when each was last used, to the minute.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn api_keys(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<(ApiKey, Option<String>)>, CaseError> {
        let tenant = tenant.clone();
        let listed = self.store.read(move |db| -> Result<_, StoreError> {
            let keys = db.api_keys(&tenant)?.into_iter().flatten();
            keys.map(|key| {
                let used = db.api_key_used_at(&tenant, &key.key)?;
                Ok((key, used))
            })
            .collect()
        });
        Ok(listed.await?)
    }

    /// Who calls with this key.
    ///
    /// # Errors
    /// If the store fails; within, why the caller is not let in.
    pub async fn caller_with_key(
        &self,
        secret: &ApiKeySecret,
    ) -> Result<Result<ApiCaller, KeyProblem>, CaseError> {
        let found = self.store.api_key_owner(secret.digest()).await?;
        let Some((tenant, key)) = found else {
            return Ok(Err(KeyProblem::Unknown));
        };
        if key.revoked {
            return Ok(Err(KeyProblem::Revoked));
        }
        if key.expires_at.as_deref().is_some_and(is_over) {
            return Ok(Err(KeyProblem::Expired));
        }
        self.note_use(&tenant, &key.key).await;
        Ok(Ok(ApiCaller { tenant, key }))
    }

    /// Written once a minute and key at most; who only reads does not wait for a writer longer than that.
    async fn note_use(&self, tenant: &TenantId, key: &ApiKeyId) {
        let minute = minute_now();
        if !self.key_uses.first_in(key, &minute) {
            return;
        }
        let key = key.clone();
        let noted = self
            .store
            .queue(tenant, move |tx| tx.api_key_used(&key, &minute));
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the use of a key could not be noted");
        }
    }
}

fn record(tx: &mut Tx<'_>, changed: ApiKeyChanged) -> Result<Appended, StoreError> {
    tx.append(NewEntry {
        subject: format!("key/{}", changed.key),
        once: format!("key:{}:{}", changed.key, changed.change),
        payload: changed.into(),
        beside: Vec::new(),
        severity: Severity::Info,
        actor: server(),
        source: "COUNTERSIGN",
    })
}

fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// What cannot be read is over.
fn is_over(expires_at: &str) -> bool {
    DateTime::parse_from_rfc3339(expires_at).map_or(true, |at| at <= Utc::now())
}

fn minute_now() -> String {
    Utc::now().format("%Y-%m-%dT%H:%MZ").to_string()
}

/// The minute in which each key was last noted as used.
#[derive(Debug, Default)]
pub(crate) struct KeyUses(std::sync::Mutex<std::collections::HashMap<ApiKeyId, String>>);

impl KeyUses {
    fn first_in(&self, key: &ApiKeyId, minute: &str) -> bool {
        let mut uses = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let before = uses.insert(key.clone(), minute.to_owned());
        before.as_deref() != Some(minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_nothing_else_does() {
        for environment in KeyEnvironment::ALL {
            let drawn = ApiKeySecret::draw(*environment).unwrap();
            let text = drawn.expose();
            assert_eq!(ApiKeySecret::parse(text).unwrap().digest(), drawn.digest());
            for other in [
                &text[1..],
                &text[..text.len() - 1],
                &format!("{text}0"),
                &text.to_lowercase(),
                &text.replace("ak_", "sk_"),
            ] {
                assert!(ApiKeySecret::parse(other).is_none(), "{other}");
            }
            assert_eq!(format!("{drawn:?}"), "ApiKeySecret");
        }
    }

    #[test]
    fn what_is_over_and_what_cannot_be_read_opens_nothing() {
        assert!(is_over("2020-01-01T00:00:00.000Z"));
        assert!(is_over("tomorrow"));
        assert!(!is_over("9999-01-01T00:00:00.000Z"));
    }
}
