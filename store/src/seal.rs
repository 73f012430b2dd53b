//! Secrets at rest: XChaCha20-Poly1305 under a master key that lives in a file of its own. A sealed
//! secret names the key that sealed it, and is bound to what it is for, so that it opens nowhere else.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ledger::Hash;
use zeroize::Zeroizing;

use crate::error::StoreError;

const FORM: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 24;

/// The key under which a server's secrets are sealed: 32 bytes, kept as 64 hex digits in a file that
/// only its owner may read.
pub struct MasterKey {
    id: [u8; KEY_ID],
    cipher: XChaCha20Poly1305,
}

/// Why a master key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read or made.
    #[error("the master key file cannot be read or created")]
    File(#[from] io::Error),
    /// The file holds something else.
    #[error("the master key file must hold 64 lower-case hex digits")]
    Form,
    /// Others may read the file.
    #[error("the master key file may be read by others: set its mode to 0600")]
    Open,
}

impl MasterKey {
    /// The key from 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let hash = Hash::of(&[b"countersign master key\n", bytes.as_slice()].concat());
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&hash.as_bytes()[..KEY_ID]);
        Self {
            id,
            cipher: XChaCha20Poly1305::new(bytes.into()),
        }
    }

    /// The key of this file; the file is made, with mode 0600 and a random key, where there is none.
    ///
    /// # Errors
    /// If the file cannot be read or made, holds something else, or may be read by others.
    pub fn load_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        match Self::load(path) {
            Err(MasterKeyError::File(error)) if error.kind() == io::ErrorKind::NotFound => {
                Self::create(path)?;
                Self::load(path)
            }
            other => other,
        }
    }

    /// The key of this file.
    ///
    /// # Errors
    /// If the file cannot be read, holds something else, or may be read by others.
    pub fn load(path: &Path) -> Result<Self, MasterKeyError> {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        if readable_by_others(path)? {
            return Err(MasterKeyError::Open);
        }
        let key: Hash = text.trim_end().parse().map_err(|_| MasterKeyError::Form)?;
        Ok(Self::from_bytes(key.as_bytes()))
    }

    /// Makes a file with a new random key. Written beside and linked in place, so that a crash leaves
    /// either no key or a whole one, and an existing key is never overwritten.
    ///
    /// # Errors
    /// If the file exists or cannot be made.
    pub fn create(path: &Path) -> Result<(), MasterKeyError> {
        let bytes = random::<32>().map_err(|_| io::Error::other("no randomness"))?;
        let text = Zeroizing::new(format!("{}\n", Hash::from_bytes(bytes)));
        let beside = path.with_extension(format!("new-{}", std::process::id()));
        let mut file = private_file(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&beside, path);
        fs::remove_file(&beside)?;
        Ok(linked?)
    }

    /// Seals a secret for this purpose.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let nonce = random::<NONCE>()?;
        let sealed = self
            .cipher
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: secret,
                    aad: purpose.as_bytes(),
                },
            )
            .map_err(|_| StoreError::Sealed)?;
        Ok([&[FORM], self.id.as_slice(), &nonce, &sealed].concat())
    }

    /// Opens a secret that was sealed for this purpose.
    ///
    /// # Errors
    /// If another key sealed it, it was sealed for something else, or it was changed.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let inside = sealed
            .strip_prefix(&[FORM])
            .and_then(|rest| rest.strip_prefix(self.id.as_slice()))
            .and_then(|rest| rest.split_first_chunk::<NONCE>());
        let Some((nonce, sealed)) = inside else {
            return Err(StoreError::Sealed);
        };
        self.cipher
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: purpose.as_bytes(),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| StoreError::Sealed)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MasterKey").finish_non_exhaustive()
    }
}

/// Bytes from the operating system.
///
/// # Errors
/// If it has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Unreachable("no randomness".to_owned()))?;
    Ok(bytes)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_with_its_key_and_for_its_purpose() {
        let key = MasterKey::from_bytes(&[1; 32]);
        let sealed = key.seal("site/a", b"secret").unwrap();
        assert_eq!(key.open("site/a", &sealed).unwrap().as_slice(), b"secret");
        assert!(key.open("site/b", &sealed).is_err());
        assert!(
            MasterKey::from_bytes(&[2; 32])
                .open("site/a", &sealed)
                .is_err()
        );
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("site/a", &changed).is_err(), "{at}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_made_once_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        let first = MasterKey::load_or_create(&path).unwrap();
        let again = MasterKey::load_or_create(&path).unwrap();
        assert_eq!(first.id, again.id);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(MasterKey::create(&path).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(MasterKey::load(&path), Err(MasterKeyError::Open)));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "short").unwrap();
        assert!(matches!(MasterKey::load(&path), Err(MasterKeyError::Form)));
    }
}
