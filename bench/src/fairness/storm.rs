//! The storm: how it comes in, from many callers, and is worked on meanwhile.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use store::StoreError;
use tokio::task::JoinSet;

use super::tenant::Tenant;

/// How many notifications it is.
pub(super) const STORM: u32 = 50_000;

const CALLERS: usize = 64;

/// How fast it comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Evenly, in forty seconds: faster than a site can tell of that many changes.
    Even,
    /// As fast as it is answered.
    Unbridled,
}

impl Pace {
    pub(super) const ALL: [Self; 2] = [Self::Even, Self::Unbridled];

    /// In how many parts it comes.
    pub(super) const fn slices(self) -> u32 {
        match self {
            Self::Even => 10,
            Self::Unbridled => 2,
        }
    }

    const fn lasts(self) -> Duration {
        match self {
            Self::Even => Duration::from_secs(4),
            Self::Unbridled => Duration::ZERO,
        }
    }

    /// One part of it comes in, and the lane works on what it comes to.
    pub(super) async fn slice(self, loud: &Tenant) -> Result<(), StoreError> {
        let over = Arc::new(AtomicBool::new(false));
        let lane = tokio::spawn(work(loud.clone(), Arc::clone(&over)));
        let came_in = self.come_in(loud).await;
        over.store(true, Ordering::Relaxed);
        lane.await.unwrap_or(Err(StoreError::Stopped))?;
        came_in
    }

    async fn come_in(self, loud: &Tenant) -> Result<(), StoreError> {
        let begun = Instant::now();
        let of_slice = STORM / self.slices();
        let next = Arc::new(AtomicU32::new(0));
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (loud, next) = (loud.clone(), Arc::clone(&next));
            callers.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= of_slice {
                        return Ok::<_, StoreError>(());
                    }
                    let due = begun + self.lasts() * number / of_slice;
                    tokio::time::sleep_until(due.into()).await;
                    loud.is_told().await?;
                }
            });
        }
        callers.join_all().await.into_iter().collect()
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Even => "in 40 s",
            Self::Unbridled => "as fast as 64 callers can",
        })
    }
}

async fn work(loud: Tenant, over: Arc<AtomicBool>) -> Result<(), StoreError> {
    while !over.load(Ordering::Relaxed) {
        if loud.work().await? == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    Ok(())
}
