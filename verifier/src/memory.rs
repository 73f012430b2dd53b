//! What the verifier remembers of each ledger, outside the database: the last checkpoint that it found in
//! order, the key that signed it, and its own signing key. Who can turn the database back cannot turn
//! this back with it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ledger::{Checkpoint, Hash, SigningKey, VerifierKey};
use record::ids::TenantId;
use store::origin_of;

/// The verifier's own directory.
#[derive(Debug, Clone)]
pub struct Memory {
    directory: PathBuf,
}

/// What is remembered of one ledger.
#[derive(Debug, Clone, Default)]
pub struct Remembered {
    /// The key that signed what was seen.
    pub key: Option<VerifierKey>,
    /// What was found in order last.
    pub checkpoint: Option<Checkpoint>,
}

/// Why the memory cannot be had for oneself.
#[derive(Debug, thiserror::Error)]
pub enum Claimed {
    /// Another run has it.
    #[error("another run is under way")]
    ByAnother,
    /// The file cannot be made or locked.
    #[error("the lock cannot be taken")]
    File(#[from] io::Error),
}

/// The memory, for one run alone.
#[derive(Debug)]
pub struct Claim(fs::File);

/// A process that was forked meanwhile, and has not yet become another program, has the file open too: closing
/// ours would leave the lock with it (flock(2)).
impl Drop for Claim {
    fn drop(&mut self) {
        // What cannot be let go here goes with the last who has the file open.
        let _ = self.0.unlock();
    }
}

impl Memory {
    /// The memory for one run alone, until what is given is dropped or the process ends, however it ends.
    ///
    /// # Errors
    /// If another run has it.
    pub fn claim(&self) -> Result<Claim, Claimed> {
        let file = fs::File::create(self.directory.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Claim(file)),
            Err(fs::TryLockError::WouldBlock) => Err(Claimed::ByAnother),
            Err(fs::TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The memory in this directory, which is made if there is none.
    ///
    /// # Errors
    /// If the directory cannot be made.
    pub fn at(directory: &Path) -> io::Result<Self> {
        for part in ["remembered", "reports", "delivered"] {
            fs::create_dir_all(directory.join(part))?;
        }
        Ok(Self {
            directory: directory.to_owned(),
        })
    }

    /// Where things are kept.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What is remembered of this tenant's ledger.
    ///
    /// # Errors
    /// If a file cannot be read, or is not what was written: then nothing can be judged by it.
    pub fn of(&self, tenant: &TenantId) -> io::Result<Remembered> {
        let Some(text) = read(&self.file(tenant))? else {
            return Ok(Remembered::default());
        };
        let broken = || io::Error::other("what is remembered is not what was written");
        let (key, note) = text.split_once('\n').ok_or_else(broken)?;
        let key = VerifierKey::parse(key).map_err(io::Error::other)?;
        let keys = std::slice::from_ref(&key);
        let checkpoint = Checkpoint::verify(note.as_bytes(), &origin_of(tenant), keys);
        Ok(Remembered {
            checkpoint: Some(checkpoint.map_err(io::Error::other)?),
            key: Some(key),
        })
    }

    /// The tenants that are remembered.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub fn tenants(&self) -> io::Result<Vec<TenantId>> {
        let mut tenants = Vec::new();
        for file in fs::read_dir(self.directory.join("remembered"))? {
            let name = file?.file_name();
            let name = name.to_string_lossy();
            if let Some(Ok(tenant)) = name.strip_suffix(".remembered").map(str::parse) {
                tenants.push(tenant);
            }
        }
        tenants.sort_unstable();
        Ok(tenants)
    }

    /// Remembers a checkpoint that was found in order. Never goes back.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn remember(&self, tenant: &TenantId, key: &VerifierKey, note: &str) -> io::Result<()> {
        let new = Checkpoint::unverified(note.as_bytes()).map_err(io::Error::other)?;
        let known = self.of(tenant)?.checkpoint;
        if known.is_some_and(|known| known.size >= new.size) {
            return Ok(());
        }
        self.keep(&self.file(tenant), &format!("{key}\n{note}"))
    }

