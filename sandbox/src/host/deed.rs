//! What the forms do: create, edit, comment, move, delete, in the viewer's name. Each answers with a redirect; a
//! refusal is shown on the page it leads to.

use std::collections::HashMap;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::viewer::Viewer;
use crate::actions::Actions;
use crate::connect::qsh::encode;
use crate::site::Site;
use crate::world::{Edit, NewIssue, WorldError};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/create", web::post().to(create))
        .route("/browse/{key}/edit", web::post().to(edit))
        .route("/browse/{key}/transition", web::post().to(transition))
        .route("/browse/{key}/delete", web::post().to(delete))
        .route("/browse/{key}/comments", web::post().to(comment))
        .route("/browse/{key}/comments/{id}", web::post().to(edit_comment))
        .route(
            "/browse/{key}/comments/{id}/delete",
            web::post().to(delete_comment),
        );
}

type Fields = web::Form<HashMap<String, String>>;

/// A value of a form, empty when absent.
fn field<'a>(form: &'a Fields, name: &str) -> &'a str {
    form.get(name).map_or("", String::as_str)
}

/// One of the vocabulary's names; `None` for any other text.
fn named<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(Value::from(text)).ok()
}

fn list(text: &str, separator: fn(char) -> bool) -> Vec<String> {
    text.split(separator)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn to(path: &str, outcome: Result<(), WorldError>) -> HttpResponse {
    let flash = match outcome {
        Ok(()) => String::new(),
        Err(error) => format!("?flash={}", encode(&format!("Not done: {error}."))),
    };
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("{path}{flash}")))
        .finish()
}

fn to_issue(key: &str, outcome: Result<(), WorldError>) -> HttpResponse {
    to(&format!("/browse/{}", encode(key)), outcome)
}

async fn create(site: web::Data<Site>, viewer: Viewer, form: Fields) -> HttpResponse {
    let new = NewIssue {
        project: field(&form, "project").to_owned(),
        summary: field(&form, "summary").to_owned(),
        description: field(&form, "description").to_owned(),
        issue_type: named(field(&form, "issueType")).unwrap_or_default(),
        priority: named(field(&form, "priority")).unwrap_or_default(),
        labels: list(field(&form, "labels"), char::is_whitespace),
        ..NewIssue::default()
    };
    match Actions::new(&site).create_issue(viewer.account.as_str(), new) {
        Ok(made) => to_issue(&made.key, Ok(())),
        Err(error) => to("/", Err(error)),
    }
}

async fn edit(
    site: web::Data<Site>,
    viewer: Viewer,
    key: web::Path<String>,
    form: Fields,
) -> HttpResponse {
    let edit = Edit {
        summary: form.get("summary").cloned(),
        description: form
            .get("description")
            .map(|text| text.replace("\r\n", "\n")),
        issue_type: named(field(&form, "issueType")),
        priority: named(field(&form, "priority")),
        labels: form
            .get("labels")
            .map(|text| list(text, char::is_whitespace)),
        components: form.get("components").map(|text| list(text, |c| c == ',')),
        assignee: form.get("assignee").cloned(),
        restricted: form.get("restricted").map(|level| level == "on"),
        ..Edit::default()
    };
    let edit = keep_same_description(&site, &key, edit);
    let outcome = Actions::new(&site).edit_issue(viewer.account.as_str(), &key, edit);
    to_issue(&key, outcome.map(|_| ()))
}

/// A description sent back unchanged stays the very document it was.
fn keep_same_description(site: &Site, key: &str, mut edit: Edit) -> Edit {
    let world = crate::site::lock(&site.world);
    let stored = world
        .issue(key)
        .ok()
        .and_then(|issue| issue.description.clone());
    let sent = edit.description.as_deref().map(crate::adf::from_text);
    if let (Some(stored), Some(sent)) = (stored, sent)
        && crate::adf::to_text(&stored) == crate::adf::to_text(&sent)
    {
        edit.description = None;
    }
    edit
}

async fn transition(
    site: web::Data<Site>,
    viewer: Viewer,
    key: web::Path<String>,
    form: Fields,
) -> HttpResponse {
    let target = field(&form, "to");
    let outcome = Actions::new(&site).transition(viewer.account.as_str(), &key, target);
    to_issue(&key, outcome.map(|_| ()))
}

async fn delete(site: web::Data<Site>, viewer: Viewer, key: web::Path<String>) -> HttpResponse {
    match Actions::new(&site).delete_issue(viewer.account.as_str(), &key) {
        Ok(()) => to("/", Ok(())),
        Err(error) => to_issue(&key, Err(error)),
    }
}

async fn comment(
    site: web::Data<Site>,
    viewer: Viewer,
    key: web::Path<String>,
    form: Fields,
) -> HttpResponse {
    let text = field(&form, "text").replace("\r\n", "\n");
    let outcome = Actions::new(&site).add_comment(viewer.account.as_str(), &key, &text);
    to_issue(&key, outcome.map(|_| ()))
}

async fn edit_comment(
    site: web::Data<Site>,
    viewer: Viewer,
    path: web::Path<(String, u64)>,
    form: Fields,
) -> HttpResponse {
    let (key, id) = path.into_inner();
    let text = field(&form, "text").replace("\r\n", "\n");
    let outcome = Actions::new(&site).edit_comment(viewer.account.as_str(), &key, id, &text);
    to_issue(&key, outcome)
}

async fn delete_comment(
    site: web::Data<Site>,
    viewer: Viewer,
    path: web::Path<(String, u64)>,
) -> HttpResponse {
    let (key, id) = path.into_inner();
    to_issue(
        &key,
        Actions::new(&site).delete_comment(viewer.account.as_str(), &key, id),
    )
}
