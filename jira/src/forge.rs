//! Atlassian Forge with a remote back end: who invokes us, with what of which site, and what its events say.
//! It keeps no tenants and no tokens.

mod event;
mod identity;
mod invocation;
mod invocation_keys;
mod scope;
mod token;

pub use event::{ForgeEvent, parse as parse_event};
pub use identity::{AppId, CloudId, Environment, InstallationId};
pub use invocation::{ForgeApp, Invocation, unverified_key_id, verify_invocation};
pub use invocation_keys::{InvocationKey, InvocationKeyError, InvocationKeys};
pub use scope::ForgeScope;
pub use token::ForgeToken;
