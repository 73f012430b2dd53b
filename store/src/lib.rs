//! Where everything is kept: the ledger, what follows from it, and the queues. The only crate that
//! knows SQL; it knows nothing of Jira, of assessments or of HTTP.
//!
//! All writing goes through one writer, [`Store::write`]: a closure per change, a savepoint per
//! closure, and one commit for all that queued up meanwhile. A change and the entry that records it
//! are therefore kept together or not at all, and an answer is given only once they are durable.

mod append;
mod checkpoints;
mod connection;
mod db;
mod entries;
mod error;
mod head;
mod inbox;
mod layout;
mod migrate;
mod outbox;
mod projection;
mod schema;
mod seal;
mod tenant;
mod time;
mod tx;
mod walk;
mod writer;

use std::sync::Arc;

use diesel::r2d2::{ConnectionManager, Pool};
use record::ids::TenantId;

pub use append::{Appended, NewEntry};
pub use checkpoints::StoredCheckpoint;
pub use connection::Address;
pub use db::{Db, Readable};
pub use entries::EntryRow;
pub use error::StoreError;
pub use inbox::{Delivery, InboxItem};
pub use migrate::{migrate, revert_all, schema_is_current};
pub use outbox::{Effect, OutboxItem};
pub use projection::{ACCOUNT_ID, TicketRow};
pub use seal::{MasterKey, MasterKeyError, random};
pub use tenant::{SiteCredential, origin_of};
pub use time::{now, now_ms};
pub use tx::Tx;
pub use walk::{HeadRow, Rows as LedgerRows, StoredDisclosure, StoredEntry, StoredTile};

use connection::{Connection, Pragmas};
use writer::Writer;

/// How many connections read at the same time.
const READERS: u32 = 4;

/// The store of one server. Cheap to clone; the clones share everything.
#[derive(Clone)]
pub struct Store {
    readers: Pool<ConnectionManager<Connection>>,
    writer: Arc<Writer>,
    master: Arc<MasterKey>,
}

impl Store {
    /// Opens the database for reading and writing. Does not migrate it.
    ///
    /// # Errors
    /// If the database cannot be opened.
    pub fn open(address: &Address, master: MasterKey) -> Result<Self, StoreError> {
        let master = Arc::new(master);
        let writer = Arc::new(Writer::start(address, Arc::clone(&master))?);
        let readers = Pool::builder()
            .max_size(READERS)
            .min_idle(Some(0))
            .connection_timeout(std::time::Duration::from_secs(10))
            .connection_customizer(Box::new(Pragmas))
            .build(ConnectionManager::new(address.as_connection_string()))
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        Ok(Self {
            readers,
            writer,
            master,
        })
    }

    /// Makes a change to a tenant's ledger and rows, all of it or nothing. Resolves once it is durable.
    /// The closure must check again whatever it relies on, since time has passed; it may be run on
    /// another thread and holds up all other writing while it runs, so it does no network.
    ///
    /// # Errors
    /// What the closure fails with; then nothing of it is kept. A failure to commit is a [`StoreError`].
    pub async fn write<T, E, F>(&self, tenant: &TenantId, change: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.writer.write(tenant.clone(), change).await
    }

    /// Reads, from one consistent state of the database.
    ///
    /// # Errors
    /// What the closure fails with, or a failure to reach the database.
    pub async fn read<T, E, F>(&self, query: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Db<'_>) -> Result<T, E> + Send + 'static,
    {
        let readers = self.readers.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut connection = readers
                .get()
                .map_err(|error| StoreError::Unreachable(error.to_string()))?;
            Db::snapshot(&mut connection, query)
        });
        read.await
            .unwrap_or_else(|_| Err(StoreError::Stopped.into()))
    }

    /// The key that seals this server's secrets.
    #[must_use]
    pub fn master_key(&self) -> &MasterKey {
        &self.master
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
