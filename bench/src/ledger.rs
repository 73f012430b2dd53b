//! A ledger to measure with: made once, through the store's own way of writing, and kept from run to run.

mod mix;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use ledger::Checkpoint;
use record::ids::TenantId;
use store::{Address, LedgerRows, MasterKey, Store, StoreError, StoredCheckpoint, origin_of};
use ulid::Ulid;

use mix::Mix;

/// Changes with what is written, so that a kept ledger of another making is not taken.
const MAKING: u32 = 1;

/// How many entries share a commit.
const BATCH: u64 = 1_000;

/// A database with one ledger.
pub(crate) struct Kept {
    pub(crate) database: PathBuf,
    pub(crate) tenant: String,
    pub(crate) entries: u64,
}

/// The database with a ledger of that many entries.
pub(crate) fn made(kept: &Path, entries: u64) -> anyhow::Result<Kept> {
    let database = kept.join(format!("ledger-{MAKING}-{entries}.sqlite"));
    if !database.exists() {
        make(kept, &database, entries)?;
    }
    let address: Address = format!("sqlite:{}", database.display()).parse()?;
    // One that was kept by an earlier release has that one's tables.
    store::migrate(&address)?;
    let tenants = LedgerRows::open(&address)?.snapshot(|db| -> Result<_, StoreError> {
        let tenants = db.named_tenants()?;
        Ok(tenants)
    })?;
    let tenant = tenants.into_iter().next().context("a tenant is expected")?;
    Ok(Kept {
        database,
        tenant,
        entries,
    })
}

fn make(kept: &Path, database: &Path, entries: u64) -> anyhow::Result<()> {
    fs::create_dir_all(kept)?;
    let unfinished = kept.join(format!("unfinished-{}.sqlite", std::process::id()));
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime
        .block_on(write(&unfinished, entries))
        .context("the ledger to measure with cannot be made")?;
    fs::rename(&unfinished, database)?;
    Ok(())
}

async fn write(path: &Path, entries: u64) -> anyhow::Result<()> {
    let address: Address = format!("sqlite:{}", path.display()).parse()?;
    store::migrate(&address)?;
    let store = Store::open(&address, MasterKey::from_bytes(&[7; 32]))?;
    let tenant = TenantId::from_ulid(Ulid::generate());
    let mut size = 0;
    let mut mix = Mix::new();
    while size < entries {
        let until = entries.min(size + BATCH);
        mix = store
            .write(&tenant, move |tx| -> Result<Mix, StoreError> {
                for seq in size..until {
                    match seq {
                        0 => tx.found_tenant()?,
                        _ => mix.append(seq, tx)?,
                    }
                }
                Ok(mix)
            })
            .await?;
        sign(&store, &tenant).await?;
        size = until;
    }
    Ok(())
}

/// Signs the head, as the server does when it moved.
async fn sign(store: &Store, tenant: &TenantId) -> Result<(), StoreError> {
    let master = MasterKey::from_bytes(&[7; 32]);
    store
        .write(tenant, move |tx| {
            let tenant = tx.tenant().clone();
            let tree = tx.db().frontier(&tenant)?;
            let key = tx.db().signing_key(&tenant, &master)?;
            let checkpoint = Checkpoint {
                origin: origin_of(&tenant),
                size: tree.size(),
                root: tree.root(),
            };
            let note = checkpoint.sign(&key).map_err(|_| StoreError::Sealed)?;
            let after = tx.db().newest_checkpoint(&tenant)?;
            let signed = StoredCheckpoint {
                size: tree.size(),
                note,
            };
            tx.keep_checkpoint(&signed, after.map(|newest| newest.size))
        })
        .await
}
