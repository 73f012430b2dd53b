//! A repository's full name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const LONGEST: usize = 100;

/// `owner/name`, as GitHub writes it. Compared without regard to case, as GitHub does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName {
    owner: String,
    name: String,
}

/// The text is no full name of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a repository is OWNER/NAME, each of letters, digits, `.`, `_` and `-`")]
pub struct NotARepository;

impl RepositoryName {
    /// The owner's part.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The repository's own part.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for RepositoryName {
    type Err = NotARepository;

    fn from_str(text: &str) -> Result<Self, NotARepository> {
        let part = |text: &str| {
            let fit = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let names_something = !matches!(text, "." | "..");
            (1..=LONGEST).contains(&text.len()) && text.chars().all(fit) && names_something
        };
        match text.split_once('/') {
            Some((owner, name)) if part(owner) && part(name) => Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(NotARepository),
        }
    }
}

impl TryFrom<String> for RepositoryName {
    type Error = NotARepository;

    fn try_from(text: String) -> Result<Self, NotARepository> {
        text.parse()
    }
}

impl From<RepositoryName> for String {
    fn from(repository: RepositoryName) -> Self {
        repository.to_string()
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl PartialEq for RepositoryName {
    fn eq(&self, other: &Self) -> bool {
        self.owner.eq_ignore_ascii_case(&other.owner) && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl Eq for RepositoryName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_parts_and_leads_nowhere_else() {
        for text in ["acme/scoring", "Acme-1/my.repo_2"] {
            assert_eq!(text.parse::<RepositoryName>().unwrap().to_string(), text);
        }
        for text in [
            "", "acme", "acme/", "/x", "a/b/c", "a/..", "./a", "a/b?x", "a/b%2f", "a b/c",
        ] {
            assert!(text.parse::<RepositoryName>().is_err(), "{text}");
        }
    }

    #[test]
    fn case_makes_no_other_repository() {
        let name = |text: &str| text.parse::<RepositoryName>().unwrap();
        assert_eq!(name("Acme/Scoring"), name("acme/scoring"));
        assert_ne!(name("acme/scoring"), name("acme/scoring2"));
    }
}
