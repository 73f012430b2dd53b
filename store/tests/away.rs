//! A PostgreSQL server that goes away and comes back under an open store: who writes meanwhile is told why it failed,
//! and who writes afterwards notices nothing.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use crate::scene;

use record::ids::TenantId;
use scene::{master, plain};
use store::{Appended, Store, StoreError};
use throwaway::{Cluster, Durability, NoCluster};
use ulid::Ulid;

async fn write(store: &Store, tenant: &TenantId, once: &str) -> Result<Appended, StoreError> {
    let new = plain(once);
    store.write(tenant, move |tx| tx.append(new)).await
}

#[tokio::test]
async fn a_server_that_comes_back_is_used_again_and_one_that_is_away_is_named() {
    let mut cluster = match Cluster::start(Durability::Fleeting, &[]) {
        Ok(cluster) => cluster,
        Err(error @ NoCluster::NotInstalled) => {
            println!("SKIPPED: {error}");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    cluster.make_database("ledger").unwrap();
    let address = cluster.url("postgres", "ledger").parse().unwrap();
    store::migrate(&address).unwrap();
    let store = Store::open(&address, master()).unwrap();
    let tenant = TenantId::from_ulid(Ulid::generate());
    let founded: Result<(), StoreError> =
        store.write(&tenant, |tx| tx.found_tenant().map(drop)).await;
    founded.unwrap();

    cluster.stop_immediately().unwrap();
    cluster.start_again().unwrap();
    let first = write(&store, &tenant, "first after it came back").await;
    assert_eq!(first.unwrap().seq, 1);

    cluster.stop_immediately().unwrap();
    let away = write(&store, &tenant, "while it is away").await;
    assert!(
        matches!(&away, Err(StoreError::Unreachable(why)) if !why.is_empty()),
        "{away:?}"
    );
    cluster.start_again().unwrap();
    let again = write(&store, &tenant, "while it is away").await.unwrap();
    assert_eq!((again.seq, again.fresh), (2, true));
}
