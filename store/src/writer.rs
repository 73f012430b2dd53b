//! A writer: a thread with a connection of its own that takes queued work, carries all of it out inside one
//! transaction, commits, and only then answers. What queued up during a commit goes into the next one.
//!
//! Crash argument: before the commit returns nothing was answered and nothing is kept; after it, all that was
//! answered is on disk. If the connection is lost while a commit is under way, nobody knows: the answer says so,
//! and whoever asked tries again under the same key, which counts once.

mod group;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use record::ids::TenantId;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::address::Address;
use crate::append::{Appended, Drafted};
use crate::connection::{self, Connection};
use crate::error::StoreError;
use crate::fair::FairQueue;
use crate::head::Heads;
use crate::inbox::Delivery;
use crate::log::{self, Log};
use crate::place::{self, Place};
use crate::seal::MasterKey;
use crate::tx::Tx;
use crate::{batch, savepoint};
use group::{Done, Group};

/// How much work shares a commit: so many pieces that are carried out together, or a 16th of that in changes that
/// are run one by one. Whoever comes next waits for no more than that.
const ROOM: i32 = 1024;

/// How long the writer waits for as many as it answered a moment ago: they come back one after another, and a commit
/// for the first few of them would make all the others wait for it. It waits as long as they keep coming, with no longer
/// pause than this between them. Whoever calls alone waits for nobody.
const PAUSE: Duration = Duration::from_micros(250);
const REGATHERING: Duration = Duration::from_millis(3);

/// Runs a change inside the open transaction, or not at all where none could be opened; says how it went once the
/// commit is done.
type Change = Box<dyn FnOnce(Option<Opened<'_>>) -> Answer + Send>;
type Opened<'a> = (&'a mut Connection, &'a mut Heads, &'a MasterKey);
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// How a single piece of work is told what became of it.
pub(crate) type Tell<T> = oneshot::Sender<Result<T, StoreError>>;

/// A piece of work.
pub(crate) enum Work {
    Change(Change),
    Append(Vec<Drafted>, Tell<Vec<Appended>>, Handle),
    Receive(Box<Delivery>, Tell<bool>, Handle),
}

impl Work {
    fn weight(&self) -> i32 {
        match self {
            Self::Change(_) => 16,
            Self::Append(drafts, ..) => {
                let pieces: usize = drafts.iter().map(Drafted::pieces).sum();
                i32::try_from(pieces).unwrap_or(ROOM)
            }
            Self::Receive(..) => 1,
        }
    }
}

/// What a writer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Ledgers, and all that follows from them: locks the heads it may move.
    Ledgers,
    /// The queues alone: never waits for a ledger.
    Queues,
}

