//! The host of a Forge app's pages: what a page needs to frame one, and what its bridge asks of the app's remote.

use std::collections::HashMap;

use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::viewer::Viewer;
use crate::connect::token::TokenError;
use crate::forge::custom_ui::SANDBOX;
use crate::site::{Site, lock};

/// The headers of a page's call that go on to the remote.
const PASSED_ON: [&str; 2] = ["accept", "content-type"];

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/host/forge/invoke", web::post().to(invoke));
}

/// The frame of one of the app's pages; null without a Forge app, or without its pages. `issue` is empty where the page
/// is no issue's.
pub(super) fn framed(site: &Site, page: &str, issue: &str) -> Value {
    match (site.forge_installation(), &site.custom_ui) {
        (Some(_), Some(ui)) => json!({
            "name": "Countersign",
            "url": ui.url(page),
            "origin": ui.origin(),
            "sandbox": SANDBOX,
            "issue": issue,
        }),
        _ => Value::Null,
    }
}

/// What a page asks of the remote.
#[derive(Deserialize)]
struct Invocation {
    /// The issue of the page that asks; empty on the administration page.
    issue: String,
    path: String,
    method: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    body: Option<Value>,
}

/// Calls the remote as the viewer. What it answers is a success or an error of the bridge's by its status.
async fn invoke(
    site: web::Data<Site>,
    viewer: Viewer,
    asked: web::Json<Invocation>,
) -> HttpResponse {
    match answered(&site, &viewer, asked.into_inner()).await {
        Some((status, answer)) if (200..300).contains(&status) => {
            HttpResponse::Ok().json(json!({ "success": true, "payload": answer }))
        }
        Some((_, answer)) => HttpResponse::Ok().json(json!({ "success": false, "error": answer })),
        None => HttpResponse::Ok().json(json!({
            "success": false,
            "error": { "message": "There was an error invoking the remote." },
        })),
    }
}

async fn answered(site: &Site, viewer: &Viewer, asked: Invocation) -> Option<(u16, Value)> {
    let app = site.forge_installation()?;
    let token = token(site, viewer, &asked.issue).ok()?;
    let method = Method::from_bytes(asked.method.as_bytes()).ok()?;
    let path = asked.path.strip_prefix('/')?;
    let mut call = site
        .client
        .request(
            method.as_str().parse().ok()?,
            format!("{}/{path}", app.remote),
        )
        .bearer_auth(token)
        .header("x-forge-oauth-system", &app.system_token);
    for (name, value) in &asked.headers {
        if PASSED_ON.contains(&&*name.to_ascii_lowercase()) {
            call = call.header(name, value);
        }
    }
    if let Some(body) = asked.body {
        call = call.body(body.to_string());
    }
    let answer = call.send().await.ok()?;
    let status = answer.status().as_u16();
    let headers: HashMap<String, Vec<String>> = answer
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), vec![value.to_str().ok()?.to_owned()])))
        .collect();
    let body: Value = answer.json().await.ok()?;
    Some((
        status,
        json!({ "status": status, "headers": headers, "body": body }),
    ))
}

fn token(site: &Site, viewer: &Viewer, issue: &str) -> Result<String, TokenError> {
    let who = viewer.account.as_str();
    let claims = match issue {
        "" if !lock(&site.world).is_site_admin(&viewer.account) => {
            return Err(TokenError::NotInstalled);
        }
        "" => site.administration_claims(who)?,
        issue => site.panel_claims(who, issue)?,
    };
    site.invocation_token(&claims)
}
