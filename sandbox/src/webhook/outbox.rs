//! The queue between what happens and what is sent, with the knobs that tests turn: hold, drop, duplicate,
//! release in another order. Sends nothing itself.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::EventKind;
use super::delivery::{Delivery, DeliveryState};
use crate::site::lock;

/// What becomes of new deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// Send at once.
    #[default]
    Deliver,
    /// Keep until released.
    Hold,
    /// Lose, as Jira loses an event after its last try.
    Drop,
}

/// In which order held deliveries go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReleaseOrder {
    /// As they happened.
    #[default]
    Happened,
    /// Latest first.
    Reversed,
    /// Shuffled; the same seed gives the same order.
    Shuffled(u64),
}

/// How an app is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// As a Connect app.
    Connect,
    /// As a Forge app's remote.
    Forge,
    /// As an administrator's webhook, which belongs to no app.
    Site,
}

/// One body on its way to one URL of the app.
#[derive(Clone)]
pub(crate) struct Job {
    /// Index into the log.
    pub(crate) entry: usize,
    /// Which app it is for.
    pub(crate) door: Door,
    /// The webhook's URL, relative to the app's base URL; an administrator's is whole.
    pub(crate) path: String,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Inner {
    flow: Flow,
    extra: u32,
    held: Vec<Job>,
    log: Vec<Delivery>,
}

/// Queue, knobs and log.
pub(crate) struct Outbox {
    inner: Mutex<Inner>,
    pending: AtomicUsize,
    wire: UnboundedSender<Job>,
}

impl Outbox {
    /// An empty outbox whose released jobs go to `wire`.
    pub(crate) fn new(wire: UnboundedSender<Job>) -> Self {
        Self {
            inner: Mutex::default(),
            pending: AtomicUsize::new(0),
            wire,
        }
    }

    /// Takes a new delivery and treats it as the knobs say.
    pub(crate) fn accept(&self, door: Door, event: EventKind, path: &str, body: &Value) {
        let mut inner = lock(&self.inner);
        let number = inner.log.len() + 1;
        let identifier = format!("{}-{number:06}", body["timestamp"]).replace('"', "");
        let flow = inner.flow;
        let copies = if flow == Flow::Drop { 0 } else { inner.extra };
        for _ in 0..=copies {
            let entry = inner.log.len();
            let state = match flow {
                Flow::Deliver => DeliveryState::Waiting,
                Flow::Hold => DeliveryState::Held,
                Flow::Drop => DeliveryState::Dropped,
            };
            inner
                .log
                .push(Delivery::new(identifier.clone(), event, body, state));
            let job = Job {
                entry,
                door,
                path: path.to_owned(),
                body: body.clone(),
            };
            match flow {
                Flow::Deliver => self.send(job),
                Flow::Hold => inner.held.push(job),
                Flow::Drop => {}
            }
        }
    }

    /// Changes what becomes of deliveries from now on; held ones stay held.
    pub(crate) fn set_flow(&self, flow: Flow) {
        lock(&self.inner).flow = flow;
    }

    /// Sends every delivery from now on `extra` more times, with the same identifier.
    pub(crate) fn set_extra(&self, extra: u32) {
        lock(&self.inner).extra = extra;
    }

    /// Sends what is held; how many went out.
    pub(crate) fn release(&self, order: ReleaseOrder) -> usize {
        let mut inner = lock(&self.inner);
        let mut jobs = std::mem::take(&mut inner.held);
        match order {
            ReleaseOrder::Happened => {}
            ReleaseOrder::Reversed => jobs.reverse(),
            ReleaseOrder::Shuffled(seed) => shuffle(&mut jobs, seed),
        }
        let count = jobs.len();
        for job in jobs {
            inner.log[job.entry].state = DeliveryState::Waiting;
            self.send(job);
        }
        count
    }

    /// Everything that was ever due, oldest first.
    pub(crate) fn log(&self) -> Vec<Delivery> {
        lock(&self.inner).log.clone()
    }

    /// Deliveries sent or to be sent whose fate is open; held and dropped ones do not count.
    pub(crate) fn pending(&self) -> usize {
        self.pending.load(Ordering::SeqCst)
    }

    /// The identifier of a job's delivery.
    pub(crate) fn identifier(&self, job: &Job) -> String {
        lock(&self.inner).log[job.entry].identifier.clone()
    }

    /// Notes one attempt: the status that came back, `None` when nothing did.
    pub(crate) fn note(&self, job: &Job, status: Option<u16>, state: DeliveryState) {
        let mut inner = lock(&self.inner);
        let delivery = &mut inner.log[job.entry];
        if state != DeliveryState::NotInstalled {
            delivery.attempts.push(status);
        }
        delivery.state = state;
        drop(inner);
        if state.is_final() {
            self.pending.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn send(&self, job: Job) {
        self.pending.fetch_add(1, Ordering::SeqCst);
        if self.wire.send(job).is_err() {
            self.pending.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Fisher-Yates with a small linear congruential sequence.
fn shuffle(jobs: &mut [Job], seed: u64) {
    let mut state = seed;
    for last in (1..jobs.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let pick = usize::try_from(state >> 33).unwrap_or(0) % (last + 1);
        jobs.swap(last, pick);
    }
}
