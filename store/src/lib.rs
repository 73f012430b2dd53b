//! Where everything is kept: the ledger, what follows from it, and the queues. The only crate that
//! knows SQL; it knows nothing of Jira, of assessments or of HTTP.
//!
//! All writing goes through one writer, [`Store::write`]: a closure per change, a savepoint per
//! closure, and one commit for all that queued up meanwhile. A change and the entry that records it
//! are therefore kept together or not at all, and an answer is given only once they are durable.

mod address;
mod append;
mod batch;
mod callers;
mod checkpoints;
mod claim;
mod connection;
mod db;
mod entries;
mod error;
mod events;
mod fair;
mod feed_positions;
mod head;
mod inbox;
mod layout;
mod leases;
mod log;
mod migrate;
mod outbox;
mod place;
mod postgres;
mod projection;
mod reports;
mod roles;
mod rows;
mod savepoint;
mod schema;
mod seal;
mod sqlite;
mod stored;
mod syncs;
mod tenant;
mod time;
mod tx;
mod walk;
mod writer;

#[cfg(all(feature = "no-head-lock", not(debug_assertions)))]
compile_error!("no-head-lock lets ledgers fork: it is for the hammer, and never for a release");

use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::Pool;
use record::ids::{CodeHostId, TenantId};
use record::state::ApiKey;

pub use address::Address;
pub use append::{Appended, NewEntry};
pub use checkpoints::StoredCheckpoint;
pub use db::{Db, Readable};
pub use entries::{EntriesWanted, EntryRow};
pub use error::StoreError;
pub use events::NewEvent;
pub use feed_positions::FeedPosition;
pub use inbox::{Delivery, InboxItem};
pub use leases::instance_name;
pub use migrate::{migrate, revert_all, schema_is_current};
pub use outbox::{Effect, OutboxItem, Unsent};
pub use projection::{
    ACCOUNT_ID, CodeHostCredential, DueWaiver, JiraCredential, ReleaseOver, TicketRow,
};
pub use reports::{LeftReport, leave_report};
pub use roles::{NotARole, Role, Roles, grant};
pub use seal::{MasterKey, MasterKeyError, random};
pub use stored::StoredEntry;
pub use syncs::SyncState;
pub use tenant::{SiteCredential, origin_of};
pub use time::{now, now_ms};
pub use tx::Tx;
pub use walk::{HeadRow, Rows as LedgerRows, StoredDisclosure, StoredTile};

use callers::Callers;
use connection::Readers;
use writer::{Purpose, Work, Writer};

/// How many connections read at the same time.
const READERS: u32 = 4;

/// How often an append is tried when the database goes away under it.
const TRIES: u32 = 5;

/// The store of one server. Cheap to clone; the clones share everything.
#[derive(Clone)]
pub struct Store {
    readers: Pool<Readers>,
    /// Closed before the writer, which leaves no log behind if its connection is the last.
    callers: Arc<Callers>,
    writer: Arc<Writer>,
    /// Where several can write at a time, a writer for the queues alone, which waits for no ledger.
    queues: Arc<Writer>,
    master: Arc<MasterKey>,
}

