//! Coverage: what became of a requirement, as far as anything is recorded of it, and how often. Nothing here looks at
//! code: that a place in the code meets a requirement is what somebody said.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// What became of a requirement of one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Coverage {
    /// It is said where the code meets it, and the ticket was approved: before it was deployed, if it was.
    Met,
    /// The ticket was deployed without that.
    Failed,
    /// An approver waived it, and the waiver holds.
    Waived,
    /// The ticket is not deployed, and something of that is missing yet.
    Unknown,
}

/// What is recorded of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Whether somebody said where the code meets it.
    pub said: bool,
    /// Whether a waiver holds.
    pub waived: bool,
    /// How far the ticket has come.
    pub stage: Stage,
}

/// How far a ticket has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is not deployed.
    Open {
        /// Whether an approval counts.
        approved: bool,
    },
    /// It is deployed.
    Deployed {
        /// Whether an approval counted when it was.
        approved: bool,
    },
}

/// Why a requirement is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Lack {
    /// Nobody said where the code meets it.
    NotSaid,
    /// No approval counts.
    NotApproved,
    /// None counted when it was deployed.
    DeployedUnapproved,
}

impl Recorded {
    /// What became of it.
    #[must_use]
    pub const fn coverage(self) -> Coverage {
        match self {
            Self { waived: true, .. } => Coverage::Waived,
            Self {
                said: true,
                stage: Stage::Open { approved: true } | Stage::Deployed { approved: true },
                ..
            } => Coverage::Met,
            Self {
                stage: Stage::Open { .. },
                ..
            } => Coverage::Unknown,
            Self {
                stage: Stage::Deployed { .. },
                ..
            } => Coverage::Failed,
        }
    }

    /// What is missing for it to be met; whether it is waived makes no difference.
    #[must_use]
    pub fn lacks(self) -> Vec<Lack> {
        let not_said = (!self.said).then_some(Lack::NotSaid);
        let not_approved = match self.stage {
            Stage::Open { approved: false } => Some(Lack::NotApproved),
            Stage::Deployed { approved: false } => Some(Lack::DeployedUnapproved),
            Stage::Open { approved: true } | Stage::Deployed { approved: true } => None,
        };
        not_said.into_iter().chain(not_approved).collect()
    }
}

/// How many requirements came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Met.
    pub met: u64,
    /// Failed.
    pub failed: u64,
    /// Waived.
    pub waived: u64,
    /// Unknown.
    pub unknown: u64,
}

impl Tally {
    /// One more.
    pub const fn count(&mut self, one: Coverage) {
        match one {
            Coverage::Met => self.met += 1,
            Coverage::Failed => self.failed += 1,
            Coverage::Waived => self.waived += 1,
            Coverage::Unknown => self.unknown += 1,
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn all(self) -> u64 {
        self.met + self.failed + self.waived + self.unknown
    }

    /// How many the rate is of: all but those that are waived.
    #[must_use]
    pub const fn asked(self) -> u64 {
        self.met + self.failed + self.unknown
    }

    /// How many of those asked for are met, in tenths of a percent, rounded down, so that 100 % means every one. None
    /// where none is asked for.
    #[must_use]
    pub const fn rate_tenths(self) -> Option<u64> {
        (self.met * 1_000).checked_div(self.asked())
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.met += other.met;
        self.failed += other.failed;
        self.waived += other.waived;
        self.unknown += other.unknown;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn recorded(said: bool, waived: bool, stage: Stage) -> Recorded {
        Recorded {
            said,
            waived,
            stage,
        }
    }

    #[test]
    fn what_is_deployed_without_word_or_approval_failed_and_what_is_open_may_still_come() {
        let open = |approved| Stage::Open { approved };
        let deployed = |approved| Stage::Deployed { approved };
        for (said, stage, became) in [
            (true, open(true), Coverage::Met),
            (true, deployed(true), Coverage::Met),
            (true, open(false), Coverage::Unknown),
            (false, open(true), Coverage::Unknown),
            (false, deployed(true), Coverage::Failed),
            (true, deployed(false), Coverage::Failed),
        ] {
            let one = recorded(said, false, stage);
            assert_eq!(one.coverage(), became, "{one:?}");
            assert_eq!(one.lacks().is_empty(), became == Coverage::Met, "{one:?}");
            let waived = recorded(said, true, stage);
            assert_eq!(waived.coverage(), Coverage::Waived, "{waived:?}");
        }
        assert_eq!(
            recorded(false, false, deployed(false)).lacks(),
            [Lack::NotSaid, Lack::DeployedUnapproved]
        );
    }

    #[test]
    fn a_rate_is_of_what_is_asked_for_and_never_rounded_up_to_all() {
        let mut tally = Tally::default();
        assert_eq!(tally.rate_tenths(), None);
        tally.count(Coverage::Waived);
        assert_eq!(
            (tally.all(), tally.asked(), tally.rate_tenths()),
            (1, 0, None)
        );
        tally += Tally {
            met: 1_999,
            unknown: 1,
            ..Tally::default()
        };
        assert_eq!((tally.asked(), tally.rate_tenths()), (2_000, Some(999)));
        tally.count(Coverage::Failed);
        assert_eq!((tally.asked(), tally.rate_tenths()), (2_001, Some(999)));
    }
}
