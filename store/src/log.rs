//! SQLite's write-ahead log, and how what was committed gets from there into the file: beside the writer, on a thread
//! with a connection of its own, so that commits do not wait for it.
//!
//! Crash argument: SQLite's own. A passive checkpoint takes what is committed and durable in the log, waits for no
//! reader or writer, and lets none wait; the log is used until a writer finds all of it in the file and begins it anew.
//! The log cannot grow for ever: at [`crate::sqlite::LOG_PAGES`] the writer's connection does the rest itself.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::address::{Address, Target};
use crate::connection::Connection;
use crate::error::StoreError;
use crate::sqlite;

/// After so much work, by its weight, the log is worth being taken into the file.
const DUE: i32 = 1024;

/// Takes the log into the file from time to time; on PostgreSQL, nothing.
#[derive(Default)]
pub(crate) struct Log {
    since: i32,
    due: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Log {
    pub(crate) fn of(address: &Address) -> Result<Self, StoreError> {
        let Target::File(path) = address.target() else {
            return Ok(Self::default());
        };
        let connection = sqlite::open(path)?;
        let (due, waiting) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("store-log".to_owned())
            .spawn(move || take_in(connection, &waiting))
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        Ok(Self {
            since: 0,
            due: Some(due),
            thread: Some(thread),
        })
    }

    /// Work of this weight was written.
    pub(crate) fn grew(&mut self, by: i32) {
        self.since += by;
        if self.since >= DUE
            && let Some(due) = &self.due
            && !matches!(due.try_send(()), Err(TrySendError::Disconnected(())))
        {
            self.since = 0;
        }
    }
}

/// No connection outlives the writer: whichever closes last leaves no log.
impl Drop for Log {
    fn drop(&mut self) {
        self.due = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("taking the log into the file did not end in order");
        }
    }
}

/// Takes all of the log into the file and empties it. That somebody reads what is in it SQLite says in a row.
pub(crate) fn empty(connection: &mut Connection) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Outcome {
        #[diesel(sql_type = Integer)]
        busy: i32,
    }
    let Connection::Sqlite(sqlite) = connection else {
        return Ok(());
    };
    let outcome: Outcome =
        diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(sqlite)?;
    match outcome.busy {
        0 => Ok(()),
        _ => Err(StoreError::LogInUse),
    }
}

fn take_in(mut connection: SqliteConnection, due: &Receiver<()>) {
    while due.recv().is_ok() {
        if let Err(error) = connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "the log could not be taken into the file");
        }
    }
}
