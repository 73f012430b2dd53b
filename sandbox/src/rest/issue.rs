//! Reading one issue and its changelog.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::query::Query;
use crate::config::Deployment;
use crate::site::{Site, lock};
use crate::view::{FieldChoice, View};
use crate::world::{CUSTOM_FIELDS, Issue, SYSTEM_FIELDS};

/// Most changelog entries on one page.
const PAGE: usize = 100;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/issue/{key}", web::get().to(read));
}

pub(super) fn on_cloud(config: &mut web::ServiceConfig) {
    config.route("/issue/{key}/changelog", web::get().to(changelog));
}

#[derive(Deserialize)]
struct ReadQuery {
    fields: Option<String>,
    #[serde(default)]
    expand: String,
    #[serde(default)]
    properties: String,
}

async fn read(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    Query(query): Query<ReadQuery>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let choice = FieldChoice::new(query.fields.iter().map(String::as_str), true);
    let view = View::rest(&world);
    let mut out = view.issue(issue, &choice);
    expand(&view, issue, &query.expand, &mut out);
    if !query.properties.is_empty() {
        out["properties"] = Value::Object(properties(issue, query.properties.split(',')));
    }
    Ok(HttpResponse::Ok().json(out))
}

/// Adds what `expand` names: changelog (latest first and a page of it; on Data Center all, the oldest first), names,
/// transitions.
pub(super) fn expand(view: &View<'_>, issue: &Issue, names: &str, out: &mut Value) {
    out["expand"] = json!("renderedFields,names,schema,operations,editmeta,changelog");
    for name in names.split(',').map(str::trim) {
        match name {
            "changelog" => {
                let told = |change| view.change(change);
                let histories: Vec<Value> = match view.world.deployment {
                    Deployment::Cloud => issue.history.iter().rev().take(PAGE).map(told).collect(),
                    Deployment::DataCenter => issue.history.iter().map(told).collect(),
                };
                out["changelog"] = json!({
                    "startAt": 0,
                    "maxResults": histories.len(),
                    "total": issue.history.len(),
                    "histories": histories,
                });
            }
            "names" => out["names"] = field_names(),
            "transitions" => out["transitions"] = super::transition::available(view, issue),
            _ => {}
        }
    }
}

/// The properties of an issue that were asked for.
pub(super) fn properties<'a>(
    issue: &Issue,
    names: impl Iterator<Item = &'a str>,
) -> Map<String, Value> {
    let wanted: Vec<&str> = names.map(str::trim).collect();
    let all = wanted.contains(&"*all");
    let chosen = issue
        .properties
        .iter()
        .filter(|(name, _)| all || wanted.contains(&name.as_str()));
    chosen
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn field_names() -> Value {
    let system = SYSTEM_FIELDS.iter().map(|(id, name, _)| (*id, *name));
    let custom = CUSTOM_FIELDS.iter().map(|(id, name, ..)| (*id, *name));
    system
        .chain(custom)
        .map(|(id, name)| (id.to_owned(), json!(name)))
        .collect()
}

/// `startAt` and `maxResults` of a paged list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageQuery {
    #[serde(default)]
    pub(super) start_at: usize,
    pub(super) max_results: Option<usize>,
}

async fn changelog(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let issue = world.visible_issue(&caller.account, &key)?;
    let view = View::rest(&world);
    let values: Vec<Value> = issue
        .history
        .iter()
        .map(|change| view.change(change))
        .collect();
    let path = format!("issue/{}/changelog", issue.key);
    Ok(HttpResponse::Ok().json(page(&view, &path, "", values, &query, PAGE)))
}

/// One page in Jira's `PageBean` shape. `extra` is the query beside the page's own, with a trailing `&`.
pub(super) fn page(
    view: &View<'_>,
    path: &str,
    extra: &str,
    values: Vec<Value>,
    query: &PageQuery,
    limit: usize,
) -> Value {
    let size = query.max_results.unwrap_or(limit).clamp(1, limit);
    let (start, total) = (query.start_at, values.len());
    let link = |at: usize| view.link(&format!("{path}?{extra}startAt={at}&maxResults={size}"));
    let values: Vec<Value> = values.into_iter().skip(start).take(size).collect();
    let next = start.saturating_add(values.len());
    let is_last = next >= total;
    let mut out = json!({
        "self": link(start),
        "maxResults": size,
        "startAt": start,
        "total": total,
        "isLast": is_last,
        "values": values,
    });
    if !is_last {
        out["nextPage"] = json!(link(next));
    }
    out
}
