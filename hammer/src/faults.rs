//! What was found wrong, and after which event.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What kind of wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// An entry that was acknowledged is not where it was said to be.
    Lost,
    /// A key has more than one entry, or was told two places.
    Duplicated,
    /// Two entries at one place, or two signed heads of which neither begins with the other.
    Fork,
    /// Anything else: a gap, a head or a tile that is not what the entries give, a verdict.
    Unsound,
    /// The writers did not go on.
    Stuck,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lost => "LOST",
            Self::Duplicated => "DUPLICATED",
            Self::Fork => "FORK",
            Self::Unsound => "UNSOUND",
            Self::Stuck => "STUCK",
        })
    }
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) detail: String,
    /// After what it was found first.
    pub(crate) after: String,
    /// How often it was found.
    pub(crate) times: usize,
}

/// All that was found, by whoever looks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    found: Arc<Mutex<Vec<Fault>>>,
    last_event: Arc<Mutex<String>>,
}

impl Faults {
    /// Whatever is found from now on is found after this.
    pub(crate) fn now_after(&self, event: &str) {
        event.clone_into(
            &mut self
                .last_event
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    pub(crate) fn find(&self, kind: Kind, detail: impl Into<String>) {
        let detail = detail.into();
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let known = found
            .iter_mut()
            .find(|known| known.kind == kind && known.detail == detail);
        if let Some(known) = known {
            known.times += 1;
            return;
        }
        let last_event = self.last_event.lock();
        found.push(Fault {
            kind,
            detail,
            after: last_event.unwrap_or_else(PoisonError::into_inner).clone(),
            times: 1,
        });
    }

    pub(crate) fn all(&self) -> Vec<Fault> {
        self.found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_again_is_told_once_with_the_event_it_came_after() {
        let faults = Faults::default();
        faults.now_after("the first event");
        faults.find(Kind::Lost, "a");
        faults.now_after("the second event");
        faults.find(Kind::Lost, "a");
        faults.find(Kind::Fork, "a");
        let found = faults.all();
        let told: Vec<_> = found
            .iter()
            .map(|f| (f.kind, f.after.as_str(), f.times))
            .collect();
        assert_eq!(
            told,
            [
                (Kind::Lost, "the first event", 2),
                (Kind::Fork, "the second event", 1)
            ]
        );
    }
}
