//! What an account may do: the bulk check, of what was asked, and the caller's own permissions.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::query::Query;
use crate::site::{Site, lock};
use crate::world::{ADMINISTER, AccountId, Permission};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/mypermissions", web::get().to(mine));
}

pub(super) fn on_cloud(config: &mut web::ServiceConfig) {
    config.route("/permissions/check", web::post().to(check));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wish {
    account_id: Option<String>,
    #[serde(default)]
    global_permissions: Vec<String>,
    #[serde(default)]
    project_permissions: Vec<ProjectWish>,
}

#[derive(Deserialize)]
struct ProjectWish {
    permissions: Vec<String>,
    #[serde(default)]
    issues: Vec<u64>,
    #[serde(default)]
    projects: Vec<u64>,
}

async fn check(
    site: web::Data<Site>,
    caller: Caller,
    wish: web::Json<Wish>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let who = match &wish.account_id {
        Some(id) => AccountId::parse(id)?,
        None => caller.account.clone(),
    };
    if who != caller.account && !caller.is_app && !world.is_site_admin(&caller.account) {
        let words = "Only Jira administrators can perform this operation.";
        return Err(RestError::new(
            actix_web::http::StatusCode::FORBIDDEN,
            words,
        ));
    }
    let unknown = |name: &String| RestError::field(name, "Unrecognized permission");
    let mut global = Vec::new();
    for name in &wish.global_permissions {
        if name != ADMINISTER {
            return Err(unknown(name));
        }
        if world.is_site_admin(&who) {
            global.push(name);
        }
    }
    let mut granted: Vec<Value> = Vec::new();
    for part in &wish.project_permissions {
        for name in &part.permissions {
            let permission = Permission::parse(name).ok_or_else(|| unknown(name))?;
            let issues: Vec<u64> = part
                .issues
                .iter()
                .filter(|id| {
                    world
                        .issues
                        .get(id)
                        .is_some_and(|it| world.may_on(&who, it, permission))
                })
                .copied()
                .collect();
            let projects: Vec<u64> = world
                .projects
                .iter()
                .filter(|project| part.projects.contains(&project.id))
                .filter(|project| world.may(&who, &project.key, permission))
                .map(|project| project.id)
                .collect();
            granted.push(json!({ "permission": name, "issues": issues, "projects": projects }));
        }
    }
    Ok(HttpResponse::Ok().json(json!({
        "globalPermissions": global,
        "projectPermissions": granted,
    })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MineQuery {
    permissions: String,
    issue_key: Option<String>,
    issue_id: Option<String>,
    project_key: Option<String>,
}

/// Of the permissions that are named, which the caller holds: on the issue or in the project that is named, else in
/// any project.
async fn mine(
    site: web::Data<Site>,
    caller: Caller,
    Query(query): Query<MineQuery>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let who = &caller.account;
    let issue = match query.issue_key.as_ref().or(query.issue_id.as_ref()) {
        Some(name) => Some(world.visible_issue(who, name)?),
        None => None,
    };
    let in_project = |permission| match &query.project_key {
        Some(key) => world.may(who, key, permission),
        None => world
            .projects
            .iter()
            .any(|project| world.may(who, &project.key, permission)),
    };
    let mut permissions = serde_json::Map::new();
    for key in query.permissions.split(',').map(str::trim) {
        let (kind, held) = if key == ADMINISTER {
            ("GLOBAL", world.is_site_admin(who))
        } else {
            let known = Permission::parse(key);
            let permission =
                known.ok_or_else(|| RestError::bad(format!("Unrecognized permission: {key}")))?;
            let held = match issue {
                Some(issue) => world.may_on(who, issue, permission),
                None => in_project(permission),
            };
            ("PROJECT", held)
        };
        let told = json!({ "id": key, "key": key, "name": key, "type": kind, "description": "", "havePermission": held });
        permissions.insert(key.to_owned(), told);
    }
    Ok(HttpResponse::Ok().json(json!({ "permissions": permissions })))
}
