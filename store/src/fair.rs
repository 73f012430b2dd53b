//! The queue before the writer: first come, first served within a tenant, and tenants in turn. One tenant's storm
//! waits behind itself, not before the others.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use record::ids::TenantId;

/// What waits, by tenant.
pub(crate) struct FairQueue<T> {
    lines: Mutex<Lines<T>>,
    ready: Condvar,
}

struct Lines<T> {
    by_tenant: HashMap<TenantId, VecDeque<T>>,
    /// The tenants that have something waiting, whose turn it is first.
    turns: VecDeque<TenantId>,
    waiting: usize,
    /// How many have to wait before whoever takes them out is woken.
    wanted: usize,
    closed: bool,
}

impl<T> FairQueue<T> {
    pub(crate) fn new() -> Self {
        Self {
            lines: Mutex::new(Lines {
                by_tenant: HashMap::new(),
                turns: VecDeque::new(),
                waiting: 0,
                wanted: 1,
                closed: false,
            }),
            ready: Condvar::new(),
        }
    }

    /// Queues an item; gives it back if the queue is closed.
    pub(crate) fn push(&self, tenant: TenantId, item: T) -> Result<(), T> {
        let mut lines = self.lock();
        if lines.closed {
            return Err(item);
        }
        let line = lines.by_tenant.entry(tenant.clone()).or_default();
        line.push_back(item);
        if line.len() == 1 {
            lines.turns.push_back(tenant);
        }
        lines.waiting += 1;
        let enough = lines.waiting >= lines.wanted;
        drop(lines);
        if enough {
            self.ready.notify_one();
        }
        Ok(())
    }

    /// The next item, as soon as there is one; none once the queue is closed and empty.
    pub(crate) fn wait(&self) -> Option<(TenantId, T)> {
        let mut lines = self.lock();
        loop {
            if let Some(next) = lines.next() {
                return Some(next);
            }
            if lines.closed {
                return None;
            }
            lines = self
                .ready
                .wait(lines)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until so many items wait, as long as they keep coming: until none came for a `pause`, and no longer than
    /// `at_most`.
    pub(crate) fn fill(&self, enough: usize, pause: Duration, at_most: Duration) {
        let few = |lines: &mut Lines<T>| lines.waiting < enough && !lines.closed;
        let begun = Instant::now();
        let mut lines = self.lock();
        lines.wanted = enough;
        loop {
            let before = lines.waiting;
            let left = at_most.saturating_sub(begun.elapsed());
            let waited = self.ready.wait_timeout_while(lines, pause.min(left), few);
            let timeout;
            (lines, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            if !timeout.timed_out() || lines.waiting == before || begun.elapsed() >= at_most {
                break;
            }
        }
        lines.wanted = 1;
    }

    /// The next item, if there is one now.
    pub(crate) fn next(&self) -> Option<(TenantId, T)> {
        self.lock().next()
    }

    /// Takes no more items; those that wait are still handed out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Lines<T>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Lines<T> {
    fn next(&mut self) -> Option<(TenantId, T)> {
        let tenant = self.turns.pop_front()?;
        let line = self.by_tenant.get_mut(&tenant)?;
        let item = line.pop_front()?;
        if line.is_empty() {
            self.by_tenant.remove(&tenant);
        } else {
            self.turns.push_back(tenant.clone());
        }
        self.waiting -= 1;
        Some((tenant, item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn a_storm_waits_behind_itself() {
        let (loud, quiet) = (
            TenantId::from_ulid(Ulid::generate()),
            TenantId::from_ulid(Ulid::generate()),
        );
        let queue = FairQueue::new();
        for n in 0..1000 {
            queue.push(loud.clone(), n).unwrap();
        }
        queue.push(quiet.clone(), 1).unwrap();
        queue.push(quiet.clone(), 2).unwrap();
        let order: Vec<_> = std::iter::from_fn(|| queue.next()).collect();
        assert_eq!(order.len(), 1002);
        assert!(order[..2].contains(&(quiet.clone(), 1)));
        assert!(order[..4].contains(&(quiet, 2)));
        let loud: Vec<i32> = order
            .into_iter()
            .filter(|(t, _)| *t == loud)
            .map(|(_, n)| n)
            .collect();
        assert_eq!(loud, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn filling_ends_when_enough_wait_or_none_comes_or_time_is_over() {
        let tenant = TenantId::from_ulid(Ulid::generate());
        let queue = FairQueue::new();
        queue.push(tenant.clone(), 1).unwrap();
        let (long, short) = (Duration::from_secs(600), Duration::from_millis(1));
        queue.fill(1, long, long);
        queue.fill(2, long, short);
        queue.fill(2, short, long);
        std::thread::scope(|threads| {
            threads.spawn(|| queue.fill(2, long, long));
            queue.push(tenant.clone(), 2).unwrap();
        });
        assert_eq!(
            (queue.next(), queue.next()),
            (Some((tenant.clone(), 1)), Some((tenant, 2)))
        );
        queue.close();
        queue.fill(1, long, long);
    }

    #[test]
    fn a_closed_queue_runs_empty_and_takes_no_more() {
        let tenant = TenantId::from_ulid(Ulid::generate());
        let queue = FairQueue::new();
        queue.push(tenant.clone(), 1).unwrap();
        queue.close();
        assert_eq!(queue.push(tenant.clone(), 2), Err(2));
        assert_eq!(queue.wait(), Some((tenant, 1)));
        assert_eq!(queue.wait(), None);
    }
}
