//! The rights an app asks for in its descriptor and an operation needs.

use std::str::FromStr;

/// A Connect scope. Each stands for itself: having one does not imply another here, so the
/// descriptor lists every scope that some operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is Atlassian's own word")]
pub enum ConnectScope {
    Read,
    Write,
    Delete,
    ProjectAdmin,
    Admin,
    ActAsUser,
    AccessEmailAddresses,
}

impl ConnectScope {
    const ALL: [Self; 7] = [
        Self::Read,
        Self::Write,
        Self::Delete,
        Self::ProjectAdmin,
        Self::Admin,
        Self::ActAsUser,
        Self::AccessEmailAddresses,
    ];

    /// The word in the descriptor.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::Delete => "DELETE",
            Self::ProjectAdmin => "PROJECT_ADMIN",
            Self::Admin => "ADMIN",
            Self::ActAsUser => "ACT_AS_USER",
            Self::AccessEmailAddresses => "ACCESS_EMAIL_ADDRESSES",
        }
    }
}

/// The text is no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a Connect scope")]
pub struct NotAScope;

impl FromStr for ConnectScope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(NotAScope)
    }
}
