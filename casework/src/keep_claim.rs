//! Work that takes its time keeps its claim: it is renewed while the work goes on. A server that dies renews
//! nothing, and half a minute later another may claim what it left.

use std::time::Duration;

use record::ids::TenantId;
use store::{Store, StoreError, Tx};

/// How often a claim is renewed; a third of the time it holds.
const RENEW: Duration = Duration::from_secs(10);

/// Does the work, and renews the claim meanwhile. A claim that is lost is not fought for: what the work comes to is
/// then refused where it would be recorded.
pub(crate) async fn while_working<T>(
    store: &Store,
    tenant: &TenantId,
    renew: impl Fn(&mut Tx<'_>) -> Result<(), StoreError> + Clone + Send + 'static,
    work: impl Future<Output = T>,
) -> T {
    let renewing = async {
        loop {
            tokio::time::sleep(RENEW).await;
            if let Err(error) = store.queue(tenant, renew.clone()).await {
                tracing::warn!(%tenant, %error, "a claim was not renewed");
            }
        }
    };
    tokio::select! {
        done = work => done,
        never = renewing => never,
    }
}
