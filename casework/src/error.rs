//! Why a use case could not be carried out, refusals aside.

use github::ApiError;
use jira::rest::RestError;
use store::StoreError;

/// The source or the store failed.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// Jira did not give what was asked for.
    #[error("Jira: {0}")]
    Jira(#[from] RestError),
    /// GitHub did not do what it was asked.
    #[error(transparent)]
    GitHub(#[from] ApiError),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// Somebody else changed the same thing meanwhile; trying again helps.
    #[error("the ticket was changed meanwhile")]
    Overtaken,
    /// What was written will not stand for long: news wait to be read.
    #[error("the ticket has news that were not read yet")]
    NotSettled,
    /// What is stored cannot be understood by this release.
    #[error("stored data cannot be read: {0}")]
    Unreadable(&'static str),
    /// The site is unknown, or the app is not in use there.
    #[error(transparent)]
    Site(#[from] crate::sites::SiteRefused),
}

impl CaseError {
    /// Whether trying again later may help without anybody doing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Jira(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            Self::GitHub(error) => error.is_transient(),
            Self::Overtaken | Self::NotSettled => true,
            Self::Unreadable(_) | Self::Site(_) => false,
        }
    }
}
