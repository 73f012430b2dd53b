//! `doctor`: looks at what a server needs, and says what is wrong.

use casework::{Casework, FeedStanding};
use record::entries::IntegrationState;
use record::ids::TenantId;
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
    let mut wrong = Vec::new();
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
        wrong.extend(of_others(&casework, &tenant).await?);
    }
    match casework.try_mail_server().await {
        None => {}
        Some(Ok(())) => say("mail         the server lets us in"),
        Some(Err(why)) => wrong.push(format!("no mail can be sent: {why}")),
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
    anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// What was wrong the last time with the sites that a token opens and with feeds; says the others.
async fn of_others(casework: &Casework, tenant: &TenantId) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (site, read) in casework.jira_integrations(tenant).await? {
        let address = &site.base_url;
        match (read.last_error, read.synced_at) {
            _ if site.state != IntegrationState::Enabled => {}
            (Some(why), _) => wrong.push(format!("{address} could not be read: {why}")),
            (None, Some(at)) => say(&format!("jira         {address}, read at {at}")),
            (None, None) => say(&format!("jira         {address}, not read yet")),
        }
    }
    for FeedStanding { feed, position } in casework.feeds(tenant).await? {
        let (id, host) = (&feed.feed, &feed.host);
        match position.last_error {
            _ if feed.state != IntegrationState::Enabled => {}
            Some(why) => wrong.push(format!("{id} to {host} waits: {why}")),
            None => say(&format!(
                "feed         {id} to {host}, at {}",
                position.next
            )),
        }
    }
    Ok(wrong)
}