impl Store {
    /// Opens the database for reading and writing. Does not migrate it.
    ///
    /// # Errors
    /// If the database cannot be opened.
    pub fn open(address: &Address, master: MasterKey) -> Result<Self, StoreError> {
        if cfg!(feature = "no-head-lock") {
            tracing::warn!("built without the lock on heads: ledgers will fork");
        }
        let master = Arc::new(master);
        let start = |purpose| Writer::start(address, Arc::clone(&master), purpose).map(Arc::new);
        let writer = start(Purpose::Ledgers)?;
        let queues = match address.is_postgres() {
            true => start(Purpose::Queues)?,
            false => Arc::clone(&writer),
        };
        let readers = Pool::builder()
            .max_size(READERS)
            .min_idle(Some(0))
            .connection_timeout(Duration::from_secs(10))
            .build(Readers(address.clone()))
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        Ok(Self {
            callers: Arc::new(Callers::start(address, Arc::clone(&master))?),
            readers,
            writer,
            queues,
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

    /// Appends an entry that changes nothing else; with others of its kind in one piece, as many as queued up
    /// during the last commit. If the database goes away meanwhile it is tried again under the same key, so that
    /// it counts once whatever became of the first try. An entry that leads to rows is a change: see
    /// [`Store::write`].
    ///
    /// # Errors
    /// If the entry has not its form, or the database stays away.
    pub async fn append(&self, tenant: &TenantId, new: NewEntry) -> Result<Appended, StoreError> {
        let event = NewEvent {
            entry: new,
            leads_to_tickets: false,
        };
        self.append_event(tenant, &event).await
    }

    /// Appends one event, as [`Store::append_events`].
    ///
    /// # Errors
    /// If the entry has not its form, or the database stays away.
    pub async fn append_event(
        &self,
        tenant: &TenantId,
        new: &NewEvent,
    ) -> Result<Appended, StoreError> {
        let appended = self
            .append_events(tenant, std::slice::from_ref(new))
            .await?;
        appended.into_iter().next().ok_or(StoreError::Stopped)
    }

    /// Appends the events of one delivery, all or none, and queues fresh ones to be linked; in one piece with others,
    /// and tried again, as [`Store::append`] does. Gives what became of each, in their order.
    ///
    /// # Errors
    /// If an entry has not its form, or the database stays away.
    pub async fn append_events(
        &self,
        tenant: &TenantId,
        news: &[NewEvent],
    ) -> Result<Vec<Appended>, StoreError> {
        let (mut tries, mut uncertain) = (1, None);
        loop {
            let appended = if news.iter().any(|new| new.entry.payload.leads_to_rows()) {
                let news = news.to_vec();
                self.write(tenant, |tx| {
                    news.into_iter().map(|new| tx.append_event(new)).collect()
                })
                .await
            } else {
                let drafts = news.iter().map(|new| new.drafted(tenant));
                let drafts = drafts.collect::<Result<Vec<_>, _>>()?;
                let work = |tell, runtime| Work::Append(drafts, tell, runtime);
                self.writer.together(tenant, work).await
            };
            match appended {
                Err(error) if error.is_transient() && tries < TRIES => {
                    tokio::time::sleep(Duration::from_millis(50 << tries)).await;
                    tries += 1;
                    if matches!(error, StoreError::Uncertain(_)) {
                        uncertain = Some(error);
                    }
                }
                // What nobody knew of one try, a later one that failed has not found out.
                Err(error) if error.is_transient() => return Err(uncertain.unwrap_or(error)),
                outcome => return outcome,
            }
        }
    }

    /// Whose the key of this hash is. Looked up together with others that ask meanwhile.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub async fn api_key_owner(
        &self,
        secret_digest: String,
    ) -> Result<Option<(TenantId, ApiKey)>, StoreError> {
        self.callers.key_owner(secret_digest).await
    }

    /// What deliveries of this code host are checked with. Looked up together with others that ask meanwhile.
    ///
    /// # Errors
    /// If the master key does not open the secret, or the database fails.
    pub async fn code_host_credential(
        &self,
        host: CodeHostId,
    ) -> Result<Option<CodeHostCredential>, StoreError> {
        self.callers.code_host(host).await
    }

    /// Makes a change to a tenant's queues alone. Where that is possible it waits for no ledger.
    ///
    /// # Errors
    /// What the closure fails with; then nothing of it is kept. A failure to commit is a [`StoreError`].
    pub async fn queue<T, F>(&self, tenant: &TenantId, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.queues.write(tenant.clone(), change).await
    }

    /// Takes or renews a lease on a job; whether `holder` has it now, for so many milliseconds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lease(
        &self,
        job: &'static str,
        holder: &str,
        lasts_ms: i64,
    ) -> Result<bool, StoreError> {
        let holder = holder.to_owned();
        self.queue(&nobody(), move |tx| tx.lease(job, &holder, lasts_ms))
            .await
    }

    /// Gives a lease back, so that another server need not wait for its end.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_lease(&self, job: &'static str, holder: &str) -> Result<(), StoreError> {
        let holder = holder.to_owned();
        self.queue(&nobody(), move |tx| tx.end_lease(job, &holder))
            .await
    }

    /// Removes a report that was taken, or refused for good.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_report(&self, report: LeftReport) -> Result<(), StoreError> {
        self.queue(&nobody(), move |tx| tx.remove_report(&report))
            .await
    }

    /// Takes a notification in; it is durable when this resolves. False if the same delivery waits already.
    ///
    /// # Errors
    /// If the database fails; then the sender has to try again.
    pub async fn receive(&self, tenant: &TenantId, delivery: Delivery) -> Result<bool, StoreError> {
        let work = |tell, runtime| Work::Receive(Box::new(delivery), tell, runtime);
        self.queues.together(tenant, work).await
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

    /// Takes all of SQLite's log into the file and empties it, so that what was erased does not lie there any longer.
    /// Waits for readers, ten seconds at most. On PostgreSQL, nothing: its log is the operator's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn empty_log(&self) -> Result<(), StoreError> {
        let readers = self.readers.clone();
        let emptied = tokio::task::spawn_blocking(move || {
            let mut connection = readers
                .get()
                .map_err(|error| StoreError::Unreachable(error.to_string()))?;
            log::empty(&mut connection)
        });
        emptied.await.unwrap_or(Err(StoreError::Stopped))
    }

    /// Ends writing, for all clones: what is queued is carried out, and whoever comes later is told that the writer
    /// stopped. SQLite's file is whole then, whoever still reads it.
    ///
    /// # Errors
    /// If the writer did not end in order.
    pub async fn close(&self) -> Result<(), StoreError> {
        let callers = Arc::clone(&self.callers);
        let writers = [Arc::clone(&self.writer), Arc::clone(&self.queues)];
        let closed = tokio::task::spawn_blocking(move || {
            callers.close();
            for writer in writers {
                writer.close();
            }
        });
        closed.await.map_err(|_| StoreError::Stopped)
    }

    /// The key that seals this server's secrets.
    #[must_use]
    pub fn master_key(&self) -> &MasterKey {
        &self.master
    }
}

/// In whose turn work is queued that is no tenant's.
fn nobody() -> TenantId {
    TenantId::from_ulid(ulid::Ulid::nil())
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
