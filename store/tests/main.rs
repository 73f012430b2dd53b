//! What the store promises, on either database. One program for all of it, since each would hold all of the
//! store again, but for a log that takes its whole process with it.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where its ground gives way"
)]

mod append;
mod append_only;
mod away;
mod batches;
mod changes;
mod events;
mod feed_positions;
mod in_anothers_name;
mod killed;
mod layout;
mod log;
mod migrations;
mod postgres;
mod projections;
mod proofs;
mod queues;
mod read_only;
mod remembered;
mod replaced;
mod scene;
mod secrets;
mod tenants;
mod tls;
