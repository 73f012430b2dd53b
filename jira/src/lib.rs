//! Everything Atlassian and nothing else: Connect's and Forge's authentication, the descriptor, one REST client,
//! rich text, and webhook payloads as facts.
//!
//! Vendor JSON stops here: other crates see types of this crate and of `record`. It knows no
//! database, no ledger and no web framework, and it decides nothing about requirements or approvals.

pub mod adf;
pub mod base_url;
pub mod connect;
pub mod forge;
mod licence;
mod name;
pub mod rest;
pub mod webhook;
mod wiki;
mod wire;

pub use base_url::{BaseUrl, BaseUrlError};
pub use licence::LicenceState;
