//! Control of what travels: webhook deliveries and their knobs, faults, the log of requests; and the state of the
//! whole site.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ControlError;
use crate::fault::{Fault, FaultKind};
use crate::site::{Site, lock};
use crate::webhook::{Flow, ReleaseOrder};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/state", web::get().to(state))
        .route("/deliveries", web::get().to(deliveries))
        .route("/webhooks", web::post().to(knobs))
        .route("/webhooks/release", web::post().to(release))
        .service(
            web::resource("/faults")
                .route(web::get().to(faults))
                .route(web::post().to(arm))
                .route(web::delete().to(disarm)),
        )
        .service(
            web::resource("/requests")
                .route(web::get().to(requests))
                .route(web::delete().to(forget_requests)),
        );
}

async fn state(site: web::Data<Site>) -> HttpResponse {
    let app = site.installation().map(|app| {
        json!({
            "key": app.descriptor.key,
            "name": app.descriptor.name,
            "baseUrl": app.descriptor.base_url,
            "clientKey": app.client_key,
            "accountId": app.app_account,
            "enabled": app.enabled,
        })
    });
    let world = lock(&site.world);
    let users: Vec<Value> = world
        .users
        .iter()
        .map(|user| {
            json!({
                "accountId": user.account_id,
                "displayName": user.display_name,
                "active": user.active,
                "accountType": user.account_type(),
            })
        })
        .collect();
    let issues: Vec<Value> = world
        .issues
        .values()
        .map(|issue| {
            json!({
                "id": issue.id,
                "key": issue.key,
                "summary": issue.summary,
                "status": issue.status,
                "properties": issue.properties.keys().collect::<Vec<_>>(),
                "remoteLinks": issue.remote_links.len(),
                "comments": issue.comments.len(),
            })
        })
        .collect();
    let projects: Vec<&String> = world.projects.iter().map(|project| &project.key).collect();
    HttpResponse::Ok().json(json!({
        "baseUrl": world.base_url,
        "title": site.title,
        "cloudId": site.cloud_id,
        "installKeysKid": site.install_key.kid,
        "app": app,
        "projects": projects,
        "users": users,
        "issues": issues,
        "deliveries": site.outbox.log().len(),
        "pendingDeliveries": site.outbox.pending(),
        "faults": site.faults.armed().len(),
    }))
}

async fn deliveries(site: web::Data<Site>) -> HttpResponse {
    HttpResponse::Ok().json(site.outbox.log())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Knobs {
    flow: Option<Flow>,
    /// How many more times each delivery is sent.
    duplicate: Option<u32>,
}

async fn knobs(site: web::Data<Site>, wish: web::Json<Knobs>) -> HttpResponse {
    if let Some(flow) = wish.flow {
        site.outbox.set_flow(flow);
    }
    if let Some(extra) = wish.duplicate {
        site.outbox.set_extra(extra);
    }
    HttpResponse::NoContent().finish()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    #[serde(default)]
    order: ReleaseOrder,
}

async fn release(site: web::Data<Site>, wish: web::Json<Release>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "released": site.outbox.release(wish.order) }))
}

async fn faults(site: web::Data<Site>) -> HttpResponse {
    HttpResponse::Ok().json(site.faults.armed())
}

async fn arm(site: web::Data<Site>, fault: web::Json<Fault>) -> Result<HttpResponse, ControlError> {
    if let FaultKind::Status { status, .. } = fault.kind
        && !(400..600).contains(&status)
    {
        return Err(ControlError::bad("status must be 400 to 599"));
    }
    if let Some(issue) = &fault.issue {
        lock(&site.world).issue(issue)?;
    }
    site.faults.arm(fault.into_inner());
    Ok(HttpResponse::NoContent().finish())
}

async fn disarm(site: web::Data<Site>) -> HttpResponse {
    site.faults.clear();
    HttpResponse::NoContent().finish()
}

async fn requests(site: web::Data<Site>) -> HttpResponse {
    HttpResponse::Ok().json(site.faults.requests())
}

async fn forget_requests(site: web::Data<Site>) -> HttpResponse {
    site.faults.forget_requests();
    HttpResponse::NoContent().finish()
}
