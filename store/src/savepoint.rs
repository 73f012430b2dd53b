//! One change inside a group: it is kept or rolled back alone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::Connection as _;
use record::ids::TenantId;

use crate::connection::Connection;
use crate::error::StoreError;
use crate::head::Heads;
use crate::seal::MasterKey;
use crate::tx::Tx;

/// Runs one change in a savepoint; `heads` are as this transaction has moved them. If it fails or panics, the savepoint is rolled back and the heads
/// are as before; the others of the group are not touched.
pub(crate) fn run<T, E, F>(
    connection: &mut Connection,
    heads: &mut Heads,
    master: &MasterKey,
    tenant: TenantId,
    change: F,
) -> Result<T, E>
where
    E: From<StoreError>,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
{
    let mut outcome = None;
    let head = heads.get(&tenant).cloned();
    let kept = connection.transaction(|connection| {
        let mut tx = Tx::new(connection, tenant.clone(), head, master);
        let result = catch_unwind(AssertUnwindSafe(|| change(&mut tx)))
            .unwrap_or_else(|_| Err(StoreError::Stopped.into()))
            .and_then(|value| tx.finish().map(|head| (value, head)).map_err(E::from));
        match result {
            Ok((value, head)) => {
                outcome = Some(Ok(value));
                Ok(head)
            }
            Err(error) => {
                outcome = Some(Err(error));
                Err(diesel::result::Error::RollbackTransaction)
            }
        }
    });
    match (outcome, kept) {
        (Some(Ok(value)), Ok(head)) => {
            if let Some(head) = head {
                heads.insert(tenant, head);
            }
            Ok(value)
        }
        (Some(Err(error)), _) => Err(error),
        (_, Err(error)) => Err(StoreError::Query(error).into()),
        (None, Ok(_)) => Err(StoreError::Stopped.into()),
    }
}
