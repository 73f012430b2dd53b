//! Control of issues: what a person would do, and what an app left on them.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ControlError;
use crate::actions::Actions;
use crate::site::Site;
use crate::world::{Edit, NewIssue};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/issues", web::post().to(create))
        .service(
            web::resource("/issues/{key}")
                .route(web::get().to(read))
                .route(web::patch().to(edit))
                .route(web::delete().to(delete)),
        )
        .route("/issues/{key}/transition", web::post().to(transition))
        .route("/issues/{key}/attachments", web::post().to(attach))
        .service(
            web::resource("/issues/{key}/comments")
                .route(web::get().to(comments))
                .route(web::post().to(comment)),
        )
        .service(
            web::resource("/issues/{key}/comments/{id}")
                .route(web::put().to(edit_comment))
                .route(web::delete().to(delete_comment)),
        )
        .route("/issues/{key}/remotelinks", web::get().to(remote_links))
        .route("/issues/{key}/letters", web::get().to(letters))
        .route("/issues/{key}/properties", web::get().to(properties))
        .service(
            web::resource("/issues/{key}/properties/{name}")
                .route(web::put().to(set_property))
                .route(web::delete().to(delete_property)),
        )
        .route("/issues/{key}/iframe-url", web::get().to(iframe_url))
        .route("/issues/{key}/context-token", web::get().to(context_token))
        .route("/issues/{key}/invocation", web::get().to(invocation));
}

type Answer = Result<HttpResponse, ControlError>;
type Key = web::Path<String>;

/// `?as=`: who acts.
#[derive(Deserialize)]
struct As {
    #[serde(rename = "as")]
    user: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    filename: String,
    size: u64,
}

async fn create(site: web::Data<Site>, who: web::Query<As>, new: web::Json<NewIssue>) -> Answer {
    let made = Actions::new(&site).create_issue(&who.user, new.into_inner())?;
    Ok(HttpResponse::Created().json(made))
}

async fn read(site: web::Data<Site>, key: Key) -> Answer {
    Ok(HttpResponse::Ok().json(Actions::new(&site).issue(&key)?))
}

async fn edit(
    site: web::Data<Site>,
    key: Key,
    who: web::Query<As>,
    edit: web::Json<Edit>,
) -> Answer {
    let change = Actions::new(&site).edit_issue(&who.user, &key, edit.into_inner())?;
    Ok(HttpResponse::Ok().json(json!({ "changelogId": change })))
}

async fn delete(site: web::Data<Site>, key: Key, who: web::Query<As>) -> Answer {
    Actions::new(&site).delete_issue(&who.user, &key)?;
    Ok(HttpResponse::NoContent().finish())
}

async fn transition(
    site: web::Data<Site>,
    key: Key,
    who: web::Query<As>,
    wish: web::Json<To>,
) -> Answer {
    let change = Actions::new(&site).transition(&who.user, &key, &wish.to)?;
    Ok(HttpResponse::Ok().json(json!({ "changelogId": change })))
}

async fn attach(
    site: web::Data<Site>,
    key: Key,
    who: web::Query<As>,
    file: web::Json<File>,
) -> Answer {
    let id = Actions::new(&site).add_attachment(&who.user, &key, &file.filename, file.size)?;
    Ok(HttpResponse::Created().json(json!({ "id": id })))
}

async fn comments(site: web::Data<Site>, key: Key) -> Answer {
    Ok(HttpResponse::Ok().json(Actions::new(&site).comments(&key)?))
}

async fn comment(
    site: web::Data<Site>,
    key: Key,
    who: web::Query<As>,
    wish: web::Json<Text>,
) -> Answer {
    let id = Actions::new(&site).add_comment(&who.user, &key, &wish.text)?;
    Ok(HttpResponse::Created().json(json!({ "id": id })))
}

async fn edit_comment(
    site: web::Data<Site>,
    path: web::Path<(String, u64)>,
    who: web::Query<As>,
    wish: web::Json<Text>,
) -> Answer {
    let (key, id) = path.into_inner();
    Actions::new(&site).edit_comment(&who.user, &key, id, &wish.text)?;
    Ok(HttpResponse::NoContent().finish())
}

async fn delete_comment(
    site: web::Data<Site>,
    path: web::Path<(String, u64)>,
    who: web::Query<As>,
) -> Answer {
    let (key, id) = path.into_inner();
    Actions::new(&site).delete_comment(&who.user, &key, id)?;
    Ok(HttpResponse::NoContent().finish())
}

async fn remote_links(site: web::Data<Site>, key: Key) -> Answer {
    Ok(HttpResponse::Ok().json(Actions::new(&site).remote_links(&key)?))
}

async fn letters(site: web::Data<Site>, key: Key) -> Answer {
    Ok(HttpResponse::Ok().json(Actions::new(&site).letters(&key)?))
}

async fn properties(site: web::Data<Site>, key: Key) -> Answer {
    Ok(HttpResponse::Ok().json(Actions::new(&site).properties(&key)?))
}

async fn set_property(
    site: web::Data<Site>,
    path: web::Path<(String, String)>,
    who: web::Query<As>,
    value: web::Json<Value>,
) -> Answer {
    let (key, name) = path.into_inner();
    let is_new = Actions::new(&site).set_property(&who.user, &key, &name, &value)?;
    Ok(HttpResponse::Ok().json(json!({ "isNew": is_new })))
}

async fn delete_property(
    site: web::Data<Site>,
    path: web::Path<(String, String)>,
    who: web::Query<As>,
) -> Answer {
    let (key, name) = path.into_inner();
    Actions::new(&site).delete_property(&who.user, &key, &name)?;
    Ok(HttpResponse::NoContent().finish())
}

async fn iframe_url(site: web::Data<Site>, key: Key, who: web::Query<As>) -> Answer {
    let url = site.iframe_url(&who.user, &key)?;
    Ok(HttpResponse::Ok().json(json!({ "url": url })))
}

async fn context_token(site: web::Data<Site>, key: Key, who: web::Query<As>) -> Answer {
    let token = site.context_token(&who.user, &key)?;
    Ok(HttpResponse::Ok().json(json!({ "token": token })))
}

/// What the platform would carry with a call out of the issue's panel.
async fn invocation(site: web::Data<Site>, key: Key, who: web::Query<As>) -> Answer {
    let claims = site.panel_claims(&who.user, &key)?;
    let system = site.forge_installation().map(|app| app.system_token);
    Ok(HttpResponse::Ok().json(json!({
        "token": site.invocation_token(&claims)?,
        "systemToken": system,
    })))
}
