//! Comments of an issue.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::query::Query;
use crate::site::{Site, lock};
use crate::view::View;
use crate::world::{Comment, CommentDraft, WorldError};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/issue/{key}/comment")
                .route(web::get().to(list))
                .route(web::post().to(add)),
        )
        .service(
            web::resource("/issue/{key}/comment/{id}")
                .route(web::get().to(read))
                .route(web::put().to(edit))
                .route(web::delete().to(delete)),
        );
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListQuery {
    #[serde(default)]
    start_at: usize,
    max_results: Option<usize>,
    #[serde(default)]
    order_by: String,
    #[serde(default)]
    expand: String,
}

#[derive(Deserialize)]
struct Draft {
    #[serde(default)]
    body: Value,
    visibility: Option<Value>,
    properties: Option<Vec<Value>>,
}

impl From<Draft> for CommentDraft {
    fn from(draft: Draft) -> Self {
        Self {
            body: draft.body,
            visibility: draft.visibility,
            properties: draft.properties,
        }
    }
}

fn expands_properties(expand: &str) -> bool {
    expand.split(',').any(|name| name.trim() == "properties")
}

async fn list(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let mut comments: Vec<&Comment> = issue.comments.iter().collect();
    if query.order_by == "-created" {
        comments.reverse();
    }
    let size = query.max_results.unwrap_or(100).clamp(1, 5000);
    let with_properties = expands_properties(&query.expand);
    let view = View::rest(&world);
    let chosen: Vec<Value> = comments
        .iter()
        .skip(query.start_at)
        .take(size)
        .map(|comment| view.comment(issue, comment, with_properties))
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "startAt": query.start_at,
        "maxResults": size,
        "total": comments.len(),
        "comments": chosen,
    })))
}

async fn read(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, u64)>,
    Query(query): Query<ListQuery>,
) -> Result<HttpResponse, RestError> {
    let (key, id) = path.into_inner();
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let comment = issue.comments.iter().find(|comment| comment.id == id);
    let comment = comment.ok_or(WorldError::NoSuchComment)?;
    let with_properties = expands_properties(&query.expand);
    Ok(HttpResponse::Ok().json(View::rest(&world).comment(issue, comment, with_properties)))
}

async fn add(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    draft: web::Json<Draft>,
) -> Result<HttpResponse, RestError> {
    let draft = CommentDraft::from(draft.into_inner());
    let comment = site.change(|world| world.add_comment(&caller.account, &key, draft))?;
    let world = lock(&site.world);
    let issue = world.issue(&key)?;
    Ok(HttpResponse::Created().json(View::rest(&world).comment(issue, &comment, true)))
}

async fn edit(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, u64)>,
    draft: web::Json<Draft>,
) -> Result<HttpResponse, RestError> {
    let (key, id) = path.into_inner();
    let draft = CommentDraft::from(draft.into_inner());
    let comment = site.change(|world| world.edit_comment(&caller.account, &key, id, draft))?;
    let world = lock(&site.world);
    let issue = world.issue(&key)?;
    Ok(HttpResponse::Ok().json(View::rest(&world).comment(issue, &comment, true)))
}

async fn delete(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, RestError> {
    let (key, id) = path.into_inner();
    site.change(|world| world.delete_comment(&caller.account, &key, id))?;
    Ok(HttpResponse::NoContent().finish())
}
