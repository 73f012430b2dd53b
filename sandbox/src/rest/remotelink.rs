//! Remote links of an issue.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::query::Query;
use crate::site::{Site, lock};
use crate::view::View;
use crate::world::WorldError;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/issue/{key}/remotelink")
                .route(web::get().to(list))
                .route(web::post().to(put))
                .route(web::delete().to(delete_by_global_id)),
        )
        .service(
            web::resource("/issue/{key}/remotelink/{id}")
                .route(web::get().to(read))
                .route(web::delete().to(delete)),
        );
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GlobalId {
    global_id: Option<String>,
}

async fn list(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    Query(query): Query<GlobalId>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let view = View::rest(&world);
    if query.global_id.is_some() {
        let link = issue
            .remote_links
            .iter()
            .find(|link| link.global_id == query.global_id);
        let link = link.ok_or(WorldError::NoSuchRemoteLink)?;
        return Ok(HttpResponse::Ok().json(view.remote_link(issue, link)));
    }
    let links: Vec<Value> = issue
        .remote_links
        .iter()
        .map(|link| view.remote_link(issue, link))
        .collect();
    Ok(HttpResponse::Ok().json(links))
}

async fn read(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, RestError> {
    let (key, id) = path.into_inner();
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let link = issue.remote_links.iter().find(|link| link.id == id);
    let link = link.ok_or(WorldError::NoSuchRemoteLink)?;
    Ok(HttpResponse::Ok().json(View::rest(&world).remote_link(issue, link)))
}

async fn put(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    body: web::Json<Value>,
) -> Result<HttpResponse, RestError> {
    let body = body.into_inner();
    let (id, is_new) = site.change(|world| world.put_remote_link(&caller.account, &key, body))?;
    let world = lock(&site.world);
    let link = View::rest(&world).link(&format!("issue/{}/remotelink/{id}", *key));
    let mut response = if is_new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    Ok(response.json(json!({ "id": id, "self": link })))
}

async fn delete(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, RestError> {
    let (key, id) = path.into_inner();
    site.change(|world| world.delete_remote_link(&caller.account, &key, |link| link.id == id))?;
    Ok(HttpResponse::NoContent().finish())
}

async fn delete_by_global_id(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    Query(query): Query<GlobalId>,
) -> Result<HttpResponse, RestError> {
    let wanted = query.global_id;
    if wanted.is_none() {
        return Err(RestError::bad("globalId is required."));
    }
    site.change(|world| {
        world.delete_remote_link(&caller.account, &key, |link| link.global_id == wanted)
    })?;
    Ok(HttpResponse::NoContent().finish())
}
