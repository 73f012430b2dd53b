//! How rules name where a ticket moves to: a status by its name, in whatever case, or all of a category, as
//! `category:done`. A category is come into from another one alone.

/// What an entry begins with that names a category.
const CATEGORY: &str = "category:";

/// The categories that a tracker's statuses are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusCategory {
    /// Nobody works on it yet.
    ToDo,
    /// Somebody works on it.
    InProgress,
    /// Work on it is finished.
    Done,
}

impl StatusCategory {
    /// The word that names it in rules.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ToDo => "to-do",
            Self::InProgress => "in-progress",
            Self::Done => "done",
        }
    }

    fn is_named_by(self, entry: &str) -> bool {
        entry.strip_prefix(CATEGORY) == Some(self.as_str())
    }
}

/// A ticket's move to another status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusMove<'m> {
    /// The name of the status that it comes into.
    pub to: &'m str,
    /// The category that it comes into from another one; none where that stays, or is not known.
    pub into: Option<StatusCategory>,
}

impl StatusMove<'_> {
    /// The first of these entries that names where the ticket comes into.
    #[must_use]
    pub fn named_in<'e>(&self, mut entries: impl Iterator<Item = &'e str>) -> Option<&'e str> {
        let to = self.to.trim().to_lowercase();
        entries.find(|entry| match self.into {
            Some(category) if category.is_named_by(entry) => true,
            _ => !names_category(entry) && entry.to_lowercase() == to,
        })
    }
}

/// Whether an entry names a category, or is to.
pub(super) fn names_category(entry: &str) -> bool {
    entry.to_lowercase().starts_with(CATEGORY)
}

/// Whether an entry can be: what is to name a category names one that there is.
pub(super) fn is_known(entry: &str) -> bool {
    let all = [
        StatusCategory::ToDo,
        StatusCategory::InProgress,
        StatusCategory::Done,
    ];
    !names_category(entry) || all.iter().any(|category| category.is_named_by(entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_named_by_its_status_or_by_the_category_that_it_comes_into() {
        let entries = ["category:done", "Ready"];
        let named = |to, into| StatusMove { to, into }.named_in(entries.into_iter());
        let done = Some(StatusCategory::Done);
        assert_eq!(named("Closed", done), Some("category:done"));
        assert_eq!(named("Closed", None), None);
        assert_eq!(named(" READY", Some(StatusCategory::ToDo)), Some("Ready"));
        assert_eq!(named("category:done", None), None);
    }

    #[test]
    fn a_category_that_there_is_not_is_no_entry() {
        assert!(is_known("category:in-progress") && is_known("Category"));
        assert!(!is_known("category:finished") && !is_known("Category:Done"));
    }
}
