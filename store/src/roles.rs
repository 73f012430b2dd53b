//! Who may do what in PostgreSQL. `owner` made the tables and does nothing else; `app` reads, inserts, and changes
//! what follows from entries, never entries themselves; `verifier` reads, and leaves reports. SQLite knows no roles.

use std::fmt;
use std::str::FromStr;

use diesel::connection::SimpleConnection;

use crate::address::Address;
use crate::connection;
use crate::error::StoreError;

/// The name of a role: lower-case letters, digits and underscores, as it can stand in a statement unquoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role(String);

/// The roles that are given rights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// As whom the server connects.
    pub app: Option<Role>,
    /// As whom the verifier connects.
    pub verifier: Option<Role>,
}

/// The text is no role name of that form.
#[derive(Debug, thiserror::Error)]
#[error("a role of lower-case letters, digits and underscores is expected")]
pub struct NotARole;

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        let fits = (1..=63).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        match fits {
            true => Ok(Self(text.to_owned())),
            false => Err(NotARole),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is never changed or removed once it is there.
const APPEND_ONLY: &str = "entries, tiles, checkpoints";

/// What `app` changes.
const CHANGING: &str = "heads, tenants, sites, forge_installations, settings, people, tickets, approvals, requirement_sets, \
                        verifications, api_keys, api_key_uses, code_hosts, jira_integrations, jira_syncs, \
                        links, event_models, waivers, corrections, claims, feeds, feed_positions, inbox, outbox, leases";

/// Gives the roles exactly the rights they are meant to have: what they, or everybody, had on our tables before is
/// taken away.
///
/// # Errors
/// If the database is not PostgreSQL, a role does not exist, or the caller does not own the tables.
pub fn grant(address: &Address, roles: &Roles) -> Result<(), StoreError> {
    if !address.is_postgres() {
        return Err(StoreError::Address("roles are for PostgreSQL alone"));
    }
    let mut statements = "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;".to_owned();
    if let Some(app) = &roles.app {
        statements.push_str(&format!(
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}; GRANT USAGE ON SCHEMA public TO {app}; \
             GRANT SELECT ON __diesel_schema_migrations TO {app}; \
             GRANT SELECT, INSERT ON {APPEND_ONLY} TO {app}; \
             GRANT SELECT, INSERT, DELETE ON disclosures TO {app}; \
             GRANT SELECT, DELETE ON verifier_reports TO {app}; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON {CHANGING} TO {app};"
        ));
    }
    if let Some(verifier) = &roles.verifier {
        statements.push_str(&format!(
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {verifier}; \
             GRANT USAGE ON SCHEMA public TO {verifier}; \
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO {verifier}; \
             GRANT INSERT ON verifier_reports TO {verifier};"
        ));
    }
    Ok(connection::open(address)?.batch_execute(&statements)?)
}
