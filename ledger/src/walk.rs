//! The walk: entries go in one after another, findings come out. Checks canonical form, place, link,
//! leaf, and the roots that were signed or remembered. Knows nothing of databases or bundles, of
//! look-up columns, or of what payloads mean.
//!
//! It has two halves. To *examine* an entry takes its bytes and nothing else, so entries can be examined in
//! any order and by many threads. To *link* takes what the examination came to, entry after entry.

mod examined;

use std::collections::BTreeMap;

use crate::entry::{Entry, Origin};
use crate::finding::{Code, Finding, Place};
use crate::hash::Hash;
use crate::tree::Frontier;

pub use examined::{Examined, Stored, examine};

/// Who holds a root that the entries have to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// A checkpoint that is kept together with the entries.
    Inside,
    /// A checkpoint that is kept elsewhere, where whoever can change the ledger cannot reach.
    Outside,
}

/// What a walk came to.
#[derive(Debug)]
pub struct Outcome {
    /// The number of entries, had none been missing.
    pub size: u64,
    /// The root over the entries; none where it is unknown, since entries are missing or nobody vouches for
    /// what one of them was. There is a finding then.
    pub root: Option<Hash>,
    /// The frontier over the entries; none where the root is none.
    pub frontier: Option<Frontier>,
    /// The leaf hash of the last entry.
    pub last_leaf: Hash,
    /// All that was found, in the order of the ledger.
    pub findings: Vec<Finding>,
}

/// A walk over one ledger.
#[derive(Debug, Clone)]
pub struct Walk {
    origin: Origin,
    next: u64,
    tree: Option<Frontier>,
    before: Option<Before>,
    broken_link: Option<u64>,
    doubtful: Option<u64>,
    expected: BTreeMap<u64, Vec<(Held, Hash)>>,
    agreed: Agreed,
    findings: Vec<Finding>,
}

/// Up to which size the entries gave the roots that were held. A root held outside vouches for what is
/// kept inside; one kept inside says nothing to who asks whether its key was stolen.
#[derive(Debug, Clone, Default)]
struct Agreed {
    inside: u64,
    outside: u64,
}

/// The entry before the one that comes next; its leaf joins the tree only when the next entry has
/// said, by its `prev`, what it was.
#[derive(Debug, Clone)]
struct Before {
    seq: u64,
    computed: Hash,
    stored: Hash,
    sound: bool,
    found: bool,
    /// Its `prev` is not the leaf of the entry before it; whose fault that is depends on whether its
    /// own bytes turn out to be intact.
    unlinked: bool,
}

impl Before {
    fn mismatch(&self) -> String {
        format!("hash {} recorded, {} found", self.stored, self.computed)
    }
}

