//! Moving an issue through the workflow. Every status can be reached from every other; the sandbox evaluates no
//! workflow conditions.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use crate::site::{Site, lock};
use crate::view::View;
use crate::world::{Issue, Status};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/issue/{key}/transitions")
            .route(web::get().to(list))
            .route(web::post().to(perform)),
    );
}

#[derive(Deserialize)]
struct Wish {
    transition: Chosen,
}

#[derive(Deserialize)]
struct Chosen {
    id: Id,
}

/// Clients send the id as text or as a number, and Jira takes both.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(u64),
}

/// The transitions that start at the issue's status.
pub(super) fn available(view: &View<'_>, issue: &Issue) -> Value {
    let open = Status::ALL.into_iter().filter(|to| *to != issue.status);
    open.map(|to| {
        json!({
            "id": to.transition_id(),
            "name": to.name(),
            "to": view.status(to),
            "hasScreen": false,
            "isGlobal": true,
            "isInitial": false,
            "isAvailable": true,
            "isConditional": false,
            "looped": false,
        })
    })
    .collect()
}

async fn list(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let transitions = available(&View::rest(&world), issue);
    Ok(HttpResponse::Ok().json(json!({ "expand": "transitions", "transitions": transitions })))
}

async fn perform(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    wish: web::Json<Wish>,
) -> Result<HttpResponse, RestError> {
    let id = match wish.into_inner().transition.id {
        Id::Text(id) => id,
        Id::Number(id) => id.to_string(),
    };
    site.change(|world| world.transition(&caller.account, &key, &id))?;
    Ok(HttpResponse::NoContent().finish())
}
