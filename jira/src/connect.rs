//! Atlassian Connect: who may call us, how we call back, and what we tell Jira about ourselves.
//! It keeps no tenants: the caller looks the shared secret up.

pub mod allowed_hosts;
pub mod carriage;
pub mod claims;
pub(crate) mod compact;
pub mod descriptor;
pub mod identity;
pub mod install_check;
pub mod install_keys;
pub mod jwt;
mod jwt_error;
pub mod lifecycle;
mod module_rules;
pub mod qsh;
pub mod scope;
mod strict_json;

pub use allowed_hosts::AllowedHosts;
pub use carriage::find_token;
pub use descriptor::Descriptor;
pub use identity::{AppKey, ClientKey, SharedSecret};
pub use install_check::{InstallCheck, InstallError};
pub use install_keys::InstallKeys;
pub use jwt::{ContextToken, InstallToken, JwtError, Moment, ServerToken};
pub use qsh::{CanonicalRequest, Qsh};
pub use scope::ConnectScope;
