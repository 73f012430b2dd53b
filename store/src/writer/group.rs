//! A group: what shares a commit, and who waits for it.

use std::collections::BTreeSet;

use record::ids::TenantId;
use tokio::runtime::Handle;

use super::{Answer, Change, Failed, Purpose, ROOM, Tell, Work};
use crate::append::{Appended, Drafted};
use crate::batch;
use crate::connection::Connection;
use crate::error::StoreError;
use crate::fair::FairQueue;
use crate::head::{self, Heads};
use crate::inbox::{self, Delivery};
use crate::seal::MasterKey;

/// So many answers are given at once by the writer itself.
const FEW: usize = 4;

/// Who waits for an answer, and what they asked to be carried out together with others.
#[derive(Default)]
pub(super) struct Group {
    changes: Vec<(TenantId, Change)>,
    appends: Vec<(TenantId, Vec<Drafted>)>,
    deliveries: Vec<(TenantId, Delivery)>,
    weight: i32,
    runtime: Option<Handle>,
    told_of_changes: Vec<Answer>,
    told_of_appends: Vec<Tell<Vec<Appended>>>,
    told_of_deliveries: Vec<Tell<bool>>,
}

/// What became of the entries that one caller asked for.
type Outcome = Result<Vec<Appended>, StoreError>;

/// What a group came to, to be told once it is committed.
pub(super) struct Done {
    appended: Vec<Outcome>,
    received: Vec<bool>,
    pub(super) heads: Heads,
}

impl Group {
    /// What waits now, `first` included, as much as one commit should carry.
    pub(super) fn gather(first: (TenantId, Work), queue: &FairQueue<Work>) -> Self {
        let mut group = Self::default();
        let mut next = Some(first);
        while let Some((tenant, work)) = next {
            group.weight += work.weight();
            match work {
                Work::Change(change) => group.changes.push((tenant, change)),
                Work::Append(new, tell, runtime) => {
                    group.runtime.get_or_insert(runtime);
                    group.appends.push((tenant, new));
                    group.told_of_appends.push(tell);
                }
                Work::Receive(delivery, tell, runtime) => {
                    group.runtime.get_or_insert(runtime);
                    group.deliveries.push((tenant, *delivery));
                    group.told_of_deliveries.push(tell);
                }
            }
            next = (group.weight < ROOM).then(|| queue.next()).flatten();
        }
        group
    }

    pub(super) fn size(&self) -> usize {
        self.changes.len() + self.appends.len() + self.deliveries.len()
    }

    /// How much of the room in a commit it takes.
    pub(super) const fn weight(&self) -> i32 {
        self.weight
    }

    /// The ledgers that this group may move, in the one order in which every server locks them: so that two
    /// servers never wait for each other.
    fn ledgers(&self) -> BTreeSet<TenantId> {
        let changes = self.changes.iter().map(|(tenant, _)| tenant);
        let appends = self.appends.iter().map(|(tenant, _)| tenant);
        changes.chain(appends).cloned().collect()
    }

    /// Whether there is nothing else in it, so that it can be carried out once more after a rollback.
    pub(super) fn is_of_appends(&self) -> bool {
        self.changes.is_empty() && self.told_of_changes.is_empty()
    }

    /// All of the group's work, inside the open transaction. Heads are remembered for a group of appends alone: each
    /// is then locked when its turn comes, in the same order.
    pub(super) fn run(
        &mut self,
        connection: &mut Connection,
        remembered: &Heads,
        master: &MasterKey,
        purpose: Purpose,
    ) -> Result<Done, StoreError> {
        let mut heads = Heads::new();
        if purpose == Purpose::Ledgers && !self.changes.is_empty() {
            head::lock(connection, &self.ledgers())?;
        }
        for (_, change) in self.changes.drain(..) {
            self.told_of_changes
                .push(change(Some((connection, &mut heads, master))));
        }
        Ok(Done {
            received: inbox::receive_all(connection, &self.deliveries)?,
            appended: batch::append_all(connection, &mut heads, remembered, &self.appends)?,
            heads,
        })
    }

    /// Gives what the group came to. Each answer wakes a task: where there are many, they are given inside the runtime,
    /// which wakes its own tasks for less than a thread outside of it can.
    pub(super) fn tell(self, done: Done) {
        let count = self.size() + self.told_of_changes.len();
        let answers = Answers {
            done: self.appends,
            changes: self.told_of_changes,
            appends: self
                .told_of_appends
                .into_iter()
                .zip(done.appended)
                .collect(),
            deliveries: self
                .told_of_deliveries
                .into_iter()
                .zip(done.received)
                .collect(),
        };
        if let Some(runtime) = self.runtime.filter(|_| count > FEW) {
            drop(runtime.spawn(async move { drop(answers) }));
        }
    }

    /// Changes that were not run yet fail for the same reason.
    pub(super) fn tell_of_failure(self, error: &Failed) {
        for (_, change) in self.changes {
            change(None)(Err(error.to_store_error()));
        }
        for answer in self.told_of_changes {
            answer(Err(error.to_store_error()));
        }
        for tell in self.told_of_appends {
            drop(tell.send(Err(error.to_store_error())));
        }
        for tell in self.told_of_deliveries {
            drop(tell.send(Err(error.to_store_error())));
        }
    }
}

/// Answers to be given: they are when this goes, so that none is lost with a runtime that ends first.
struct Answers {
    /// What was carried out, which takes a while to be freed.
    done: Vec<(TenantId, Vec<Drafted>)>,
    changes: Vec<Answer>,
    appends: Vec<(Tell<Vec<Appended>>, Outcome)>,
    deliveries: Vec<(Tell<bool>, bool)>,
}

impl Drop for Answers {
    fn drop(&mut self) {
        for answer in self.changes.drain(..) {
            answer(Ok(()));
        }
        for (tell, appended) in self.appends.drain(..) {
            drop(tell.send(appended));
        }
        for (tell, fresh) in self.deliveries.drain(..) {
            drop(tell.send(Ok(fresh)));
        }
        self.done.clear();
    }
}
