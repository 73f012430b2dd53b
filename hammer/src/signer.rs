//! A signer: this program again, signing heads as a server does, with a memory of its own outside the database. There
//! are two, which mind no lease in every other turn, so that what guards against two signatures at once is hammered too.

use std::path::PathBuf;
use std::time::Duration;

use casework::{Casework, SigningRefused};
use clap::Args;
use jira::connect::identity::AppKey;
use record::ids::TenantId;

use crate::acknowledged::Line;
use crate::chance::Chance;
use crate::writer::{chain, open, say, somebody_listens};

/// What a signer is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Orders {
    #[arg(long)]
    pub(crate) address: String,
    #[arg(long)]
    pub(crate) tenant: TenantId,
    /// Where it remembers what was signed last.
    #[arg(long)]
    pub(crate) memory: PathBuf,
    #[arg(long)]
    pub(crate) seed: u64,
}

/// The use cases over a database, to sign its heads; Jira is not called.
pub(crate) async fn casework(address: &str, memory: PathBuf) -> anyhow::Result<Casework> {
    let store = open(&address.parse()?).await?;
    let client = jira::rest::Client::new(jira::rest::HttpSettings::default())?;
    let app_key: AppKey = "dev.countersign.hammer".parse()?;
    let gateway = "https://api.atlassian.com".parse()?;
    Ok(Casework::new(store, client, app_key, gateway, memory))
}

/// Signs until it is killed, or nobody listens.
pub(crate) async fn sign(orders: Orders) -> anyhow::Result<()> {
    let casework = casework(&orders.address, orders.memory).await?;
    let mut chance = Chance::from_seed(orders.seed);
    loop {
        somebody_listens()?;
        if chance.one_in(2)
            && let Err(error) = casework.sign_or_follow().await
        {
            say(&Line::Refused(chain(&error)))?;
        }
        match casework.sign_head(&orders.tenant).await {
            Ok(_) => {}
            Err(error @ (SigningRefused::RolledBack { .. } | SigningRefused::Forked { .. })) => {
                say(&Line::NotSigned(error.to_string()))?;
            }
            Err(error) => say(&Line::Refused(chain(&error)))?,
        }
        tokio::time::sleep(Duration::from_millis(chance.between(50, 500))).await;
    }
}
