//! Who calls: what every call asks before anything else, whose key this is and with which secret that code host signs.
//! A thread of its own with a connection of its own answers all that came while it was answering, for each key and each
//! host by one statement. Nothing is remembered: whoever asks after a key was revoked is told so.

use std::collections::HashMap;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use diesel::r2d2::ManageConnection;
use record::ids::{CodeHostId, TenantId};
use record::state::ApiKey;
use tokio::sync::oneshot;

use crate::address::Address;
use crate::connection::{Connection, Readers};
use crate::db::Db;
use crate::error::StoreError;
use crate::postgres;
use crate::projection::CodeHostCredential;
use crate::seal::MasterKey;
use crate::writer::Tell;

/// How long whoever calls waits to be known.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most questions that are answered at once.
const MOST_TOGETHER: usize = 1024;

type KeyOwner = Option<(TenantId, ApiKey)>;

enum Question {
    /// Whose the key of this hash is.
    Key(String, Tell<KeyOwner>),
    /// What deliveries of this code host are checked with.
    CodeHost(CodeHostId, Tell<Option<CodeHostCredential>>),
}

/// Where the questions are put. The thread ends when this is closed.
pub(crate) struct Callers {
    put: Mutex<Option<Sender<Question>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Callers {
    pub(crate) fn start(address: &Address, master: Arc<MasterKey>) -> Result<Self, StoreError> {
        let (put, questions) = mpsc::channel();
        let mut desk = Desk {
            readers: Readers(address.clone()),
            connection: None,
            unreachable: None,
            master,
        };
        let thread = thread::Builder::new()
            .name("store-callers".to_owned())
            .spawn(move || {
                while let Some(asked) = Asked::gather(&questions) {
                    // Whose answers are dropped is told that this stopped; whoever asks next is answered.
                    let answering = || asked.answer(&mut desk);
                    if catch_unwind(AssertUnwindSafe(answering)).is_err() {
                        desk.connection = None;
                        tracing::error!("callers could not be looked up");
                    }
                }
            })
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        Ok(Self {
            put: Mutex::new(Some(put)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Takes no more questions, and lets the connection close. Waits for that.
    pub(crate) fn close(&self) {
        drop(lock(&self.put).take());
        if let Some(thread) = lock(&self.thread).take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that looks callers up did not end in order");
        }
    }

    pub(crate) async fn key_owner(&self, digest: String) -> Result<KeyOwner, StoreError> {
        self.ask(|tell| Question::Key(digest, tell)).await
    }

    pub(crate) async fn code_host(
        &self,
        host: CodeHostId,
    ) -> Result<Option<CodeHostCredential>, StoreError> {
        self.ask(|tell| Question::CodeHost(host, tell)).await
    }

    async fn ask<T>(&self, question: impl FnOnce(Tell<T>) -> Question) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        match lock(&self.put).as_ref() {
            Some(put) => put.send(question(tell)).map_err(|_| StoreError::Stopped)?,
            None => return Err(StoreError::Stopped),
        }
        match tokio::time::timeout(PATIENCE, told).await {
            Ok(answered) => answered.unwrap_or(Err(StoreError::Stopped)),
            Err(_) => Err(StoreError::Unreachable(
                "it did not say in time who calls".to_owned(),
            )),
        }
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was asked meanwhile.
#[derive(Default)]
struct Asked {
    keys: Line<String, KeyOwner>,
    code_hosts: Line<CodeHostId, Option<CodeHostCredential>>,
}

impl Asked {
    /// What waits, as soon as there is something; none if nobody can ask any more.
    fn gather(questions: &Receiver<Question>) -> Option<Self> {
        let mut asked = Self::default();
        asked.add(questions.recv().ok()?);
        for question in questions.try_iter().take(MOST_TOGETHER - 1) {
            asked.add(question);
        }
        Some(asked)
    }

    fn add(&mut self, question: Question) {
        match question {
            Question::Key(digest, tell) => self.keys.add(digest, tell),
            Question::CodeHost(host, tell) => self.code_hosts.add(host, tell),
        }
    }

    fn answer(self, desk: &mut Desk) {
        desk.unreachable = None;
        self.keys
            .answer(desk, |db, _, digest| db.api_key_of(digest));
        self.code_hosts.answer(desk, |db, master, host| {
            db.code_host_credential(host, master)
        });
    }
}

/// Where the answers come from: a connection that is kept.
struct Desk {
    readers: Readers,
    connection: Option<Connection>,
    /// Why there is none in this round: it is tried once, and not for everybody who waits.
    unreachable: Option<StoreError>,
    master: Arc<MasterKey>,
}

impl Desk {
    /// Asks on the connection of before; if that fails, once more on a new one, since the server may have ended it.
    fn find<T>(
        &mut self,
        find: impl Fn(&mut Db<'_>, &MasterKey) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if let Some(mut connection) = self.connection.take() {
            let found = find(&mut Db::new(&mut connection), &self.master);
            if !matches!(found, Err(StoreError::Query(_))) {
                self.connection = Some(connection);
                return found;
            }
        }
        if let Some(reason) = &self.unreachable {
            return Err(reason.for_another());
        }
        match self.connect() {
            Ok(connection) => {
                let connection = self.connection.insert(connection);
                find(&mut Db::new(connection), &self.master)
            }
            Err(reason) => {
                let told = reason.for_another();
                self.unreachable = Some(reason);
                Err(told)
            }
        }
    }

    /// A standby may not have heard yet that a key was revoked. A primary does not become one without ending its
    /// sessions, so that a new one is asked once.
    fn connect(&self) -> Result<Connection, StoreError> {
        let mut connection = self.readers.connect()?;
        if let Connection::Postgres(pg) = &mut connection {
            if postgres::is_standby(pg)? {
                let standby = "a standby answers, which may not know yet what was revoked";
                return Err(StoreError::Unreachable(standby.to_owned()));
            }
            postgres::keep_plans(pg)?;
        }
        Ok(connection)
    }
}

/// Who waits for the same answer, by what they ask.
struct Line<K, T>(HashMap<K, Vec<Tell<T>>>);

impl<K, T> Default for Line<K, T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq, T: Clone> Line<K, T> {
    fn add(&mut self, key: K, tell: Tell<T>) {
        self.0.entry(key).or_default().push(tell);
    }

    fn answer(
        self,
        desk: &mut Desk,
        find: impl Fn(&mut Db<'_>, &MasterKey, &K) -> Result<T, StoreError>,
    ) {
        for (key, mut tells) in self.0 {
            tells.retain(|tell| !tell.is_closed());
            if tells.is_empty() {
                continue;
            }
            let found = desk.find(|db, master| find(db, master, &key));
            for tell in tells {
                drop(tell.send(again(&found)));
            }
        }
    }
}

fn again<T: Clone>(found: &Result<T, StoreError>) -> Result<T, StoreError> {
    match found {
        Ok(found) => Ok(found.clone()),
        Err(error) => Err(error.for_another()),
    }
}
