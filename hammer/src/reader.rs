//! Somebody who reads while others write: any acknowledged entry is there and in the newest signed head, and any two
//! signed heads are of one ledger. A database that is away is tried again; what it says must hold whenever it says
//! something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ledger::{Checkpoint, Hash, proof};
use record::ids::TenantId;
use store::{Address, Db, LedgerRows, StoreError};

use crate::acknowledged::Told;
use crate::chance::Chance;
use crate::crew::Heard;
use crate::faults::{Faults, Kind};
use crate::signed::consistent;

/// A reader at work.
pub(crate) struct Reader {
    stop: Arc<AtomicBool>,
    pairs: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Reader {
    pub(crate) fn start(
        address: Address,
        tenant: TenantId,
        heard: Heard,
        faults: Faults,
        mut chance: Chance,
    ) -> Self {
        let (stop, pairs) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (stopped, proven) = (Arc::clone(&stop), Arc::clone(&pairs));
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let known = heard.lock().any(&mut chance);
                let looked = LedgerRows::open(&address).and_then(|mut rows| {
                    rows.snapshot(|db| look(db, &tenant, known.as_ref(), &mut chance, &faults))
                });
                proven.fetch_add(looked.unwrap_or_default(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(chance.between(20, 200)));
            }
        });
        Self {
            stop,
            pairs,
            thread,
        }
    }

    /// Ends it; gives how many pairs of signed heads it proved.
    pub(crate) fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.thread.join());
        self.pairs.load(Ordering::Relaxed)
    }
}

fn look(
    db: &mut Db<'_>,
    tenant: &TenantId,
    known: Option<&(String, Told)>,
    chance: &mut Chance,
    faults: &Faults,
) -> Result<u64, StoreError> {
    let heads: Vec<Checkpoint> = db
        .stored_checkpoints(tenant)?
        .iter()
        .filter_map(|(_, note)| Checkpoint::unverified(note.as_bytes()).ok())
        .collect();
    if let Some((once, told)) = known {
        match db.entry(tenant, told.seq)? {
            Some(row) if row.leaf == told.leaf && row.entry.idem == Hash::of(once.as_bytes()) => {}
            _ => faults.find(
                Kind::Lost,
                format!("{once} was acknowledged as entry {}", told.seq),
            ),
        }
        if let Some(newest) = heads.last().filter(|newest| newest.size > told.seq) {
            let path = db.inclusion_proof(tenant, told.seq, newest.size)?;
            let included =
                proof::verify_inclusion(&told.leaf, told.seq, newest.size, &path, &newest.root);
            if included.is_err() {
                faults.find(
                    Kind::Lost,
                    format!(
                        "entry {} is not in the head of size {}",
                        told.seq, newest.size
                    ),
                );
            }
        }
    }
    let (Some(one), Some(other)) = (chance.pick(&heads), chance.pick(&heads)) else {
        return Ok(0);
    };
    let (old, new) = if one.size <= other.size {
        (one, other)
    } else {
        (other, one)
    };
    consistent(db, tenant, old, new, faults)?;
    Ok(1)
}
