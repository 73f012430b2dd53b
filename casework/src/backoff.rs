//! When to try again: twice as long each time, with jitter, and an end.

use std::time::Duration;

/// The most attempts before a thing is laid aside.
pub(crate) const MOST_ATTEMPTS: u32 = 12;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(3600);

/// When to try again after this many failed attempts, in milliseconds since 1970; none if it was the
/// last. The source's own wish to wait is honoured where it is longer.
pub(crate) fn next_attempt_ms(failed: u32, wished: Option<Duration>) -> Option<i64> {
    if failed >= MOST_ATTEMPTS {
        return None;
    }
    let doubled = FIRST.saturating_mul(1 << failed.min(12)).min(LONGEST);
    let wait = doubled.max(wished.unwrap_or_default());
    let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 4);
    let jitter = store::random::<2>().map_or(0, |bytes| i64::from(u16::from_le_bytes(bytes)));
    Some(store::now_ms() + millis + millis * jitter / (4 * i64::from(u16::MAX)))
}

/// When to look again whether what waits since then can begin at last, in milliseconds since 1970: soon while it is new,
/// every half hour at last. Never at the same distance twice, since another server may be the one that can.
pub(crate) fn look_again_ms(since_ms: i64) -> i64 {
    let now = store::now_ms();
    let wait = (now.saturating_sub(since_ms) / 4).clamp(15_000, 1_200_000);
    let jitter = store::random::<2>().map_or(0, |bytes| i64::from(u16::from_le_bytes(bytes)));
    now + wait + wait * jitter / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_honour_the_source_and_end() {
        let wait = |failed, wished| next_attempt_ms(failed, wished).map(|at| at - store::now_ms());
        assert!((1_900..=2_600).contains(&wait(0, None).unwrap()));
        assert!((3_900..=5_100).contains(&wait(1, None).unwrap()));
        assert!(wait(0, Some(Duration::from_secs(90))).unwrap() >= 89_900);
        assert!(wait(11, None).unwrap() <= 4_500_000);
        assert_eq!(wait(MOST_ATTEMPTS, None), None);
    }

    #[test]
    fn what_cannot_begin_is_looked_at_soon_and_later_seldom() {
        let now = store::now_ms();
        let waits = |since| look_again_ms(since) - now;
        assert!((15_000..=31_000).contains(&waits(now)));
        assert!((900_000..=1_810_000).contains(&waits(now - 3_600_000)));
        assert!((1_200_000..=2_410_000).contains(&waits(0)));
    }
}
