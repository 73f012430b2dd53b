//! `doctor`: looks at what a server needs, and says what is wrong.

use store::StoreError;

use crate::commands::{existing, say};
use crate::config::Config;

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general enough over the connection's lifetime"
)]
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    say(&format!("address      {}", config.address));
    let casework = existing(config)?;
    let database = match config.database.file() {
        Some(file) => std::path::absolute(file)?.display().to_string(),
        None => config.database.to_string(),
    };
    say(&format!("database     {database}, schema up to date"));
    let store = casework.store().clone();
    if let Some(problem) = store.read(|db| db.not_durable()).await? {
        anyhow::bail!("the database does not keep what it confirms: {problem}");
    }
    let tenants = casework.tenants().await?;
    say("master key   readable by its owner only");
    for tenant in tenants {
        let (owner, reader) = (tenant.clone(), store.clone());
        let opened = store
            .read(move |db| {
                Ok::<_, StoreError>(db.signing_key(&owner, reader.master_key()).is_ok())
            })
            .await?;
        anyhow::ensure!(
            opened,
            "{tenant}: its signing key does not open with this master key"
        );
        casework.sign_head(&tenant).await?;
        say(&format!(
            "{tenant}  key opens, head extends what was signed"
        ));
    }
    let (inbox, outbox) = store
        .read(|db| Ok::<_, StoreError>((db.inbox_depth()?, db.outbox_depth()?)))
        .await?;
    say(&format!(
        "inbox        {} waiting, {} laid aside",
        inbox.0, inbox.1
    ));
    say(&format!(
        "outbox       {} waiting, {} laid aside",
        outbox.0, outbox.1
    ));
    Ok(())
}
