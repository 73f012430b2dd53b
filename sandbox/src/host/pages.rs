//! The templates and what every page shows: site, people, choices, extra actions. Every value is escaped.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use handlebars::{Handlebars, TemplateError};
use serde_json::{Value, json};

use super::viewer::Viewer;
use crate::site::{Site, lock};
use crate::world::{IssueType, Permission, Priority, UserKind};

/// The parsed templates.
#[derive(Debug)]
pub(crate) struct Pages(Handlebars<'static>);

impl Pages {
    /// Parses the built-in templates.
    pub(crate) fn new() -> Result<Self, Box<TemplateError>> {
        let mut registry = Handlebars::new();
        for (name, text) in [
            ("layout", include_str!("../../assets/layout.hbs")),
            ("board", include_str!("../../assets/board.hbs")),
            ("issue", include_str!("../../assets/issue.hbs")),
            (
                "administration",
                include_str!("../../assets/administration.hbs"),
            ),
            (
                "site_webhooks",
                include_str!("../../assets/site_webhooks.hbs"),
            ),
            ("frame", include_str!("../../assets/frame.hbs")),
            ("forge_frame", include_str!("../../assets/forge_frame.hbs")),
        ] {
            registry
                .register_template_string(name, text)
                .map_err(Box::new)?;
        }
        Ok(Self(registry))
    }
}

/// Draws a page: `own` joined with what every page shows. Remembers the viewer in a cookie.
pub(super) fn draw(site: &Site, viewer: &Viewer, name: &str, own: Value) -> HttpResponse {
    let mut data = shared(site, viewer);
    if let (Some(data), Value::Object(own)) = (data.as_object_mut(), own) {
        data.extend(own);
    }
    match site.pages.0.render(name, &data) {
        Ok(html) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header(viewer.cookie())
            .body(html),
        Err(error) => {
            HttpResponse::build(StatusCode::INTERNAL_SERVER_ERROR).body(error.to_string())
        }
    }
}

fn shared(site: &Site, viewer: &Viewer) -> Value {
    let world = lock(&site.world);
    let people: Vec<Value> = world
        .users
        .iter()
        .filter(|user| user.kind == UserKind::Atlassian && user.active)
        .map(|user| json!({ "id": user.account_id, "name": user.display_name }))
        .collect();
    let name = world
        .user(&viewer.account)
        .map_or("", |user| &user.display_name);
    let projects: Vec<Value> = world
        .projects
        .iter()
        .filter(|project| world.may(&viewer.account, &project.key, Permission::CreateIssues))
        .map(|project| json!({ "key": project.key, "name": project.name }))
        .collect();
    let actions: Vec<Value> = site
        .actions
        .iter()
        .map(|action| json!({ "label": action.label(), "url": action.url() }))
        .collect();
    json!({
        "site": site.title,
        "viewer": { "id": viewer.account, "name": name },
        "people": people,
        "projects": projects,
        "types": IssueType::ALL.map(IssueType::name),
        "priorities": Priority::ALL.map(Priority::name),
        "actions": actions,
        "flash": viewer.flash,
        "here": viewer.here,
    })
}