impl Walk {
    /// A walk from the ledger's first entry.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self::from_frontier(origin, Frontier::empty())
    }

    /// A walk from the entry that follows on this tree. The tree is not believed: until a root agrees, a
    /// finding may lie before it. Who trusts it expects its root first.
    #[must_use]
    pub fn from_frontier(origin: Origin, frontier: Frontier) -> Self {
        Self {
            origin,
            next: frontier.size(),
            agreed: Agreed::default(),
            tree: Some(frontier),
            before: None,
            broken_link: None,
            doubtful: None,
            expected: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// The entries have to give this root when there are `size` of them. To be said before the entry
    /// at position `size` is pushed.
    pub fn expect(&mut self, size: u64, root: Hash, held: Held) {
        match &self.tree {
            Some(tree) if tree.size() == size => self.compare(size, tree.root(), held, root),
            _ => self.expected.entry(size).or_default().push((held, root)),
        }
    }

    /// Takes the next stored entry; gives it back as read, if it could be read and belongs here.
    pub fn push(&mut self, stored: Stored<'_>) -> Option<Entry> {
        let (examined, entry) = examine(&self.origin, stored);
        let counts = self.link(&examined);
        entry.filter(|_| counts).map(|entry| entry.to_entry())
    }

    /// Takes the next stored entry, examined as one of this ledger's. Whether it could be read and belongs
    /// here; otherwise nothing that it says counts.
    pub fn link(&mut self, entry: &Examined) -> bool {
        let seq = entry.seq;
        if seq < self.next {
            self.find(Code::EntryRepeated, seq, "a second entry at this position");
            return false;
        }
        let (intact, placed, sound) = (entry.intact(), entry.placed(), entry.sound());
        let prev = entry
            .said
            .as_ref()
            .ok()
            .filter(|_| placed)
            .map(|said| said.prev);
        let unlinked = self.settle_before(prev.filter(|_| seq == self.next), sound);
        if seq > self.next {
            self.missing(seq, prev, sound);
        }
        match (&entry.said, intact) {
            (Err(error), true) => self.find(Code::EntryMalformed, seq, error.to_string()),
            (Err(error), false) => self.find(Code::EntryAltered, seq, error.to_string()),
            (Ok(said), true) if !placed => {
                let whose = match said.ours {
                    true => "this ledger",
                    false => "another ledger",
                };
                let detail = format!("says seq {} of {whose}", said.seq);
                self.find(Code::EntryMisplaced, seq, detail);
            }
            (Ok(_), _) => {}
        }
        self.before = Some(Before {
            seq,
            computed: entry.computed,
            stored: entry.leaf,
            sound,
            found: entry.said.is_err() || (intact && !placed),
            unlinked,
        });
        self.next = seq.saturating_add(1);
        placed
    }

    /// Decides what the leaf of the entry before was, now that its successor's `prev` is known, and
    /// whether the link between the two holds. Whether it does not, and the successor is not sound.
    fn settle_before(&mut self, prev: Option<Hash>, sound: bool) -> bool {
        let Some(before) = self.before.take() else {
            return false;
        };
        let leaf = if before.sound {
            before.computed
        } else {
            prev.unwrap_or(before.stored)
        };
        if !before.found && before.computed != before.stored {
            let code = if prev == Some(before.computed) {
                Code::LeafAltered
            } else {
                Code::EntryAltered
            };
            self.find(code, before.seq, before.mismatch());
            if code == Code::LeafAltered && before.unlinked {
                self.rewritten(before.seq - 1, before.seq - 1);
            }
        }
        let judged = before.sound && sound && prev.is_some();
        let link_holds = prev.is_none_or(|prev| prev == leaf);
        match self.broken_link.take() {
            Some(_) if judged && link_holds => self.rewritten(before.seq - 1, before.seq - 1),
            Some(_) if judged => self.rewritten(before.seq, before.seq),
            Some(_) => self.rewritten(before.seq - 1, before.seq),
            None if judged && !link_holds => self.broken_link = Some(before.seq + 1),
            None => {}
        }
        let vouched = match before.sound {
            true => link_holds || !sound,
            false => sound && prev.is_some(),
        };
        if !vouched {
            self.doubtful = Some(before.seq);
        }
        self.grow(leaf);
        before.sound && !sound && !link_holds
    }

    fn rewritten(&mut self, from: u64, to: u64) {
        let place = match from == to {
            true => Place::Entry { seq: to },
            false => Place::Entries { from, to },
        };
        let detail = "the link to its neighbour does not hold";
        self.findings
            .push(Finding::new(Code::EntryRewritten, place, detail));
    }

    /// Entries `next..seq` are not there. One alone can still join the tree: its successor names it.
    fn missing(&mut self, seq: u64, prev: Option<Hash>, sound: bool) {
        let place = match seq - self.next {
            1 => Place::Entry { seq: self.next },
            _ => Place::Entries {
                from: self.next,
                to: seq - 1,
            },
        };
        self.findings.push(Finding::new(
            Code::EntryMissing,
            place,
            format!("{} of them", seq - self.next),
        ));
        match (seq - self.next, prev) {
            (1, Some(leaf)) => {
                if !sound {
                    self.doubtful = Some(self.next);
                }
                self.grow(leaf);
            }
            _ => self.tree = None,
        }
    }

    fn grow(&mut self, leaf: Hash) {
        let Some(tree) = &mut self.tree else { return };
        tree.push(leaf);
        let size = tree.size();
        // A root costs as many hashes as the size has bits, so it is computed only where one is expected.
        if let Some(expected) = self.expected.remove(&size) {
            let root = tree.root();
            for (held, expected) in expected {
                self.compare(size, root, held, expected);
            }
        }
    }

    /// A root that differs is a finding of its own only if all leaves since the last root that agreed
    /// are vouched for: otherwise what was found there already is why it differs.
    fn compare(&mut self, size: u64, root: Hash, held: Held, expected: Hash) {
        if root == expected {
            self.agreed.inside = size;
            if held == Held::Outside {
                self.agreed.outside = size;
            }
            return;
        }
        let (code, from) = match held {
            Held::Inside => (Code::CheckpointMismatch, self.agreed.inside),
            Held::Outside => (Code::Forked, self.agreed.outside),
        };
        if self.doubtful.is_some_and(|seq| seq >= from) {
            return;
        }
        let to = size.saturating_sub(1);
        self.doubtful = Some(to);
        self.findings.push(Finding::new(
            code,
            Place::Entries { from, to },
            format!("root {expected} was signed for {size} entries, {root} follows from them"),
        ));
    }

    fn find(&mut self, code: Code, seq: u64, detail: impl Into<String>) {
        self.findings
            .push(Finding::new(code, Place::Entry { seq }, detail));
    }

    /// Ends the walk: judges the last entry and the roots that were expected beyond it.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        let last_leaf = self.settle_last();
        let size = self.next;
        for (expected, holders) in std::mem::take(&mut self.expected) {
            if expected <= size {
                continue;
            }
            let detail = format!("{expected} entries were signed, {size} are there");
            let place = Place::Entries {
                from: size,
                to: expected - 1,
            };
            for (held, _) in holders {
                let code = match held {
                    Held::Inside => Code::TailMissing,
                    Held::Outside => Code::RolledBack,
                };
                self.findings
                    .push(Finding::new(code, place.clone(), detail.clone()));
            }
        }
        self.findings
            .sort_by_key(|finding| finding.place.positions());
        let doubt = self.doubtful.is_some_and(|seq| seq >= self.agreed.inside);
        let frontier = self.tree.filter(|_| !doubt);
        Outcome {
            size,
            root: frontier.as_ref().map(Frontier::root),
            frontier,
            last_leaf,
            findings: self.findings,
        }
    }

    /// No successor says what the last entry's leaf was: a signed root may.
    fn settle_last(&mut self) -> Hash {
        let Some(last) = self.before.take() else {
            return Hash::NONE;
        };
        if let Some(seq) = self.broken_link.take() {
            self.rewritten(seq - 1, seq);
        }
        let computed_is_signed = self.tree.as_ref().is_some_and(|tree| {
            let mut with = tree.clone();
            with.push(last.computed);
            let signed = self.expected.get(&with.size());
            signed.is_some_and(|holders| holders.iter().any(|(_, root)| *root == with.root()))
        });
        if !last.found && last.computed != last.stored {
            let code = if computed_is_signed {
                Code::LeafAltered
            } else {
                Code::EntryAltered
            };
            self.find(code, last.seq, last.mismatch());
        }
        let leaf = if last.sound || computed_is_signed {
            last.computed
        } else {
            last.stored
        };
        self.grow(leaf);
        if !last.sound {
            self.doubtful = Some(last.seq);
        }
        leaf
    }
}
