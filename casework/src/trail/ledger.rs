//! The ledger itself, for whoever keeps its checkpoints elsewhere.

use record::ids::TenantId;
use serde::Serialize;
use store::{StoreError, origin_of};
use utoipa::ToSchema;

use crate::Casework;
use crate::error::CaseError;

/// A tenant's ledger.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerView {
    /// Its name, which stands in each checkpoint.
    pub origin: String,
    /// Its public key. Take it from somewhere else too: who could change this server could change this.
    pub key: String,
    /// How many entries it has.
    pub size: u64,
    /// The newest checkpoint (C2SP signed note); none before the first was signed.
    pub checkpoint: Option<String>,
}

/// That a later ledger begins with an earlier one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsistencyView {
    /// The earlier size.
    pub from: u64,
    /// The later size.
    pub to: u64,
    /// The hashes (RFC 6962); hex.
    pub proof: Vec<String>,
}

impl Casework {
    /// The tenant's ledger; none if there is no such tenant.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn ledger(&self, tenant: &TenantId) -> Result<Option<LedgerView>, CaseError> {
        let tenant = tenant.clone();
        let read = self.store.read(move |db| -> Result<_, StoreError> {
            let Some(row) = db.tenant(&tenant)? else {
                return Ok(None);
            };
            Ok(Some(LedgerView {
                origin: origin_of(&tenant).as_str().to_owned(),
                key: row.ledger_key,
                size: db.frontier(&tenant)?.size(),
                checkpoint: db.newest_checkpoint(&tenant)?.map(|newest| newest.note),
            }))
        });
        Ok(read.await?)
    }

    /// The proof between two sizes; none if the ledger has not both.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn consistency(
        &self,
        tenant: &TenantId,
        from: u64,
        to: u64,
    ) -> Result<Option<ConsistencyView>, CaseError> {
        let tenant = tenant.clone();
        let read = self.store.read(move |db| -> Result<_, StoreError> {
            if from == 0 || from > to || to > db.frontier(&tenant)?.size() {
                return Ok(None);
            }
            let proof = db.consistency_proof(&tenant, from, to)?;
            Ok(Some(ConsistencyView {
                from,
                to,
                proof: proof.iter().map(ToString::to_string).collect(),
            }))
        });
        Ok(read.await?)
    }
}
