//! What Countersign knows and how it says it: facts (what a source claims happened), entries (every
//! payload the ledger holds) and state (what follows from the entries).
//!
//! Pure data: no I/O, no clock, no randomness, and no vendor's field names. An auditor's tools link
//! this crate to understand a ledger without linking the server that wrote it.

pub mod entries;
pub mod facts;
pub mod ids;
pub mod scale;
pub mod state;
