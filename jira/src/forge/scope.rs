//! The rights a Forge app asks for in its manifest and an operation needs.

/// A scope of Forge's, or that an operation needs none. Each stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ForgeScope {
    /// Whoever has a token may call it.
    None,
    /// Reading tickets, comments, properties, projects.
    ReadWork,
    /// Writing comments, properties, links.
    WriteWork,
    /// Reading accounts and their groups.
    ReadUser,
    /// Configuring Jira.
    Configure,
}

impl ForgeScope {
    /// The word in the manifest; none where none is needed.
    #[must_use]
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::ReadWork => Some("read:jira-work"),
            Self::WriteWork => Some("write:jira-work"),
            Self::ReadUser => Some("read:jira-user"),
            Self::Configure => Some("manage:jira-configuration"),
        }
    }
}
