//! A PostgreSQL cluster that goes away with whoever started it: for the demo, tests and benchmarks, on this machine
//! alone. Uses the server's own programs, and another user where the caller is root, as whom it refuses to run.
//! Everybody on this machine may connect to it; nothing that matters belongs in it.

mod cluster;
mod database;
mod programs;
mod tls;

pub use cluster::{Cluster, Durability};
pub use database::{Database, SHARED, chosen, shared};
pub use programs::NoCluster;
