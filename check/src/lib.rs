//! `countersign-check`: what an auditor runs on an own machine, offline, with nothing but a public key.
//! Links the ledger's form and the words of the record, and nothing else of ours.

pub mod output;
pub mod policy;
