//! One change in progress: what a closure given to [`crate::Store::write`] works with.

use std::collections::HashMap;

use ledger::{Hash, Origin};
use record::ids::TenantId;
use serde_json::Value;

use crate::connection::Connection;
use crate::db::Db;
use crate::error::StoreError;
use crate::head::Head;
use crate::seal::MasterKey;
use crate::tenant::origin_of;

/// A change to one tenant's ledger, rows and queues.
pub struct Tx<'c> {
    pub(crate) db: Db<'c>,
    pub(crate) tenant: TenantId,
    pub(crate) master: &'c MasterKey,
    /// The values beside the entry that is being folded.
    pub(crate) beside: Vec<(&'static str, Value)>,
    /// Encrypted or erasable values, by the digest that an entry of this change will name.
    held: HashMap<String, Vec<u8>>,
    head: Option<Head>,
    moved: bool,
    /// An append failed, so rows may lack what an entry says.
    pub(crate) half_written: bool,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(
        conn: &'c mut Connection,
        tenant: TenantId,
        head: Option<Head>,
        master: &'c MasterKey,
    ) -> Self {
        let db = Db::new(conn);
        Self {
            db,
            tenant,
            master,
            beside: Vec::new(),
            held: HashMap::new(),
            head,
            moved: false,
            half_written: false,
        }
    }

    /// The tenant whose ledger is written.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The queries.
    pub const fn db(&mut self) -> &mut Db<'c> {
        &mut self.db
    }

    /// Keeps a value that the ledger names by digest only. It goes into the row of the entry that names
    /// it. Gives the digest: SHA-256, hex.
    pub fn hold(&mut self, value: Vec<u8>) -> String {
        let digest = Hash::of(&value).to_string();
        self.held.insert(digest.clone(), value);
        digest
    }

    /// The value that an entry names by this digest: held in this change, or what its row had before.
    pub(crate) fn held(
        &self,
        digest: &str,
        before: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, StoreError> {
        self.held
            .get(digest)
            .cloned()
            .or(before)
            .filter(|value| Hash::of(value).to_string() == digest)
            .ok_or(StoreError::NotHeld)
    }

    pub(crate) fn origin(&self) -> Origin {
        origin_of(&self.tenant)
    }

    /// The head, to be moved.
    pub(crate) fn head(&mut self) -> Result<&mut Head, StoreError> {
        let head = match self.head.take() {
            Some(head) => head,
            None => Head::to_move(&mut self.db, &self.tenant)?,
        };
        self.moved = true;
        Ok(self.head.insert(head))
    }

    /// Ends the change: stores the head if it moved.
    pub(crate) fn finish(&mut self) -> Result<Option<Head>, StoreError> {
        if self.half_written {
            return Err(StoreError::HalfWritten);
        }
        if self.moved
            && let Some(head) = &mut self.head
        {
            head.store(&mut self.db, self.tenant.as_str())?;
        }
        Ok(self.head.take())
    }
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
