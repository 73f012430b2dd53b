//! How often a call is made again, and after what pause. It decides; somebody else sleeps.

use std::time::Duration;

use super::failure::CallError;

/// The pauses before a call is repeated that failed.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];
/// How often a call waits because the server asks for it.
const MOST_WAITS: usize = 3;
/// The longest of such waits: a pipeline that hangs for an hour helps nobody.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What is left of it, for one call.
#[derive(Debug, Default)]
pub(super) struct Patience {
    waits: usize,
    repeats: usize,
}

impl Patience {
    /// The pause before the call is made again; none if it has failed for good. What was refused for now was not
    /// carried out, so any call may be made again.
    pub(super) fn after(&mut self, failed: &CallError, repeatable: bool) -> Option<Duration> {
        match failed {
            CallError::TooMany { wait, .. } => {
                self.waits += 1;
                (self.waits <= MOST_WAITS && *wait <= LONGEST_WAIT).then_some(*wait)
            }
            failed if failed.may_pass() && repeatable => {
                let pause = PAUSES.get(self.repeats).copied();
                self.repeats += 1;
                pause
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printable::Printable;

    fn too_many(seconds: u64) -> CallError {
        CallError::TooMany {
            told: Printable::default(),
            wait: Duration::from_secs(seconds),
        }
    }

    fn unreachable() -> CallError {
        CallError::Unreachable {
            cause: Printable::default(),
        }
    }

    #[test]
    fn it_waits_as_asked_three_times_and_never_for_long() {
        let mut patience = Patience::default();
        for seconds in [1, 60, 2] {
            let wait = patience.after(&too_many(seconds), false);
            assert_eq!(wait, Some(Duration::from_secs(seconds)));
        }
        assert_eq!(patience.after(&too_many(1), false), None);
        assert_eq!(Patience::default().after(&too_many(61), true), None);
    }

    #[test]
    fn it_repeats_twice_what_may_be_repeated() {
        let mut patience = Patience::default();
        assert_eq!(patience.after(&unreachable(), true), Some(PAUSES[0]));
        assert_eq!(
            patience.after(&too_many(1), true),
            Some(Duration::from_secs(1))
        );
        assert_eq!(patience.after(&unreachable(), true), Some(PAUSES[1]));
        assert_eq!(patience.after(&unreachable(), true), None);
        assert_eq!(Patience::default().after(&unreachable(), false), None);
        assert_eq!(
            Patience::default().after(&CallError::Unreadable, true),
            None
        );
        assert_eq!(
            Patience::default().after(&CallError::Redirected(302), true),
            None
        );
    }
}
