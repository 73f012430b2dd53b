//! `doctor`: looks at what a server needs, and says what is wrong.

use store::StoreError;

use crate::commands::{existing, say};
use crate::config::Config;

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    say(&format!("address      {}", config.address));
    let casework = existing(config)?;
    let database = std::path::absolute(config.database.path())?;
    say(&format!(
        "database     {}, schema up to date",
        database.display()
    ));
    let store = casework.store().clone();
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
