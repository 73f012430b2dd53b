//! The REST API, version 3, as far as companion apps use it. Each file is one resource; every handler takes a
//! [`auth::Caller`] except where Jira answers strangers.

mod app_field;
mod auth;
mod comment;
mod error;
mod group;
mod issue;
mod permission;
mod project;
mod property;
mod query;
mod remotelink;
mod search;
mod transition;
mod user;
mod worklog;

use actix_web::http::StatusCode;
use actix_web::web;

use error::RestError;

use crate::view::View;
use crate::world::Issue;

/// Routes of the API.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    api(config, "/rest/api/3");
    config.route("/_edge/tenant_info", web::get().to(project::tenant_info));
}

/// The same site at the gateway, for Forge's tokens.
pub(crate) fn at_gateway(config: &mut web::ServiceConfig, cloud_id: &str) {
    api(config, &format!("/ex/jira/{cloud_id}/rest/api/3"));
}

fn api(config: &mut web::ServiceConfig, path: &str) {
    let json = web::JsonConfig::default()
        .limit(1 << 20)
        .error_handler(|_, _| RestError::bad("The request body is not acceptable JSON.").into());
    config.service(
        web::scope(path)
            .app_data(json)
            .app_data(web::PayloadConfig::new(1 << 20))
            .configure(issue::configure)
            .configure(comment::configure)
            .configure(worklog::configure)
            .configure(property::configure)
            .configure(app_field::configure)
            .configure(remotelink::configure)
            .configure(transition::configure)
            .configure(search::configure)
            .configure(permission::configure)
            .configure(user::configure)
            .configure(group::configure)
            .configure(project::configure)
            .default_service(web::to(async || {
                RestError::new(StatusCode::NOT_FOUND, "The sandbox has no such resource.")
            })),
    );
}

/// Adds the changelog to an issue, as `expand=changelog` does.
pub(crate) fn expand_changelog(view: &View<'_>, issue: &Issue, out: &mut serde_json::Value) {
    issue::expand(view, issue, "changelog", out);
}
