//! Several servers on one PostgreSQL that nobody disturbs: how fast they append together, and that no fork comes of it.

use std::time::Duration;

use crate::chance::Chance;
use crate::database::{Database, Kind};
use crate::report::Tally;
use crate::run::Scene;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) seconds: u64,
    pub(crate) servers: u32,
    pub(crate) callers: u32,
    pub(crate) seed: u64,
}

/// Lets them append for so long.
pub(crate) fn run(asked: Asked) -> anyhow::Result<Tally> {
    let mut chance = Chance::from_seed(asked.seed);
    let database = Database::as_in_earnest(&mut chance)?;
    let callers = asked.callers.div_ceil(asked.servers);
    let mut scene = Scene::set(database, &mut chance, callers, 0, false)?;
    scene.faults.now_after("a run without disturbance");
    scene.crew.bring_writers_to(asked.servers as usize)?;
    std::thread::sleep(Duration::from_secs(asked.seconds));
    scene.finish(Kind::Postgres)
}

/// The value that so many of a hundred do not exceed.
pub(crate) fn percentile(sorted: &[u32], of_a_hundred: usize) -> u32 {
    let at = (sorted.len() * of_a_hundred).div_ceil(100);
    sorted
        .get(at.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_seen() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!(
            (percentile(&values, 50), percentile(&values, 99)),
            (100, 198)
        );
        assert_eq!(percentile(&[7], 99), 7);
        assert_eq!(percentile(&[], 50), 0);
    }
}
