//! How long things took, one by one, and what so many of a hundred of them did not exceed.

use std::time::Duration;

#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }

    /// In milliseconds; one of the times that were seen.
    pub(crate) fn percentile(&mut self, of_a_hundred: usize) -> f64 {
        let at = (self.0.len() * of_a_hundred)
            .div_ceil(100)
            .saturating_sub(1);
        if at >= self.0.len() {
            return f64::NAN;
        }
        let (_, time, _) = self.0.select_nth_unstable(at);
        time.as_secs_f64() * 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_seen() {
        let (mut times, mut later) = (Times::default(), Times::default());
        (101..=200).for_each(|ms| later.add(Duration::from_millis(ms)));
        (1..=100).for_each(|ms| times.add(Duration::from_millis(ms)));
        times.join(later);
        assert_eq!(times.count(), 200);
        assert_eq!(times.percentile(50), 100.0);
        assert_eq!(times.percentile(99), 198.0);
        assert!(Times::default().percentile(99).is_nan());
    }
}
