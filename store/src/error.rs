//! Why the store can fail. Nothing here holds what was stored.

use ledger::entry::EntryError;
use record::entries::PayloadError;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or failed a statement.
    #[error("the database failed")]
    Query(#[from] diesel::result::Error),
    /// The database could not be opened or reached.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The address of the database is not one this release can use.
    #[error("DATABASE_URL is not understood: {0}")]
    Address(&'static str),
    /// The schema could not be brought up to date.
    #[error("the schema could not be migrated: {0}")]
    Migration(String),
    /// An entry cannot be written as asked.
    #[error("the entry cannot be written")]
    Entry(#[from] EntryError),
    /// A payload cannot be written or read.
    #[error("the payload cannot be written or read")]
    Payload(#[from] PayloadError),
    /// A row is not what this release wrote.
    #[error("a row of table {0} cannot be read")]
    Row(&'static str),
    /// The head moved under us.
    #[error("the ledger's head moved during the append")]
    HeadMoved,
    /// Another checkpoint was kept since the newest one was read.
    #[error("another checkpoint was kept meanwhile")]
    CheckpointMoved,
    /// A claim on queued work ran out, and somebody else has it, or it is done.
    #[error("the claim on this work ran out")]
    ClaimLost,
    /// The connection was lost while a commit was under way: it may have been kept or not. Trying again under
    /// the same key finds out.
    #[error("the database went away during the commit: {0}")]
    Uncertain(String),
    /// An entry names an encrypted or erasable value by a digest under which none was held.
    #[error("an entry names a value that was not held")]
    NotHeld,
    /// An append failed and the change went on as if it had not.
    #[error("the change went on after an append failed")]
    HalfWritten,
    /// There is no such tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// A secret cannot be opened with this master key.
    #[error("a stored secret cannot be opened with this master key")]
    Sealed,
    /// SQLite's log could not be emptied; what was erased from the file may lie there still.
    #[error(
        "the database's log is read by somebody and still holds what was erased: end verifiers and exports, and try again"
    )]
    LogInUse,
    /// The writer stopped or the closure panicked; nothing was kept.
    #[error("the writer stopped")]
    Stopped,
}

impl StoreError {
    /// Whether the database answered, and what it holds cannot be read: to ask again changes nothing.
    #[must_use]
    pub const fn is_of_what_is_stored(&self) -> bool {
        matches!(
            self,
            Self::Entry(_)
                | Self::Payload(_)
                | Self::Row(_)
                | Self::Query(diesel::result::Error::DeserializationError(_))
        )
    }
}

impl StoreError {
    /// The error for one more who waited for the same: what is wrong with rows stays that, all else is that the database
    /// did not answer.
    pub(crate) fn for_another(&self) -> Self {
        match self {
            Self::HeadMoved => Self::HeadMoved,
            Self::Row(table) => Self::Row(table),
            Self::Sealed => Self::Sealed,
            Self::Query(reason) => Self::Unreachable(reason.to_string()),
            Self::Unreachable(reason) => Self::Unreachable(reason.clone()),
            other => Self::Unreachable(other.to_string()),
        }
    }

    /// Whether the database is away or busy, so that trying later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_)
            | Self::Uncertain(_)
            | Self::HeadMoved
            | Self::CheckpointMoved
            | Self::ClaimLost
            | Self::LogInUse
            | Self::Stopped => true,
            Self::Query(error) => !matches!(error, diesel::result::Error::NotFound),
            _ => false,
        }
    }
}
