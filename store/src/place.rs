//! Where a writer writes: its connection, and what it remembers of the ledgers that it wrote to.

use crate::address::Address;
use crate::connection::{self, Connection};
use crate::error::StoreError;
use crate::head::Heads;
use crate::sqlite;

/// The most heads that are remembered from commit to commit.
const REMEMBERED: usize = 4096;

/// Where the writer writes. A connection that failed is not used again.
pub(crate) struct Place {
    address: Address,
    opened: Option<(u64, u64)>,
    connection: Option<Connection>,
    /// Where commits of ours left ledgers. Others may have moved them since.
    pub(crate) heads: Heads,
}

impl Place {
    pub(crate) fn open(address: &Address) -> Result<Self, StoreError> {
        let connection = connection::open(address)?;
        Ok(Self {
            opened: address.file().and_then(sqlite::file_at),
            address: address.clone(),
            connection: Some(connection),
            heads: Heads::new(),
        })
    }

    /// The connection of before, or a new one if that failed.
    pub(crate) fn connection(&mut self) -> Result<&mut Connection, StoreError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None if !self.is_in_place() => return Err(moved_away()),
            None => connection::open(&self.address)?,
        };
        Ok(self.connection.insert(connection))
    }

    /// Remembers where a commit left ledgers. Moving a head from there is a lock on it too.
    pub(crate) fn remember(&mut self, heads: Heads) {
        if cfg!(feature = "no-head-lock") {
            return;
        }
        if self.heads.len() + heads.len() > REMEMBERED {
            self.heads.clear();
        }
        self.heads.extend(heads);
    }

    /// A connection that cannot roll back any more does so by being closed. Where the ledgers are then has to be asked.
    pub(crate) fn drop_connection(&mut self) {
        self.heads.clear();
        if let Some(mut connection) = self.connection.take() {
            drop(connection::roll_back(&mut connection));
        }
    }

    /// What is written into a file that was moved away would be answered for and lost: a group is kept only
    /// if the file that was opened is still in its place.
    pub(crate) fn is_in_place(&self) -> bool {
        self.address.file().and_then(sqlite::file_at) == self.opened
    }
}

pub(crate) fn moved_away() -> StoreError {
    StoreError::Unreachable("the database file was moved away".to_owned())
}
