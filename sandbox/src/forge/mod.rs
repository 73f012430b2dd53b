//! Atlassian Forge as the platform speaks it to a remote: its key set, invocation tokens, tokens for the gateway, and
//! events with retries; and where it keeps the pages of an app. Shares no code with any app.

pub(crate) mod custom_ui;
pub(crate) mod event;
pub(crate) mod installation;
pub(crate) mod invocation;

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::site::Site;

/// The app that is registered here; every sandbox has the same.
pub const FORGE_APP: &str = "ari:cloud:ecosystem::app/5a1d80a5-0000-4000-8000-00000000f09e";

/// Routes of the platform.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/forge/jwks.json", web::get().to(key_set))
        .configure(custom_ui::configure);
}

async fn key_set(site: web::Data<Site>) -> HttpResponse {
    let key = &site.install_key;
    HttpResponse::Ok().json(json!({ "keys": [{
        "kty": "RSA",
        "alg": "RS256",
        "use": "sig",
        "kid": key.kid,
        "n": key.modulus,
        "e": key.exponent,
    }] }))
}