    /// The verifier's own key; made, and its public half laid beside it, on first use.
    ///
    /// # Errors
    /// If the file cannot be read or made, or holds something else.
    pub fn signing_key(&self) -> io::Result<SigningKey> {
        let file = self.directory.join("verifier.key");
        if !file.exists() {
            let seed = Hash::from_bytes(store::random::<32>().map_err(io::Error::other)?);
            let mut secret = private_file(&file)?;
            writeln!(secret, "{seed}")?;
            secret.sync_all()?;
        }
        let seed: Hash = fs::read_to_string(&file)?
            .trim_end()
            .parse()
            .map_err(io::Error::other)?;
        let key = SigningKey::from_seed("countersign-verifier", seed.as_bytes())
            .map_err(io::Error::other)?;
        let public = self.directory.join("verifier.vkey");
        if !public.exists() {
            self.keep(&public, &format!("{}\n", key.verifier_key()))?;
        }
        Ok(key)
    }

    /// Leaves a signed report for the server to take.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn leave_report(&self, note: &str) -> io::Result<PathBuf> {
        let file = self
            .directory
            .join("reports")
            .join(format!("{}.report", ulid::Ulid::generate()));
        self.keep(&file, note)?;
        Ok(file)
    }

    /// A file written beside and renamed, so that it is the old or the new one whatever happens.
    pub(crate) fn keep(&self, file: &Path, text: &str) -> io::Result<()> {
        let beside = file.with_extension("new");
        let mut new = fs::File::create(&beside)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        fs::rename(&beside, file)
    }

    /// Key and checkpoint are one file, so that neither can be lost without the other.
    fn file(&self, tenant: &TenantId) -> PathBuf {
        let name = format!("{tenant}.remembered");
        self.directory.join("remembered").join(name)
    }
}

pub(crate) fn read(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn private_file(file: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
}

#[cfg(not(unix))]
fn private_file(file: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_at_a_time_has_the_memory() {
        let directory = tempfile::tempdir().unwrap();
        let memory = Memory::at(directory.path()).unwrap();
        let first = memory.claim().unwrap();
        let other = Memory::at(directory.path()).unwrap();
        assert!(matches!(other.claim(), Err(Claimed::ByAnother)));
        drop(first);
        assert!(other.claim().is_ok());
    }

    #[test]
    fn a_child_that_is_being_made_does_not_keep_the_memory() {
        let directory = tempfile::tempdir().unwrap();
        let memory = Memory::at(directory.path()).unwrap();
        let first = memory.claim().unwrap();
        // What a fork leaves to the child until it becomes another program.
        let _of_the_child = first.0.try_clone().unwrap();
        drop(first);
        assert!(memory.claim().is_ok());
    }

    #[test]
    fn a_memory_that_lost_a_part_is_not_taken_for_a_first_visit() {
        let directory = tempfile::tempdir().unwrap();
        let memory = Memory::at(directory.path()).unwrap();
        let tenant = TenantId::from_ulid(ulid::Ulid::generate());
        let origin = origin_of(&tenant);
        let key = SigningKey::from_seed(origin.as_str(), &[1; 32]).unwrap();
        assert!(memory.of(&tenant).unwrap().checkpoint.is_none());
        let seen = Checkpoint {
            origin,
            size: 3,
            root: Hash::of(b"root"),
        };
        let note = seen.sign(&key).unwrap();
        memory
            .remember(&tenant, &key.verifier_key(), &note)
            .unwrap();
        assert_eq!(memory.of(&tenant).unwrap().checkpoint, Some(seen));
        let whole = fs::read_to_string(memory.file(&tenant)).unwrap();
        for cut in 0..whole.len() {
            if whole.is_char_boundary(cut) {
                fs::write(memory.file(&tenant), &whole[..cut]).unwrap();
                assert!(memory.of(&tenant).is_err(), "{cut}");
            }
        }
    }
}
