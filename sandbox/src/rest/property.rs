//! Properties of an issue.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use crate::site::{Site, lock};
use crate::view::View;
use crate::world::WorldError;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/issue/{key}/properties", web::get().to(list))
        .service(
            web::resource("/issue/{key}/properties/{name}")
                .route(web::get().to(read))
                .route(web::put().to(put))
                .route(web::delete().to(delete)),
        );
}

async fn list(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let view = View::rest(&world);
    let keys: Vec<Value> = issue
        .properties
        .keys()
        .map(|name| {
            let link = view.link(&format!("issue/{}/properties/{name}", issue.id));
            json!({ "self": link, "key": name })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "keys": keys })))
}

async fn read(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, RestError> {
    let (key, name) = path.into_inner();
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let value = issue
        .properties
        .get(&name)
        .ok_or(WorldError::NoSuchProperty)?;
    Ok(HttpResponse::Ok().json(json!({ "key": name, "value": value })))
}

async fn put(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Result<HttpResponse, RestError> {
    let (key, name) = path.into_inner();
    let raw = std::str::from_utf8(&body).map_err(|_| RestError::bad("The body is not UTF-8."))?;
    let is_new = site.change(|world| world.put_property(&caller.account, &key, &name, raw))?;
    let mut response = if is_new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    // The document says JSON, and of what is in it nothing.
    Ok(response.json(json!({})))
}

async fn delete(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, RestError> {
    let (key, name) = path.into_inner();
    site.change(|world| world.delete_property(&caller.account, &key, &name))?;
    Ok(HttpResponse::NoContent().finish())
}
