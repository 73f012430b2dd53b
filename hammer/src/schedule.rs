//! What is done to the writers, in which order and after which pauses: all of it follows from the seed. What the
//! processes are doing in that moment does not.

use std::fmt;
use std::time::Duration;

use crate::chance::Chance;

/// The most writers at a time.
pub(crate) const MOST_WRITERS: u64 = 4;

/// Something that is done to those who write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// One writer is killed.
    Kill,
    /// PostgreSQL stops at once; with SQLite, every process is killed at once.
    Stop,
    /// The disk that the database is on is full for a while.
    FillDisk {
        /// The server is made to need room for its log too, without which it ends itself.
        log: bool,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kill => "the kill of a writer",
            Self::Stop => "the stop of everything at once",
            Self::FillDisk { log: false } => "a full disk",
            Self::FillDisk { log: true } => "a full disk and log",
        })
    }
}

/// An event with what surrounds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// How long all is left in peace before.
    pub(crate) pause: Duration,
    /// What is done.
    pub(crate) event: Event,
    /// How long it lasts, where it lasts.
    pub(crate) lasts: Duration,
    /// How many writers there are afterwards.
    pub(crate) writers: usize,
}

/// So many kills, and for each ten of them a stop and a full disk, at least one of each.
pub(crate) fn schedule(kills: u32, chance: &mut Chance) -> Vec<Step> {
    let others = kills.div_ceil(10) as usize;
    let mut events = vec![Event::Kill; kills as usize];
    events.extend(std::iter::repeat_n(Event::Stop, others));
    events.extend((0..others).map(|number| Event::FillDisk {
        log: number % 2 == 0,
    }));
    chance.shuffle(&mut events);
    events
        .into_iter()
        .map(|event| Step {
            pause: Duration::from_millis(chance.between(50, 500)),
            event,
            lasts: Duration::from_millis(chance.between(100, 900)),
            writers: chance.between(1, MOST_WRITERS) as usize,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_follows_from_its_seed_and_has_all_that_was_asked_for() {
        let made = |seed| schedule(200, &mut Chance::from_seed(seed));
        assert_eq!(made(7), made(7));
        assert_ne!(made(7), made(8));
        let count =
            |wanted: fn(&Event) -> bool| made(7).iter().filter(|step| wanted(&step.event)).count();
        assert_eq!(count(|event| *event == Event::Kill), 200);
        assert_eq!(count(|event| *event == Event::Stop), 20);
        assert_eq!(count(|event| matches!(event, Event::FillDisk { .. })), 20);
        assert!(made(7).iter().all(|step| (1..=4).contains(&step.writers)));
    }
}
