//! `countersign-verifier`: judges a ledger it did not write. Re-reads every stored byte, folds the
//! entries, compares every column and every row that follows from them, compares with what it saw
//! before, and reports. It links the store for reading only, and never the server.

pub mod config;
pub mod export;
pub mod judge;
pub mod memory;
pub mod output;
pub mod report;
pub mod run;
pub mod schedule;
