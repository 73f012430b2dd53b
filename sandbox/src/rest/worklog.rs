//! Work that was logged on an issue, and the site's statuses.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::query::Query;
use crate::site::{Site, lock};
use crate::view::View;
use crate::world::{Status, WorldError};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/issue/{key}/worklog", web::get().to(list))
        .route("/issue/{key}/worklog/{id}", web::get().to(read))
        .route("/status", web::get().to(statuses));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListQuery {
    #[serde(default)]
    start_at: usize,
    max_results: Option<usize>,
}

async fn list(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let size = query.max_results.unwrap_or(5000).clamp(1, 5000);
    let view = View::rest(&world);
    let chosen = issue.worklogs.iter().skip(query.start_at).take(size);
    let chosen: Vec<Value> = chosen.map(|worklog| view.worklog(issue, worklog)).collect();
    Ok(HttpResponse::Ok().json(json!({
        "startAt": query.start_at,
        "maxResults": size,
        "total": issue.worklogs.len(),
        "worklogs": chosen,
    })))
}

async fn read(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, RestError> {
    let (key, id) = path.into_inner();
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let worklog = issue.worklogs.iter().find(|worklog| worklog.id == id);
    let worklog = worklog.ok_or(WorldError::NoSuchWorklog)?;
    Ok(HttpResponse::Ok().json(View::rest(&world).worklog(issue, worklog)))
}

async fn statuses(site: web::Data<Site>, _caller: Caller) -> HttpResponse {
    let world = lock(&site.world);
    let view = View::rest(&world);
    let statuses: Vec<Value> = (Status::ALL.into_iter())
        .map(|status| view.status(status))
        .collect();
    HttpResponse::Ok().json(statuses)
}
