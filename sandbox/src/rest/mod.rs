//! The REST API, version 3, as far as companion apps use it. Each file is one resource; every handler takes a
//! [`auth::Caller`] except where Jira answers strangers. Data Center's version 2 has most of it in other shapes, and
//! some of it otherwise: [`data_center`].

mod app_field;
mod approval;
mod auth;
mod comment;
mod data_center;
mod error;
mod group;
mod issue;
mod notify;
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

use crate::config::Deployment;
use crate::site::Site;
use crate::view::View;
use crate::world::Issue;

/// Routes of the API. Of version 2 Cloud has only what it says to a token that it does not know.
pub(crate) fn configure(config: &mut web::ServiceConfig, site: &Site) {
    approval::configure(config);
    match site.deployment {
        Deployment::Cloud => {
            api(config, "/rest/api/3", on_cloud);
            // The same at the gateway, for Forge's tokens.
            let at_gateway = format!("/ex/jira/{}/rest/api/3", site.cloud_id);
            api(config, &at_gateway, on_cloud);
            config.route("/_edge/tenant_info", web::get().to(project::tenant_info));
            let no_such_session = web::scope("/rest/api/2").default_service(web::to(async || {
                let words = "Failed to parse Connect Session Auth Token";
                RestError::new(StatusCode::FORBIDDEN, words)
            }));
            config.service(no_such_session);
        }
        Deployment::DataCenter => api(config, "/rest/api/2", data_center::configure),
    }
}

fn api(config: &mut web::ServiceConfig, path: &str, rest: fn(&mut web::ServiceConfig)) {
    let json = web::JsonConfig::default()
        .limit(1 << 20)
        .error_handler(|_, _| RestError::bad("The request body is not acceptable JSON.").into());
    config.service(
        web::scope(path)
            .app_data(json)
            .app_data(web::PayloadConfig::new(1 << 20))
            // First: `/project/search` is no project.
            .configure(rest)
            .configure(issue::configure)
            .configure(comment::configure)
            .configure(worklog::configure)
            .configure(property::configure)
            .configure(remotelink::configure)
            .configure(notify::configure)
            .configure(transition::configure)
            .configure(permission::configure)
            .configure(user::configure)
            .configure(group::configure)
            .configure(project::configure)
            .default_service(web::to(async || {
                RestError::new(StatusCode::NOT_FOUND, "The sandbox has no such resource.")
            })),
    );
}

fn on_cloud(config: &mut web::ServiceConfig) {
    config
        .configure(issue::on_cloud)
        .configure(app_field::configure)
        .configure(search::on_cloud)
        .configure(permission::on_cloud)
        .configure(user::on_cloud)
        .configure(project::on_cloud);
}

/// Adds the changelog to an issue, as `expand=changelog` does.
pub(crate) fn expand_changelog(view: &View<'_>, issue: &Issue, out: &mut serde_json::Value) {
    issue::expand(view, issue, "changelog", out);
}
