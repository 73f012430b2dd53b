//! The one writer: a thread that takes queued changes, runs each in a savepoint of its own inside one
//! transaction, commits them together, and only then answers.
//!
//! Crash argument: before the commit returns nothing was answered and nothing is kept; after it, all
//! that was answered is on disk (write-ahead log, synchronous FULL). There is no state in between.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use diesel::Connection as _;
use record::ids::TenantId;
use tokio::sync::oneshot;

use crate::connection::{self, Address, Connection, file_at};
use crate::error::StoreError;
use crate::head::Head;
use crate::seal::MasterKey;
use crate::tx::Tx;

/// The most changes that share a commit.
const GROUP: usize = 256;

/// Says how the commit went to whoever waits for a change.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Runs a change inside the open transaction.
type Change = Box<dyn FnOnce(&mut Connection, &mut Heads, &MasterKey) -> Answer + Send>;
/// The heads as this transaction has moved them.
pub(crate) type Heads = HashMap<TenantId, Head>;

pub(crate) struct Writer {
    queue: Option<Sender<Change>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(address: &Address, master: Arc<MasterKey>) -> Result<Self, StoreError> {
        let connection = connection::open(address)?;
        let (path, opened) = (address.path().to_owned(), file_at(address.path()));
        let (queue, changes) = channel();
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let in_place = || file_at(&path) == opened;
                run(connection, &changes, &master, in_place);
            })
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    pub(crate) async fn write<T, E, F>(&self, tenant: TenantId, change: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let queued: Change = Box::new(move |connection, heads, master| {
            let outcome = in_savepoint(connection, heads, master, tenant, change);
            Box::new(move |committed| {
                let answer = match (outcome, committed) {
                    (Ok(_), Err(error)) => Err(error.into()),
                    (outcome, _) => outcome,
                };
                drop(tell.send(answer));
            })
        });
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.send(queued).map_err(|_| StoreError::Stopped)?;
        told.await
            .unwrap_or_else(|_| Err(StoreError::Stopped.into()))
    }
}

/// Lets the queue run empty and the connection close, so that a server that stops in order leaves one
/// whole file behind, without a log beside it.
impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer did not end in order");
        }
    }
}

/// What is written into a file that was moved away would be answered for and lost: a group is kept only if
/// the file that was opened is still in its place.
fn run(
    mut connection: Connection,
    changes: &Receiver<Change>,
    master: &MasterKey,
    in_place: impl Fn() -> bool,
) {
    while let Ok(first) = changes.recv() {
        let group: Vec<Change> = std::iter::once(first)
            .chain(changes.try_iter().take(GROUP - 1))
            .collect();
        let mut answers = Vec::with_capacity(group.len());
        let committed = connection.immediate_transaction(|connection| {
            let mut heads = Heads::new();
            for change in group {
                answers.push(change(connection, &mut heads, master));
            }
            match in_place() {
                true => Ok(()),
                false => Err(diesel::result::Error::RollbackTransaction),
            }
        });
        if let Err(error) = &committed {
            tracing::error!(%error, "a group of changes could not be committed");
        }
        let reason = committed.err().map(|error| error.to_string());
        for answer in answers {
            answer(
                reason
                    .clone()
                    .map_or(Ok(()), |reason| Err(StoreError::Unreachable(reason))),
            );
        }
    }
}

/// Runs one change in a savepoint. If it fails or panics, the savepoint is rolled back and the heads
/// are as before; the others of the group are not touched.
fn in_savepoint<T, E, F>(
    connection: &mut Connection,
    heads: &mut Heads,
    master: &MasterKey,
    tenant: TenantId,
    change: F,
) -> Result<T, E>
where
    E: From<StoreError>,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
{
    let mut outcome = None;
    let head = heads.get(&tenant).cloned();
    let kept = connection.transaction(|connection| {
        let mut tx = Tx::new(connection, tenant.clone(), head, master);
        let result = catch_unwind(AssertUnwindSafe(|| change(&mut tx)))
            .unwrap_or_else(|_| Err(StoreError::Stopped.into()))
            .and_then(|value| tx.finish().map(|head| (value, head)).map_err(E::from));
        match result {
            Ok((value, head)) => {
                outcome = Some(Ok(value));
                Ok(head)
            }
            Err(error) => {
                outcome = Some(Err(error));
                Err(diesel::result::Error::RollbackTransaction)
            }
        }
    });
    match (outcome, kept) {
        (Some(Ok(value)), Ok(head)) => {
            if let Some(head) = head {
                heads.insert(tenant, head);
            }
            Ok(value)
        }
        (Some(Err(error)), _) => Err(error),
        (_, Err(error)) => Err(StoreError::Query(error).into()),
        (None, Ok(_)) => Err(StoreError::Stopped.into()),
    }
}
