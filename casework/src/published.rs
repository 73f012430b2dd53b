//! The requirement sets that tickets were recorded under, as the ledger published them.

use compliance::requirement_set::RequirementSet;
use record::entries::Payload;
use record::ids::TenantId;
use store::{Db, StoreError};

/// The set of this version; none where there is none, or where it is not what was written, which is the verifier's to
/// find.
pub(crate) fn published_set(
    db: &mut Db<'_>,
    tenant: &TenantId,
    version: &str,
) -> Result<Option<RequirementSet>, StoreError> {
    let Some(seq) = db.requirement_set(tenant, version)? else {
        return Ok(None);
    };
    let row = db.entry(tenant, seq)?;
    Ok(row.and_then(
        |row| match Payload::parse(&row.entry.kind, &row.entry.payload).ok()? {
            Payload::RequirementsPublished(said) => serde_json::from_value(said.requirements).ok(),
            _ => None,
        },
    ))
}
