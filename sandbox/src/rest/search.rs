//! Searching by JQL. Pages by issue id, so a page's token stays good while issues change.

use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::issue::{expand, properties};
use super::query::{Query, listed};
use crate::jql;
use crate::site::{Site, lock};
use crate::view::{FieldChoice, View};
use crate::world::Issue;

pub(super) fn on_cloud(config: &mut web::ServiceConfig) {
    config
        .route("/search/jql", web::post().to(by_body))
        .route("/search/jql", web::get().to(by_query))
        .route("/search/approximate-count", web::post().to(count));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wish {
    #[serde(default)]
    jql: String,
    #[serde(default)]
    fields: Vec<String>,
    max_results: Option<usize>,
    next_page_token: Option<String>,
    #[serde(default)]
    expand: String,
    #[serde(default)]
    properties: Vec<String>,
}

/// The same wish as a query: lists are parted by commas.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryWish {
    #[serde(default)]
    jql: String,
    #[serde(default)]
    fields: String,
    max_results: Option<usize>,
    next_page_token: Option<String>,
    #[serde(default)]
    expand: String,
    #[serde(default)]
    properties: String,
}

impl From<QueryWish> for Wish {
    fn from(query: QueryWish) -> Self {
        Self {
            jql: query.jql,
            fields: listed(&query.fields),
            max_results: query.max_results,
            next_page_token: query.next_page_token,
            expand: query.expand,
            properties: listed(&query.properties),
        }
    }
}

async fn by_body(
    site: web::Data<Site>,
    caller: Caller,
    wish: web::Json<Wish>,
) -> Result<HttpResponse, RestError> {
    search(&site, &caller, &wish)
}

async fn by_query(
    site: web::Data<Site>,
    caller: Caller,
    Query(query): Query<QueryWish>,
) -> Result<HttpResponse, RestError> {
    search(&site, &caller, &query.into())
}

fn search(site: &Site, caller: &Caller, wish: &Wish) -> Result<HttpResponse, RestError> {
    let query = parse(&wish.jql)?;
    if wish.properties.len() > 5 {
        return Err(RestError::bad("At most five properties may be asked for."));
    }
    let after = match &wish.next_page_token {
        Some(token) => open_token(token)
            .ok_or_else(|| RestError::bad("The provided next page token is invalid."))?,
        None => 0,
    };
    let size = wish.max_results.unwrap_or(50).clamp(1, 5000);
    let choice = FieldChoice::new(wish.fields.iter().map(String::as_str), false);
    let world = lock(&site.world);
    let view = View::rest(&world);
    let found: Vec<&Issue> = world
        .issues
        .range(after + 1..)
        .map(|(_, issue)| issue)
        .filter(|issue| query.matches(issue) && world.may_see(&caller.account, issue))
        .take(size + 1)
        .collect();
    let is_last = found.len() <= size;
    let page = &found[..found.len().min(size)];
    let issues: Vec<Value> = page
        .iter()
        .map(|issue| {
            if choice.id_only() && wish.expand.is_empty() && wish.properties.is_empty() {
                return json!({ "id": issue.id.to_string() });
            }
            let mut out = view.issue(issue, &choice);
            expand(&view, issue, &wish.expand, &mut out);
            if !wish.properties.is_empty() {
                let names = wish.properties.iter().map(String::as_str);
                out["properties"] = Value::Object(properties(issue, names));
            }
            out
        })
        .collect();
    let mut out = json!({ "issues": issues, "isLast": is_last });
    if let (false, Some(last)) = (is_last, page.last()) {
        out["nextPageToken"] = json!(URL_SAFE_NO_PAD.encode(format!("after:{}", last.id)));
    }
    Ok(HttpResponse::Ok().json(out))
}

async fn count(
    site: web::Data<Site>,
    caller: Caller,
    wish: web::Json<Wish>,
) -> Result<HttpResponse, RestError> {
    let query = parse(&wish.jql)?;
    let world = lock(&site.world);
    let visible = world
        .issues
        .values()
        .filter(|issue| world.may_see(&caller.account, issue));
    let count = visible.filter(|issue| query.matches(issue)).count();
    Ok(HttpResponse::Ok().json(json!({ "count": count })))
}

pub(super) fn parse(jql: &str) -> Result<jql::Query, RestError> {
    let query = jql::Query::parse(jql).and_then(jql::Query::bounded);
    query.map_err(|error| RestError::bad(error.to_string()))
}

fn open_token(token: &str) -> Option<u64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("after:")?.parse().ok()
}
