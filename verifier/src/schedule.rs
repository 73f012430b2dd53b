//! The schedule: a run whenever a cron expression says so. One run at a time; a run that was missed while
//! the verifier was down is made up for once, at the start.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::memory::{self, Memory};

/// Every night at 02:30 UTC. Seconds come first.
pub const NIGHTLY: &str = "0 30 2 * * *";

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

    /// How long to wait from now: nothing, if a run was missed since the last one.
    ///
    /// # Errors
    /// If the memory cannot be read.
    pub fn wait(&self, memory: &Memory, now: DateTime<Utc>) -> std::io::Result<Duration> {
        let file = memory.directory().join("last-run");
        let last = memory::read(&file)?
            .and_then(|text| DateTime::parse_from_rfc3339(text.trim_end()).ok());
        let from = last.map_or(now, |last| last.with_timezone(&Utc));
        let due = self.next_after(from).unwrap_or(now);
        Ok((due - now).to_std().unwrap_or_default())
    }

    /// Keeps in mind that a run was made.
    ///
    /// # Errors
    /// If the memory cannot be written.
    pub fn ran(&self, memory: &Memory, at: DateTime<Utc>) -> std::io::Result<()> {
        memory.keep(
            &memory.directory().join("last-run"),
            &format!("{}\n", at.to_rfc3339()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_run_is_made_up_for_once() {
        let dir = std::env::temp_dir().join(format!("countersign-{}", ulid::Ulid::generate()));
        let memory = Memory::at(&dir).unwrap();
        let nightly: Schedule = NIGHTLY.parse().unwrap();
        let at = |text: &str| {
            DateTime::parse_from_rfc3339(text)
                .unwrap()
                .with_timezone(&Utc)
        };
        let noon = at("2026-11-21T12:00:00Z");
        assert_eq!(
            nightly.wait(&memory, noon).unwrap(),
            Duration::from_secs(14 * 3600 + 1800)
        );
        nightly.ran(&memory, at("2026-11-18T02:30:05Z")).unwrap();
        assert_eq!(nightly.wait(&memory, noon).unwrap(), Duration::ZERO);
        nightly.ran(&memory, noon).unwrap();
        assert_eq!(
            nightly.wait(&memory, noon).unwrap(),
            Duration::from_secs(14 * 3600 + 1800)
        );
        std::fs::remove_dir_all(dir).unwrap();
        assert!("every night".parse::<Schedule>().is_err());
    }
}
