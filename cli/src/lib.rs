//! `countersign`: the trail and the gate from a terminal. A client of `/v1` and nothing more: it holds no ledger, opens
//! no database and decides nothing; what it says is what the server answered.

pub mod answers;
pub mod arguments;
pub mod client;
pub mod commands;
pub mod error;
pub mod exit;
pub mod history;
pub mod printable;
pub mod render;
pub mod settings;
pub mod voice;
