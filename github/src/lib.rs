//! Everything GitHub and nothing else: who signed a delivery, what it tells of as events, and the status that a commit
//! gets there.
//!
//! Vendor JSON stops here: other crates see types of this crate and of `record`. It does not decide which ticket an event
//! belongs to, nor how a commit stands.

pub mod access;
pub mod api;
mod repository;
pub mod signature;
pub mod webhook;

pub use access::{Access, AccessError};
pub use api::{Api, ApiError, CommitState, CommitStatus};
pub use repository::{NotARepository, RepositoryName};
pub use signature::{SecretError, SignatureRefusal, WebhookSecret};
pub use webhook::{WebhookRefusal, parse};
