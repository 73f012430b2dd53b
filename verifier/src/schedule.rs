//! The schedule: a run whenever a cron expression says so, a little later by chance, so that the verifiers of many
//! tenants do not all ask Jira in the same second. A run that was missed while the verifier was down is made up for
//! once, at the start; so is one that was cut short, since only a run that came to its end counts as made. What is
//! half done is not continued: a run takes seconds to minutes, and repeating it judges one moment of the database.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::memory::{self, Memory};

/// Every night at 02:30 UTC. Seconds come first.
pub const NIGHTLY: &str = "0 30 2 * * *";

/// How long to wait after a run that was not completed: twice as long each time, an hour at most.
const FIRST_RETRY: Duration = Duration::from_secs(30);
const LONGEST_RETRY: Duration = Duration::from_secs(3600);

/// A cron expression.
#[derive(Debug, Clone)]
pub struct Schedule(cron::Schedule);

/// The text is no cron expression.
#[derive(Debug, thiserror::Error)]
#[error("not a cron expression of seconds, minutes, hours, day of month, month, day of week")]
pub struct NotASchedule;

impl FromStr for Schedule {
    type Err = NotASchedule;

    fn from_str(text: &str) -> Result<Self, NotASchedule> {
        text.parse().map(Self).map_err(|_| NotASchedule)
    }
}

impl Schedule {
    /// When the next run is due after this moment.
    #[must_use]
    pub fn next_after(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.0.after(&moment).next()
    }

    /// How long to wait from now: nothing, if a run was missed or cut short since the last one that was made; else
    /// until the next one is due, and up to `jitter` more.
    ///
    /// # Errors
    /// If the memory cannot be read.
    pub fn wait(
        &self,
        memory: &Memory,
        now: DateTime<Utc>,
        jitter: Duration,
    ) -> std::io::Result<Duration> {
        let file = memory.directory().join("last-run");
        let last = memory::read(&file)?
            .and_then(|text| DateTime::parse_from_rfc3339(text.trim_end()).ok());
        let from = last.map_or(now, |last| last.with_timezone(&Utc));
        let due = self.next_after(from).unwrap_or(now);
        match (due - now).to_std() {
            Ok(wait) => Ok(wait + by_chance(jitter)),
            Err(_) => Ok(Duration::ZERO),
        }
    }

    /// Keeps in mind that a run, begun then, came to its end.
    ///
    /// # Errors
    /// If the memory cannot be written.
    pub fn ran(&self, memory: &Memory, begun: DateTime<Utc>) -> std::io::Result<()> {
        memory.keep(
            &memory.directory().join("last-run"),
            &format!("{}\n", begun.to_rfc3339()),
        )
    }
}

/// How long to wait before trying again what could not be completed, after so many failures.
#[must_use]
pub fn retry_after(failures: u32) -> Duration {
    FIRST_RETRY
        .saturating_mul(1 << failures.saturating_sub(1).min(10))
        .min(LONGEST_RETRY)
}

fn by_chance(most: Duration) -> Duration {
    let share = store::random::<2>().map_or(0, u16::from_le_bytes);
    most * u32::from(share) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text)
            .unwrap()
            .with_timezone(&Utc)
    }

    #[test]
    fn a_run_that_was_missed_or_cut_short_is_made_up_for_once() {
        let directory = tempfile::tempdir().unwrap();
        let memory = Memory::at(directory.path()).unwrap();
        let nightly: Schedule = NIGHTLY.parse().unwrap();
        let noon = at("2026-11-21T12:00:00Z");
        let until_night = Duration::from_secs(14 * 3600 + 1800);
        let wait = || nightly.wait(&memory, noon, Duration::ZERO).unwrap();
        assert_eq!(wait(), until_night);
        nightly.ran(&memory, at("2026-11-18T02:30:05Z")).unwrap();
        assert_eq!(wait(), Duration::ZERO);
        assert_eq!(wait(), Duration::ZERO, "one that is killed did not run");
        nightly.ran(&memory, noon).unwrap();
        assert_eq!(wait(), until_night);
        assert!("every night".parse::<Schedule>().is_err());
    }

    #[test]
    fn runs_are_spread_and_never_early() {
        let directory = tempfile::tempdir().unwrap();
        let memory = Memory::at(directory.path()).unwrap();
        let nightly: Schedule = NIGHTLY.parse().unwrap();
        let before = at("2026-11-21T02:29:00Z");
        let waits: std::collections::BTreeSet<Duration> = (0..50)
            .map(|_| {
                nightly
                    .wait(&memory, before, Duration::from_secs(300))
                    .unwrap()
            })
            .collect();
        assert!(waits.len() > 10, "{waits:?}");
        assert!(*waits.first().unwrap() >= Duration::from_secs(60));
        assert!(*waits.last().unwrap() <= Duration::from_secs(360));
    }

    #[test]
    fn failures_are_retried_less_and_less_often() {
        let waits: Vec<u64> = [1, 2, 3, 20].map(|n| retry_after(n).as_secs()).to_vec();
        assert_eq!(waits, [30, 60, 120, 3600]);
    }
}
