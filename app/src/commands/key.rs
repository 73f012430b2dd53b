//! `key issue`, `key list`, `key revoke`: keys to the API. `key replace`: a new master key, and every secret sealed anew under it.
//!
//! Crash argument: the new key is kept beside the old one before anything is sealed with it, and takes
//! its place only when every tenant is done. A run that was cut short is finished by running it again:
//! tenants that are done open with the new key and are passed over.

use casework::{Casework, KeyRequest};
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use record::entries::{KeyEnvironment, Scope};
use record::ids::{ApiKeyId, TenantId};
use store::{MasterKey, StoreError};

use crate::commands::{beside, existing, say};
use crate::config::Config;

/// Keys to the API, and the master key.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Issue a key to the API. It is printed this once.
    Issue {
        /// Whose.
        #[arg(long)]
        tenant: TenantId,
        /// What it is called: lower-case letters, digits and hyphens.
        #[arg(long)]
        name: String,
        /// What it lets its holder do; several times for several.
        #[arg(long = "scope", required = true, value_parser = scope())]
        scopes: Vec<Scope>,
        /// For how many days; without it, until it is revoked.
        #[arg(long)]
        days: Option<u32>,
        /// A key for trying things out (ak_test_…).
        #[arg(long)]
        test: bool,
    },
    /// List a tenant's keys to the API.
    List {
        /// Whose.
        #[arg(long)]
        tenant: TenantId,
    },
    /// Revoke a key to the API.
    Revoke {
        /// Whose.
        #[arg(long)]
        tenant: TenantId,
        /// The key's id, as `key list` shows it.
        #[arg(long)]
        key: ApiKeyId,
    },
    /// Replace the master key by a new one. Stop the server first.
    Replace,
}

/// Scopes by their names, so that a wrong one is answered with the right ones.
fn scope() -> impl TypedValueParser<Value = Scope> {
    PossibleValuesParser::new(Scope::ALL.iter().map(|scope| scope.as_str()))
        .try_map(|word| word.parse::<Scope>())
}

pub(super) async fn run(command: Key, config: &Config) -> anyhow::Result<()> {
    match command {
        Key::Replace => replace(config).await,
        Key::Issue {
            tenant,
            name,
            scopes,
            days,
            test,
        } => {
            let environment = match test {
                true => KeyEnvironment::Test,
                false => KeyEnvironment::Live,
            };
            let request = KeyRequest {
                name,
                environment,
                scopes,
                days,
            };
            let (key, secret) = existing(config)?.issue_api_key(&tenant, request).await?;
            say(secret.expose());
            // Beside the answer, so that the answer can be a key file.
            aside(&format!("This is {key}. It is not shown again."));
            Ok(())
        }
        Key::List { tenant } => list(&existing(config)?, &tenant).await,
        Key::Revoke { tenant, key } => {
            let revoked = existing(config)?.revoke_api_key(&tenant, key).await?;
            say(&format!("Revoked, at position {}.", revoked.seq));
            Ok(())
        }
    }
}

async fn list(casework: &Casework, tenant: &TenantId) -> anyhow::Result<()> {
    let keys = casework.api_keys(tenant).await?;
    if keys.is_empty() {
        say("The tenant has no keys.");
    }
    for (key, used) in keys {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let until = match (key.revoked, &key.expires_at) {
            (true, _) => "revoked".to_owned(),
            (false, Some(at)) => format!("until {at}"),
            (false, None) => "until revoked".to_owned(),
        };
        say(&format!(
            "{} {} {} {} {until}, last used {}",
            key.key,
            key.environment,
            key.name,
            scopes.join(","),
            used.as_deref().unwrap_or("never")
        ));
    }
    Ok(())
}

async fn replace(config: &Config) -> anyhow::Result<()> {
    let next = beside(&config.master_key_file, ".next");
    if !next.exists() {
        MasterKey::create(&next)?;
    }
    let casework = existing(config)?;
    let tenants = casework.tenants().await?;
    for tenant in &tenants {
        let (owner, path) = (tenant.clone(), next.clone());
        let key = MasterKey::load(&path)?;
        let done = casework
            .store()
            .read(move |db| Ok::<_, StoreError>(db.signing_key(&owner, &key).is_ok()))
            .await?;
        if done {
            continue;
        }
        let key = MasterKey::load(&next)?;
        casework
            .store()
            .write(tenant, move |tx| tx.reseal(&key))
            .await?;
        say(&format!("{tenant}: sealed anew."));
    }
    std::fs::rename(&next, &config.master_key_file)?;
    say("The master key was replaced. Start the server again.");
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the operator reads it")]
fn aside(line: &str) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(subcommand)]
        command: Key,
    }

    #[test]
    fn a_wrong_scope_is_answered_with_the_right_ones() {
        let asked = |scope: &str| {
            let tenant = "ten_01M87VCE4FMC36718KBVZF0JKP";
            let words = [
                "key", "issue", "--tenant", tenant, "--name", "build", "--scope", scope,
            ];
            Program::try_parse_from(words)
        };
        assert!(Scope::ALL.iter().all(|scope| asked(scope.as_str()).is_ok()));
        let told = asked("events").unwrap_err().to_string();
        assert!(
            Scope::ALL.iter().all(|scope| told.contains(scope.as_str())),
            "{told}"
        );
    }
}
