//! The last signed checkpoint of each ledger, in files outside the database: who can turn the database
//! back cannot turn these back with it.
//!
//! Crash argument: a file is written beside, synced and renamed, so it is the old or the new one. It is
//! written before the checkpoint goes into the database, so the database is never ahead of it.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use record::ids::TenantId;

#[derive(Debug)]
pub(crate) struct Heads {
    directory: PathBuf,
}

impl Heads {
    pub(crate) const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The note last signed for this tenant.
    pub(crate) fn last(&self, tenant: &TenantId) -> io::Result<Option<String>> {
        match fs::read_to_string(self.file(tenant)) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a note; durable when this returns.
    pub(crate) fn keep(&self, tenant: &TenantId, note: &str) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let beside = self.directory.join(format!("{tenant}.new"));
        let mut file = fs::File::create(&beside)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, self.file(tenant))?;
        fs::File::open(&self.directory)?.sync_all()
    }

    fn file(&self, tenant: &TenantId) -> PathBuf {
        self.directory.join(format!("{tenant}.checkpoint"))
    }
}
