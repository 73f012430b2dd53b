//! Mails about an issue that a caller asks for.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;

use super::auth::Caller;
use super::error::RestError;
use crate::site::Site;
use crate::world::Letter;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/issue/{key}/notify", web::post().to(notify));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Notification {
    subject: Option<String>,
    text_body: Option<String>,
    to: To,
    restrict: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    groups: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Mails the members of the groups, those who may see the issue alone where that is asked for.
async fn notify(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    body: web::Json<Notification>,
) -> Result<HttpResponse, RestError> {
    let asked = body.into_inner();
    let restrict = asked.restrict.unwrap_or_default();
    let letter = Letter {
        subject: asked.subject.unwrap_or_default(),
        text: asked.text_body.unwrap_or_default(),
        groups: asked.to.groups.into_iter().map(|it| it.name).collect(),
        readers_only: restrict["permissions"][0]["key"] == "BROWSE",
        to: Vec::new(),
    };
    site.change(|world| world.mail(&caller.account, &key, letter))?;
    // Jira's document has a media type even for this answer, which has no body.
    let mut queued = HttpResponse::NoContent();
    Ok(queued.insert_header(ContentType::json()).finish())
}
