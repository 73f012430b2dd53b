//! Over a network the server has to prove who it is: the right authority, and the right name.

#![allow(
    clippy::unwrap_used,
    reason = "all of this file is test, what the tests share included"
)]

use store::{Address, MasterKey, Store, StoreError};
use throwaway::{Cluster, NoCluster};

fn open(address: &str) -> Result<Store, StoreError> {
    let address: Address = address.parse()?;
    Store::open(&address, MasterKey::from_bytes(&[7; 32]))
}

#[test]
fn only_a_server_that_proves_its_name_is_spoken_to() {
    let (cluster, authority) = match Cluster::start_with_tls() {
        Ok(cluster) => cluster,
        Err(NoCluster::NotInstalled) => {
            println!("SKIPPED: PostgreSQL is not installed");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let address = |host: &str, options: &str| {
        format!(
            "postgres://postgres@{host}:{}/postgres?{options}",
            cluster.port()
        )
    };
    let trusting = format!("sslmode=verify-full&sslrootcert={}", authority.display());
    open(&address("localhost", &trusting)).unwrap();
    for (host, options, reason) in [
        ("127.0.0.1", trusting.as_str(), "does not match host name"),
        (
            "localhost",
            "sslmode=verify-full&sslrootcert=/nowhere",
            "root certificate",
        ),
        ("localhost", "sslmode=disable", "no encryption"),
    ] {
        match open(&address(host, options)) {
            Err(StoreError::Unreachable(said)) => {
                assert!(said.contains(reason), "{options}: {said}");
            }
            outcome => panic!("{host} {options}: {outcome:?}"),
        }
    }
    let other = Cluster::start_with_tls().unwrap();
    let of_another = format!("sslmode=verify-full&sslrootcert={}", other.1.display());
    assert!(matches!(
        open(&address("localhost", &of_another)),
        Err(StoreError::Unreachable(said)) if said.contains("certificate verify failed")
    ));
}
