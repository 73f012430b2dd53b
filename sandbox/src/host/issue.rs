//! The issue page with the app's panel.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::custom_ui;
use super::frame::framed;
use super::pages;
use super::viewer::Viewer;
use crate::connect::panel::context_of;
use crate::site::{Site, lock};
use crate::world::{
    APP_FIELD, AccountId, CUSTOM_FIELDS, Comment, Issue, Permission, Status, World,
};
use crate::{adf, clock};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/browse/{key}", web::get().to(page));
}

async fn page(site: web::Data<Site>, viewer: Viewer, key: web::Path<String>) -> HttpResponse {
    let panel = panel(&site, &viewer, &key);
    let mut data = {
        let world = lock(&site.world);
        match world.visible_issue(&viewer.account, &key) {
            Ok(issue) => contents(&world, issue, &viewer),
            Err(error) => {
                let words = error.to_string();
                drop(world);
                let viewer = Viewer {
                    flash: Some(words),
                    ..viewer
                };
                return pages::draw(&site, &viewer, "board", json!({ "title": "Not found" }));
            }
        }
    };
    data["panel"] = panel;
    data["forge"] = custom_ui::framed(&site, "panel", &key);
    pages::draw(&site, &viewer, "issue", data)
}

/// What the iframe needs; null without an app that has a panel.
fn panel(site: &Site, viewer: &Viewer, key: &str) -> Value {
    let Ok(url) = site.iframe_url(viewer.account.as_str(), key) else {
        return Value::Null;
    };
    let context = {
        let world = lock(&site.world);
        world.issue(key).map(|issue| context_of(issue, &world))
    };
    framed(
        site,
        |app| app.panel.as_ref(),
        &url,
        key,
        &context.unwrap_or_default(),
    )
}

fn contents(world: &World, issue: &Issue, viewer: &Viewer) -> Value {
    let name = |id: Option<&AccountId>| {
        let user = id.and_then(|id| world.user(id));
        user.map_or("Nobody".to_owned(), |user| user.display_name.clone())
    };
    let text = issue
        .description
        .as_ref()
        .map(adf::to_text)
        .unwrap_or_default();
    let admin = world.may(
        &viewer.account,
        &issue.project,
        Permission::AdministerProjects,
    );
    let comment = |comment: &Comment| {
        let text = adf::to_text(&comment.body);
        json!({
            "id": comment.id,
            "author": name(Some(&comment.author)),
            "created": clock::plain(comment.created),
            "edited": comment.updated != comment.created,
            "draft": as_draft(&text),
            "text": text,
            "mine": admin || comment.author == viewer.account,
        })
    };
    let others = Status::ALL.into_iter().filter(|to| *to != issue.status);
    json!({
        "title": format!("{} {}", issue.key, issue.summary),
        "issue": {
            "key": issue.key,
            "projectName": world.project(&issue.project).map(|project| &project.name),
            "summary": issue.summary,
            "draft": as_draft(&text),
            "description": text,
            "status": issue.status.name(),
            "category": issue.status.category().1,
            "type": issue.issue_type.name(),
            "priority": issue.priority.name(),
            "labels": issue.labels.join(" "),
            "components": issue.components.join(", "),
            "assignee": name(issue.assignee.as_ref()),
            "assigneeId": issue.assignee,
            "reporter": name(issue.reporter.as_ref()),
            "restricted": issue.restricted,
            "updated": clock::plain(issue.updated),
            "custom": custom(issue),
        },
        "transitions": others
            .map(|to| json!({ "id": to.transition_id(), "name": to.name() }))
            .collect::<Vec<_>>(),
        "comments": issue.comments.iter().map(comment).collect::<Vec<_>>(),
        "links": issue.remote_links.iter().map(|link| link.body["object"].clone()).collect::<Vec<_>>(),
        "history": history(issue, |id| name(Some(id))),
    })
}

fn history(issue: &Issue, name: impl Fn(&AccountId) -> String) -> Vec<Value> {
    let mut out = Vec::new();
    for change in issue.history.iter().rev() {
        for item in &change.items {
            out.push(json!({
                "author": name(&change.author),
                "at": clock::plain(change.at),
                "field": item.field,
                "from": item.from_string.as_deref().unwrap_or("none"),
                "to": item.to_string.as_deref().unwrap_or("none"),
            }));
        }
    }
    out
}

fn custom(issue: &Issue) -> Vec<Value> {
    let fields = CUSTOM_FIELDS.iter().chain([&APP_FIELD]);
    fields
        .filter_map(|(id, name, ..)| {
            let value = issue.custom.get(*id)?;
            let shown = value.get("value").unwrap_or(value);
            let shown = shown
                .as_str()
                .map_or_else(|| shown.to_string(), str::to_owned);
            Some(json!({ "name": name, "value": shown }))
        })
        .collect()
}

/// Bullets as the editor takes them.
fn as_draft(text: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix("* ") {
        Some(item) => format!("- {item}"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
