//! `catalog preview` and `catalog apply`: page by page, added up here.

use std::path::Path;

use serde_json::{Value, json};

use super::catalog::own_configuration;
use crate::answers::CatalogEffect;
use crate::client::{Call, Client};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::voice::Voice;

pub(super) async fn preview(
    client: &Client,
    config: Option<&Path>,
    json: bool,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let config = config.map(own_configuration).transpose()?;
    let ask = |from: Option<&str>| {
        let mut body = json!({ "from": from });
        if let Some(config) = &config {
            body["config"] = config.as_str().into();
        }
        Call::ask(&["v1", "catalog", "preview"], body)
    };
    let whole = all_pages(client, ask, voice).await?;
    match json {
        true => voice.say(&whole.in_json().to_string())?,
        false => voice.say_all(render::catalog_effect(&whole, false))?,
    }
    Ok(Exit::Done)
}

pub(super) async fn apply(
    client: &Client,
    comments: bool,
    voice: &mut Voice<'_>,
) -> Result<Exit, CliError> {
    let ask = |from: Option<&str>| {
        let body: Value = json!({ "from": from, "comments": comments });
        // Each page may be sent again: what is recorded already is not recorded twice.
        Call::ask(&["v1", "catalog", "apply"], body)
    };
    let whole = all_pages(client, ask, voice).await?;
    voice.say_all(render::catalog_effect(&whole, true))?;
    Ok(Exit::Done)
}

async fn all_pages<'c>(
    client: &Client,
    ask: impl Fn(Option<&str>) -> Call<'c>,
    voice: &mut Voice<'_>,
) -> Result<CatalogEffect, CliError> {
    let mut whole = CatalogEffect::default();
    let mut from: Option<String> = None;
    loop {
        let page = client.make(&ask(from.as_deref())).await?;
        let page: CatalogEffect = page.read()?;
        let next = page.next.clone();
        whole.add(page);
        if next.is_some() && next == from {
            return Err(CliError::Pages);
        }
        voice.progress(&format!("{} open issues read", whole.read));
        match next {
            Some(next) => from = Some(next),
            None => return Ok(whole),
        }
    }
}
