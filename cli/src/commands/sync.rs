//! `sync`: connected Jira sites are read now. What one site answers keeps no other from being read.

use record::ids::SiteId;
use serde_json::Value;

use crate::answers::{ConnectedSite, ConnectedSites, Synced};
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::voice::Voice;

const PATH: [&str; 3] = ["v1", "integrations", "jira"];
const MISSING: &str = "`countersign sync` alone reads every site that is connected by a token.";

pub(super) async fn run(
    client: &Client,
    wanted: Option<&SiteId>,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let sites = match wanted {
        Some(site) => vec![site.to_string()],
        None => connected(client).await?,
    };
    if sites.is_empty() {
        voice.say("No Jira site is connected by a token. Sites with the app tell of everything themselves.")?;
        return Ok(Exit::Done);
    }
    let mut all = Exit::Done;
    for site in sites {
        match read(client, &site).await {
            Ok(synced) => voice.say(&told(&site, &synced))?,
            Err(error) if wanted.is_some() => return Err(error),
            Err(error) => {
                all = Exit::NotDone;
                voice.warn(&format!("{site}: {error}"));
            }
        }
    }
    Ok(all)
}

async fn connected(client: &Client) -> Result<Vec<String>, CliError> {
    let listed = client.make(&Call::get(&PATH, Vec::new())).await?;
    let listed: ConnectedSites = listed.read()?;
    let in_use = listed.integrations.iter().filter(|site| site.is_in_use());
    Ok(in_use
        .map(|ConnectedSite { id, .. }| id.to_string())
        .collect())
}

/// Once: a site that takes longer than a call is being read all the same.
async fn read(client: &Client, site: &str) -> Result<Synced, CliError> {
    let path = [PATH[0], PATH[1], PATH[2], site, "sync"];
    match client.make(&Call::post(&path, Value::Null)).await {
        Ok(answer) => Ok(answer.read()?),
        Err(call) if call.leaves_open() => Err(CliError::StillReading(call)),
        Err(call) => Err(CliError::named(call, site, MISSING)),
    }
}

fn told(site: &str, Synced { tickets }: &Synced) -> String {
    let issues = if *tickets == 1 { "issue" } else { "issues" };
    format!(
        "{site}: {tickets} changed {issues} read. What is new of them is judged within seconds."
    )
}
