//! `scan`: what a catalog would make of a project's own issues, page by page.

use serde_json::json;

use super::catalog::own_configuration;
use crate::answers::ScanPage;
use crate::arguments::ScanArguments;
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::Scanned;
use crate::voice::Voice;

pub(super) async fn run(
    client: &Client,
    wanted: &ScanArguments,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let config = wanted.config.as_deref().map(own_configuration);
    let mut body = json!({ "project": wanted.project });
    if let Some(config) = config.transpose()? {
        body["config"] = config.into();
    }
    if let Some(site) = &wanted.site {
        body["site"] = site.as_str().into();
    }
    let mut scanned = Scanned::default();
    let mut from: Option<String> = None;
    loop {
        if let Some(from) = &from {
            body["from"] = from.as_str().into();
        }
        let ask = Call::ask(&["v1", "catalog", "scan"], body.clone());
        let page: ScanPage = client.make(&ask).await?.read()?;
        scanned.add_read(page.read, page.unreadable);
        for ticket in &page.flagged {
            if wanted.json {
                voice.say(&json!(ticket).to_string())?;
            }
            scanned.add(ticket);
        }
        voice.progress(&format!("{} issues read", scanned.read()));
        match page.next {
            Some(next) if Some(&next) == from.as_ref() => return Err(CliError::Pages),
            Some(next) => from = Some(next),
            None => break,
        }
    }
    match (wanted.json, scanned.unreadable()) {
        (false, _) => voice.say_all(scanned.lines(&wanted.project))?,
        (true, 0) => {}
        (true, unread) => voice.warn(&format!("{unread} issues could not be read as a whole")),
    }
    Ok(Exit::Done)
}
