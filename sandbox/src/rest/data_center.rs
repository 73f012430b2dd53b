//! What Jira Data Center has otherwise than Cloud: searches by position, and who may do something by the beginning of a
//! name.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::issue::expand;
use super::query::{Query, listed};
use super::search::parse;
use crate::site::{Site, lock};
use crate::view::{FieldChoice, View};
use crate::world::{Issue, Permission};

const MOST_USERS: usize = 100;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/search", web::post().to(search))
        .route("/search", web::get().to(search_by_query))
        .route("/user/permission/search", web::get().to(users_who_may));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wish {
    #[serde(default)]
    jql: String,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    start_at: usize,
    max_results: Option<usize>,
    #[serde(default)]
    expand: Vec<String>,
}

/// The same wish as a query: lists are parted by commas.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryWish {
    #[serde(default)]
    jql: String,
    #[serde(default)]
    fields: String,
    #[serde(default)]
    start_at: usize,
    max_results: Option<usize>,
    #[serde(default)]
    expand: String,
}

async fn search_by_query(
    site: web::Data<Site>,
    caller: Caller,
    Query(query): Query<QueryWish>,
) -> Result<HttpResponse, RestError> {
    let wish = Wish {
        jql: query.jql,
        fields: listed(&query.fields),
        start_at: query.start_at,
        max_results: query.max_results,
        expand: listed(&query.expand),
    };
    search(site, caller, web::Json(wish)).await
}

/// In order of the last change, the oldest first, if the query wants that; else in order of making.
async fn search(
    site: web::Data<Site>,
    caller: Caller,
    wish: web::Json<Wish>,
) -> Result<HttpResponse, RestError> {
    let query = parse(&wish.jql)?;
    let world = lock(&site.world);
    let found = world.issues.values();
    let found = found.filter(|issue| world.may_see(&caller.account, issue));
    let mut found: Vec<&Issue> = found.filter(|issue| query.matches(issue)).collect();
    if wish.jql.to_lowercase().contains("order by updated") {
        found.sort_by_key(|issue| (issue.updated, issue.id));
    }
    let size = wish.max_results.unwrap_or(50).clamp(1, 1_000);
    let choice = FieldChoice::new(wish.fields.iter().map(String::as_str), true);
    let view = View::rest(&world);
    let page = found.iter().skip(wish.start_at).take(size);
    let issues: Vec<Value> = page
        .map(|issue| {
            let mut out = view.issue(issue, &choice);
            expand(&view, issue, &wish.expand.join(","), &mut out);
            out
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "expand": "schema,names",
        "startAt": wish.start_at,
        "maxResults": size,
        "total": found.len(),
        "issues": issues,
    })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WhoMay {
    #[serde(default)]
    username: String,
    permissions: String,
    issue_key: Option<String>,
    project_key: Option<String>,
    #[serde(default)]
    start_at: usize,
    max_results: Option<usize>,
}

async fn users_who_may(
    site: web::Data<Site>,
    caller: Caller,
    Query(wish): Query<WhoMay>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let issue = match (&wish.issue_key, &wish.project_key) {
        (Some(key), _) => Some(world.visible_issue(&caller.account, key)?),
        (None, Some(_)) => None,
        (None, None) => return Err(RestError::bad("An issue or a project must be named.")),
    };
    let project = issue
        .map(|issue| &issue.project)
        .or(wish.project_key.as_ref());
    let project = project.cloned().unwrap_or_default();
    let administers = world.is_site_admin(&caller.account)
        || world.may(&caller.account, &project, Permission::AdministerProjects);
    if !administers {
        let words = "You are not authorized to perform this operation.";
        return Err(RestError::new(StatusCode::FORBIDDEN, words));
    }
    let permissions: Option<Vec<Permission>> =
        wish.permissions.split(',').map(Permission::parse).collect();
    let permissions = permissions.ok_or_else(|| RestError::bad("Unrecognized permission"))?;
    let holds = |who, permission: &Permission| match issue {
        Some(issue) => world.may_on(who, issue, *permission),
        None => world.may(who, &project, *permission),
    };
    let begins = wish.username.to_lowercase();
    let view = View::rest(&world);
    let found = world.users.iter().filter(|user| {
        let named = user.login().starts_with(&begins)
            || user.display_name.to_lowercase().starts_with(&begins);
        let may = permissions
            .iter()
            .all(|permission| holds(&user.account_id, permission));
        user.active && named && may
    });
    // Of more than these nobody is told, whatever page is asked for.
    let found = found.take(MOST_USERS);
    let size = wish.max_results.unwrap_or(50).clamp(1, MOST_USERS);
    let page = found.skip(wish.start_at).take(size);
    let page: Vec<Value> = page.map(|user| view.user(&user.account_id)).collect();
    Ok(HttpResponse::Ok().json(page))
}
