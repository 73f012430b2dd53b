//! `key replace`: a new master key, and every secret sealed anew under it.
//!
//! Crash argument: the new key is kept beside the old one before anything is sealed with it, and takes
//! its place only when every tenant is done. A run that was cut short is finished by running it again:
//! tenants that are done open with the new key and are passed over.

use clap::Subcommand;
use store::{MasterKey, StoreError};

use crate::commands::{beside, existing, say};
use crate::config::Config;

/// The master key.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Replace the master key by a new one. Stop the server first.
    Replace,
}

pub(super) async fn run(command: Key, config: &Config) -> anyhow::Result<()> {
    match command {
        Key::Replace => replace(config).await,
    }
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
