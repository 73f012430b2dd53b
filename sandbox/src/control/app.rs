//! Control of the app: install, uninstall, rotate, enable, move the site; the same for Forge's.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::error::ControlError;
use crate::site::Site;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/install", web::post().to(install))
        .route("/uninstall", web::post().to(uninstall))
        .route("/rotate", web::post().to(rotate))
        .route("/enabled", web::post().to(enabled))
        .route("/base-url", web::post().to(base_url))
        .route("/forge/install", web::post().to(forge_install))
        .route("/forge/uninstall", web::post().to(forge_uninstall))
        .route("/forge/tick", web::post().to(forge_tick));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForgeInstall {
    remote: String,
}

async fn forge_install(
    site: web::Data<Site>,
    wish: web::Json<ForgeInstall>,
) -> Result<HttpResponse, ControlError> {
    Ok(HttpResponse::Ok().json(json!({ "installed": site.forge_install(&wish.remote).await? })))
}

async fn forge_uninstall(site: web::Data<Site>) -> Result<HttpResponse, ControlError> {
    Ok(HttpResponse::Ok().json(json!({ "uninstalled": site.forge_uninstall().await? })))
}

async fn forge_tick(site: web::Data<Site>) -> Result<HttpResponse, ControlError> {
    Ok(HttpResponse::Ok().json(json!({ "tick": site.forge_tick().await? })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Install {
    descriptor_url: String,
}

async fn install(
    site: web::Data<Site>,
    wish: web::Json<Install>,
) -> Result<HttpResponse, ControlError> {
    Ok(HttpResponse::Ok().json(site.install(&wish.descriptor_url).await?))
}

async fn uninstall(site: web::Data<Site>) -> Result<HttpResponse, ControlError> {
    Ok(HttpResponse::Ok().json(json!({ "uninstalled": site.uninstall().await? })))
}

async fn rotate(site: web::Data<Site>) -> Result<HttpResponse, ControlError> {
    Ok(HttpResponse::Ok().json(site.rotate_secret().await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enabled {
    enabled: bool,
}

async fn enabled(
    site: web::Data<Site>,
    wish: web::Json<Enabled>,
) -> Result<HttpResponse, ControlError> {
    let status = site.set_enabled(wish.enabled).await?;
    Ok(HttpResponse::Ok().json(json!({ "enabled": wish.enabled, "status": status })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BaseUrl {
    base_url: String,
}

async fn base_url(
    site: web::Data<Site>,
    wish: web::Json<BaseUrl>,
) -> Result<HttpResponse, ControlError> {
    let installed = site.change_base_url(&wish.base_url).await?;
    Ok(HttpResponse::Ok().json(json!({ "baseUrl": wish.base_url, "installed": installed })))
}
