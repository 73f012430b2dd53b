//! How often each key may call. Counted by this server alone: several servers let through several times as much.

use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use record::ids::ApiKeyId;

/// The limits of all keys.
pub(crate) struct Rates {
    clock: DefaultClock,
    limiter: RateLimiter<ApiKeyId, HashMapStateStore<ApiKeyId>, DefaultClock>,
}

impl Rates {
    /// So many calls a second, and twice as many at once after a rest.
    pub(crate) fn per_second(calls: NonZeroU32) -> Self {
        let quota = Quota::per_second(calls).allow_burst(calls.saturating_mul(TWICE));
        Self {
            clock: DefaultClock::default(),
            limiter: RateLimiter::hashmap(quota),
        }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// The seconds to wait, if it is one too many.
    pub(crate) fn check(&self, key: &ApiKeyId) -> Result<(), u64> {
        let refused = self.limiter.check_key(key).err();
        refused.map_or(Ok(()), |until| {
            Err(until.wait_time_from(self.clock.now()).as_secs() + 1)
        })
    }
}

const TWICE: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn one_key_s_calls_are_not_another_s() {
        let rates = Rates::per_second(NonZeroU32::MIN);
        let (one, other) = (ApiKeyId::from_ulid(Ulid(1)), ApiKeyId::from_ulid(Ulid(2)));
        assert_eq!(rates.check(&one), Ok(()));
        assert_eq!(rates.check(&one), Ok(()));
        assert!(rates.check(&one).is_err_and(|seconds| seconds >= 1));
        assert_eq!(rates.check(&other), Ok(()));
    }
}
