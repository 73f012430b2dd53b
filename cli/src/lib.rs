//! `countersign`: the trail and the gate from a terminal, and the catalog on tickets in a file. Towards the server it is
//! a client of `/v1` and nothing more: it holds no ledger, opens no database and decides nothing about what is recorded.

pub mod answers;
pub mod arguments;
pub mod assistants;
pub mod branch;
pub mod client;
pub mod commands;
pub mod coverage;
pub mod earlier;
pub mod error;
pub mod exit;
pub mod git;
pub mod history;
pub mod period;
pub mod printable;
pub mod render;
pub mod settings;
pub mod tickets;
pub mod trace;
pub mod voice;
pub mod working_tree;
