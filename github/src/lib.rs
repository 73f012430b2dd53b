//! Everything GitHub and nothing else: who signed a delivery, and what it tells of as events.
//!
//! Vendor JSON stops here: other crates see types of this crate and of `record`. It does no I/O: it takes
//! the bytes of a delivery and its headers, calls nobody back, and does not decide which ticket an event
//! belongs to.

pub mod signature;
pub mod webhook;

pub use signature::{SecretError, SignatureRefusal, WebhookSecret};
pub use webhook::{WebhookRefusal, parse};
