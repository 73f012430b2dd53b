//! A confusion matrix and the usual measures of it. A measure whose denominator is 0 is absent, not 0 or 1.

use std::ops::AddAssign;

/// How answers stand to what people say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Found, and there.
    pub hits: u64,
    /// Found, and not there.
    pub false_alarms: u64,
    /// Not found, and there.
    pub missed: u64,
    /// Not found, and not there.
    pub rightly_quiet: u64,
}

impl Counts {
    /// Counts one answer.
    pub const fn add(&mut self, found: bool, expected: bool) {
        let count = match (found, expected) {
            (true, true) => &mut self.hits,
            (true, false) => &mut self.false_alarms,
            (false, true) => &mut self.missed,
            (false, false) => &mut self.rightly_quiet,
        };
        *count += 1;
    }

    /// Of what was found, the share that is there.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        ratio(self.hits, self.hits + self.false_alarms)
    }

    /// Of what is there, the share that was found.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        ratio(self.hits, self.hits + self.missed)
    }

    /// Precision and recall in one, recall weighing `beta` times as much (van Rijsbergen's F).
    #[must_use]
    pub fn f(&self, beta: u32) -> Option<f64> {
        let square = u64::from(beta) * u64::from(beta);
        let hits = (1 + square) * self.hits;
        ratio(hits, hits + square * self.missed + self.false_alarms)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.hits += other.hits;
        self.false_alarms += other.false_alarms;
        self.missed += other.missed;
        self.rightly_quiet += other.rightly_quiet;
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of tickets are far below 2^53"
)]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measures_are_the_usual_ones() {
        let counts = Counts {
            hits: 8,
            false_alarms: 2,
            missed: 8,
            rightly_quiet: 82,
        };
        let near = |value: Option<f64>, wanted: f64| (value.unwrap() - wanted).abs() < 1e-9;
        assert!(near(counts.precision(), 0.8));
        assert!(near(counts.recall(), 0.5));
        assert!(near(counts.f(1), 2.0 * 0.8 * 0.5 / 1.3));
        assert!(near(counts.f(2), 5.0 * 0.8 * 0.5 / (4.0 * 0.8 + 0.5)));
    }

    #[test]
    fn what_cannot_be_measured_is_absent() {
        assert_eq!(Counts::default().precision(), None);
        assert_eq!(Counts::default().recall(), None);
        assert_eq!(Counts::default().f(1), None);
    }
}