pub(crate) struct Writer {
    queue: Arc<FairQueue<Work>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(crate) fn start(
        address: &Address,
        master: Arc<MasterKey>,
        purpose: Purpose,
    ) -> Result<Self, StoreError> {
        let mut place = Place::open(address)?;
        let mut log = Log::of(address)?;
        let queue = Arc::new(FairQueue::new());
        let waiting = Arc::clone(&queue);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let mut before = 1;
                while let Some(first) = waiting.wait() {
                    waiting.fill(before - 1, PAUSE, REGATHERING);
                    let group = Group::gather(first, &waiting);
                    before = group.size();
                    let weight = group.weight();
                    let work = || carry_out(&mut place, group, &master, purpose);
                    // Whose answers are dropped is told that the writer stopped; whoever comes next is served.
                    if catch_unwind(AssertUnwindSafe(work)).is_err() {
                        place.drop_connection();
                    }
                    log.grew(weight);
                }
                drop(log);
                end(&mut place);
            })
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        Ok(Self {
            queue,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Takes no more work, lets the queue run empty and the connection close. Waits for that.
    pub(crate) fn close(&self) {
        self.queue.close();
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer did not end in order");
        }
    }

    pub(crate) async fn write<T, E, F>(&self, tenant: TenantId, change: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let whose = tenant.clone();
        let queued: Change = Box::new(move |opened| {
            let outcome = opened.map(|(connection, heads, master)| {
                savepoint::run(connection, heads, master, whose, change)
            });
            Box::new(move |committed| {
                let answer = match (outcome, committed) {
                    (None | Some(Ok(_)), Err(error)) => Err(error.into()),
                    (Some(outcome), _) => outcome,
                    (None, Ok(())) => Err(StoreError::Stopped.into()),
                };
                drop(tell.send(answer));
            })
        });
        self.push(tenant, Work::Change(queued))?;
        told.await
            .unwrap_or_else(|_| Err(StoreError::Stopped.into()))
    }

    /// Does one piece of work that is carried out together with others of its kind.
    pub(crate) async fn together<T>(
        &self,
        tenant: &TenantId,
        work: impl FnOnce(Tell<T>, Handle) -> Work,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        self.push(tenant.clone(), work(tell, Handle::current()))?;
        told.await.unwrap_or(Err(StoreError::Stopped))
    }

    fn push(&self, tenant: TenantId, work: Work) -> Result<(), StoreError> {
        self.queue
            .push(tenant, work)
            .map_err(|_| StoreError::Stopped)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// Why a group was not committed, for each of its members.
enum Failed {
    /// Nothing was kept.
    Before(String),
    /// The connection was lost during the commit.
    During(String),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Before(match error {
            StoreError::Unreachable(reason) => reason,
            StoreError::Query(reason) => reason.to_string(),
            other => other.to_string(),
        })
    }
}

impl Failed {
    fn to_store_error(&self) -> StoreError {
        match self {
            Self::Before(reason) => StoreError::Unreachable(reason.clone()),
            Self::During(reason) => StoreError::Uncertain(reason.clone()),
        }
    }
}

/// Leaves a file that is whole without its log, whoever still reads it.
fn end(place: &mut Place) {
    if let Err(error) = place.connection().and_then(log::empty) {
        tracing::warn!(%error, "the log was not taken into the file; whoever opens the file does it");
    }
}

fn carry_out(place: &mut Place, mut group: Group, master: &MasterKey, purpose: Purpose) {
    match committed(place, &mut group, master, purpose) {
        Ok(done) => group.tell(done),
        Err(failed) => {
            let error = failed.to_store_error();
            tracing::error!(%error, "a group of changes could not be committed");
            place.drop_connection();
            group.tell_of_failure(&failed);
        }
    }
}

/// Begins a group's transaction. A server may have ended the session since the last one; nothing was asked of it yet, so a new
/// session takes its place and nobody notices.
fn begin(place: &mut Place, group: &Group) -> Result<(), StoreError> {
    let begin = match group.is_of_appends() {
        true => connection::begin_to_append,
        false => connection::begin,
    };
    let connection = place.connection()?;
    let Err(error) = begin(connection) else {
        return Ok(());
    };
    if !matches!(connection, Connection::Postgres(_)) {
        return Err(error.into());
    }
    place.drop_connection();
    Ok(begin(place.connection()?)?)
}

fn committed(
    place: &mut Place,
    group: &mut Group,
    master: &MasterKey,
    purpose: Purpose,
) -> Result<Done, Failed> {
    begin(place, group)?;
    let mut done = run(place, group, master, purpose)?;
    if !place.is_in_place() {
        return Err(place::moved_away().into());
    }
    let connection = place.connection()?;
    let server = matches!(connection, Connection::Postgres(_));
    match connection::commit(connection) {
        Ok(()) => {
            place.remember(std::mem::take(&mut done.heads));
            Ok(done)
        }
        Err(error) if server => Err(Failed::During(error.to_string())),
        Err(error) => Err(Failed::Before(error.to_string())),
    }
}

/// Carries the group out after the heads that are remembered; where that finds something of it there already, once
/// more in a transaction that asks first. A group with changes cannot be carried out again, and asks at once.
fn run(
    place: &mut Place,
    group: &mut Group,
    master: &MasterKey,
    purpose: Purpose,
) -> Result<Done, StoreError> {
    if !group.is_of_appends() {
        return group.run(place.connection()?, &Heads::new(), master, purpose);
    }
    let remembered = std::mem::take(&mut place.heads);
    let connection = place.connection()?;
    match group.run(connection, &remembered, master, purpose) {
        Err(error) if batch::is_taken(&error) => {
            connection::roll_back(connection)?;
            connection::begin(connection)?;
            group.run(connection, &Heads::new(), master, purpose)
        }
        done => {
            place.heads = remembered;
            done
        }
    }
}
