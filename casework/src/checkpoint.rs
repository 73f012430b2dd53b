//! Signing heads: at most a minute after a ledger grew, and nothing that does not extend what was signed
//! last. What was signed last is known from outside the database.
//!
//! Of several servers one holds the lease and signs; the others follow: each keeps what was signed last in its own
//! memory, so that none of them would sign a database that was turned back. Should two sign at once after all, the
//! second finds that the newest checkpoint is no longer the one it signed after, and keeps nothing.

use std::sync::atomic::Ordering;

use ledger::{Checkpoint, proof};
use record::ids::TenantId;
use store::{Db, MasterKey, StoreError, StoredCheckpoint, origin_of};

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

/// How long the lease to sign lasts: a server that is gone is followed before a minute is over.
const LEASE_MS: i64 = 45_000;

impl Casework {
    /// Signs the heads of all ledgers that grew, if this server is the one to sign; else follows what was signed.
    /// Gives how many were signed. A ledger that must not be signed is reported and does not hold up the others.
    ///
    /// # Errors
    /// If the tenants or the lease cannot be read.
    pub async fn sign_or_follow(&self) -> Result<usize, CaseError> {
        let ours = self
            .store
            .lease("sign-heads", &self.server, LEASE_MS)
            .await?;
        self.each_head(if ours { Role::Sign } else { Role::Follow })
            .await
    }

    /// Signs the heads of all ledgers that grew; gives how many.
    ///
    /// # Errors
    /// If the tenants cannot be read.
    pub async fn sign_heads(&self) -> Result<usize, CaseError> {
        self.each_head(Role::Sign).await
    }

    /// Signs a ledger's head, if it grew since it was last signed.
    ///
    /// # Errors
    /// If the head does not extend what was signed last, or the store or the file fails.
    pub async fn sign_head(&self, tenant: &TenantId) -> Result<bool, SigningRefused> {
        self.look_at_head(tenant, Role::Sign).await
    }

    async fn each_head(&self, role: Role) -> Result<usize, CaseError> {
        let (mut signed, mut refused) = (0, 0);
        for tenant in self.tenants().await? {
            match self.look_at_head(&tenant, role).await {
                Ok(fresh) => signed += usize::from(fresh),
                Err(error) => {
                    refused += 1;
                    tracing::error!(%tenant, %error, "a head was not signed");
                }
            }
        }
        self.refused.store(refused, Ordering::Relaxed);
        Ok(signed)
    }

    /// How many ledgers this server refused to sign or to follow, the last time it looked: more than none wants
    /// somebody to look at the log.
    #[must_use]
    pub fn refused_heads(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    async fn look_at_head(&self, tenant: &TenantId, role: Role) -> Result<bool, SigningRefused> {
        let remembered = self.heads.last(tenant).map_err(SigningRefused::Memory)?;
        let (store, owner) = (self.store.clone(), tenant.clone());
        let looked = self
            .store
            .read(move |db| Look::at(db, &owner, store.master_key(), remembered.as_deref()))
            .await?;
        let Some(look) = looked else {
            return Ok(false);
        };
        if let Some(note) = look.to_remember {
            self.heads
                .keep(tenant, &note)
                .map_err(SigningRefused::Memory)?;
        }
        let (Role::Sign, Some(signed)) = (role, look.to_sign) else {
            return Ok(false);
        };
        self.heads
            .keep(tenant, &signed.note)
            .map_err(SigningRefused::Memory)?;
        let after = look.newest;
        let kept = self
            .store
            .write(tenant, move |tx| tx.keep_checkpoint(&signed, after))
            .await;
        match kept {
            Ok(()) => Ok(true),
            Err(StoreError::CheckpointMoved) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a server does about heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Sign,
    Follow,
}

/// What is to be done about one head.
struct Look {
    /// The size of the newest checkpoint in the database.
    newest: Option<u64>,
    /// A checkpoint that another server signed, and that extends what is remembered.
    to_remember: Option<String>,
    /// The head, signed, if it grew.
    to_sign: Option<StoredCheckpoint>,
}

impl Look {
    /// Looks at a head in one moment of the database; none if the ledger is empty.
    fn at(
        db: &mut Db<'_>,
        tenant: &TenantId,
        master: &MasterKey,
        remembered: Option<&str>,
    ) -> Result<Option<Self>, SigningRefused> {
        let frontier = db.frontier(tenant)?;
        if frontier.size() == 0 {
            let Some(note) = remembered else {
                return Ok(None);
            };
            let before = Checkpoint::unverified(note.as_bytes())
                .map_err(|error| SigningRefused::Memory(std::io::Error::other(error)))?
                .size;
            return Err(SigningRefused::RolledBack { now: 0, before });
        }
        let key = db.signing_key(tenant, master)?;
        let head = Checkpoint {
            origin: origin_of(tenant),
            size: frontier.size(),
            root: frontier.root(),
        };
        let read = |note: &str| {
            let keys = [key.verifier_key()];
            Checkpoint::verify(note.as_bytes(), &head.origin, &keys)
                .map_err(|error| SigningRefused::Memory(std::io::Error::other(error)))
        };
        let remembered = remembered.map(read).transpose()?;
        if let Some(remembered) = &remembered {
            extends(db, tenant, remembered, &head)?;
        }
        let newest = db.newest_checkpoint(tenant)?;
        let mut to_remember = None;
        if let Some(newest) = &newest
            && remembered.is_none_or(|remembered| remembered.size < newest.size)
        {
            extends(db, tenant, &read(&newest.note)?, &head)?;
            to_remember = Some(newest.note.clone());
        }
        let newest = newest.map(|newest| newest.size);
        let to_sign = match newest == Some(head.size) {
            true => None,
            false => Some(StoredCheckpoint {
                size: head.size,
                note: head
                    .sign(&key)
                    .map_err(|_| CaseError::Unreadable("a ledger's name"))?,
            }),
        };
        Ok(Some(Self {
            newest,
            to_remember,
            to_sign,
        }))
    }
}

/// Whether the ledger as it stands begins with what was signed before.
fn extends(
    db: &mut Db<'_>,
    tenant: &TenantId,
    before: &Checkpoint,
    head: &Checkpoint,
) -> Result<(), SigningRefused> {
    if before.size > head.size {
        return Err(SigningRefused::RolledBack {
            now: head.size,
            before: before.size,
        });
    }
    let proof = db.consistency_proof(tenant, before.size, head.size)?;
    proof::verify_consistency(before.size, head.size, &before.root, &head.root, &proof).map_err(
        |_| SigningRefused::Forked {
            before: before.size,
        },
    )
}
