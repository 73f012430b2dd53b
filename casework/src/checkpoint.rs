//! Signing heads: at most a minute after a ledger grew, and nothing that does not extend what was signed
//! last. What was signed last is known from outside the database.

use ledger::{Checkpoint, proof};
use record::ids::TenantId;
use store::{StoreError, StoredCheckpoint, origin_of};

use crate::Casework;
use crate::error::CaseError;

/// Why a head is not signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningRefused {
    /// The ledger is shorter than it was when last signed.
    #[error("the ledger has {now} entries, but {before} were signed: it was rolled back")]
    RolledBack {
        /// How many there are.
        now: u64,
        /// How many were signed.
        before: u64,
    },
    /// The ledger does not begin with what was signed last.
    #[error("the ledger does not begin with the {before} entries that were signed")]
    Forked {
        /// How many were signed.
        before: u64,
    },
    /// The file outside the database cannot be read, written or understood.
    #[error("the last signed head cannot be read or kept")]
    Memory(#[source] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for SigningRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Signs the heads of all ledgers that grew; gives how many. A ledger that must not be signed is
    /// reported and does not hold up the others.
    ///
    /// # Errors
    /// If the tenants cannot be read.
    pub async fn sign_heads(&self) -> Result<usize, CaseError> {
        let tenants = self.tenants().await?;
        let mut signed = 0;
        for tenant in tenants {
            match self.sign_head(&tenant).await {
                Ok(fresh) => signed += usize::from(fresh),
                Err(error) => tracing::error!(%tenant, %error, "a head was not signed"),
            }
        }
        Ok(signed)
    }

    /// Signs a ledger's head, if it grew since it was last signed.
    ///
    /// # Errors
    /// If the head does not extend what was signed last, or the store or the file fails.
    pub async fn sign_head(&self, tenant: &TenantId) -> Result<bool, SigningRefused> {
        let before = self.heads.last(tenant).map_err(SigningRefused::Memory)?;
        let (store, owner) = (self.store.clone(), tenant.clone());
        let prepared = self
            .store
            .read(move |db| -> Result<_, SigningRefused> {
                let frontier = db.frontier(&owner)?;
                let newest = db
                    .newest_checkpoint(&owner)?
                    .map_or(0, |checkpoint| checkpoint.size);
                if frontier.size() == 0 {
                    return Ok(None);
                }
                let key = db.signing_key(&owner, store.master_key())?;
                let origin = origin_of(&owner);
                let head = Checkpoint {
                    origin: origin.clone(),
                    size: frontier.size(),
                    root: frontier.root(),
                };
                if let Some(before) = before {
                    let keys = [key.verifier_key()];
                    let before = Checkpoint::verify(before.as_bytes(), &origin, &keys)
                        .map_err(|error| SigningRefused::Memory(std::io::Error::other(error)))?;
                    if before.size > head.size {
                        return Err(SigningRefused::RolledBack {
                            now: head.size,
                            before: before.size,
                        });
                    }
                    let proof = db.consistency_proof(&owner, before.size, head.size)?;
                    proof::verify_consistency(
                        before.size,
                        head.size,
                        &before.root,
                        &head.root,
                        &proof,
                    )
                    .map_err(|_| SigningRefused::Forked {
                        before: before.size,
                    })?;
                }
                if newest == head.size {
                    return Ok(None);
                }
                let note = head
                    .sign(&key)
                    .map_err(|_| CaseError::Unreadable("a ledger's name"))?;
                Ok(Some(StoredCheckpoint {
                    size: head.size,
                    note,
                }))
            })
            .await?;
        let Some(checkpoint) = prepared else {
            return Ok(false);
        };
        self.heads
            .keep(tenant, &checkpoint.note)
            .map_err(SigningRefused::Memory)?;
        self.store
            .write(tenant, move |tx| tx.keep_checkpoint(&checkpoint))
            .await?;
        Ok(true)
    }
}
