//! Projects, their roles, the field list, and what the site says of itself.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::auth::{Caller, stranger};
use super::error::RestError;
use super::issue::{PageQuery, page};
use super::query::Query;
use crate::clock;
use crate::config::Deployment;
use crate::site::{Site, lock};
use crate::view::View;
use crate::world::{
    APP_FIELD, AccountId, CUSTOM_FIELDS, IssueType, Permission, Project, ROLES, RoleActor,
    SYSTEM_FIELDS, World, WorldError,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/project", web::get().to(list))
        .route("/project/{key}", web::get().to(read))
        .route("/project/{key}/role", web::get().to(roles))
        .route("/project/{key}/role/{id}", web::get().to(role))
        .route("/field", web::get().to(fields))
        .route("/serverInfo", web::get().to(server_info));
}

pub(super) fn on_cloud(config: &mut web::ServiceConfig) {
    config.route("/project/search", web::get().to(search));
}

/// Most projects on one page.
const PAGE: usize = 50;

/// The older list, without pages; deprecated, and still what some clients ask for.
async fn list(site: web::Data<Site>, caller: Caller) -> HttpResponse {
    HttpResponse::Ok().json(browsable(&lock(&site.world), &caller.account))
}

async fn search(
    site: web::Data<Site>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> HttpResponse {
    let world = lock(&site.world);
    let values = browsable(&world, &caller.account);
    let view = View::rest(&world);
    HttpResponse::Ok().json(page(&view, "project/search", "", values, &query, PAGE))
}

/// The projects somebody may browse, by key.
fn browsable(world: &World, who: &AccountId) -> Vec<Value> {
    let mut seen: Vec<&Project> = world
        .projects
        .iter()
        .filter(|project| world.may(who, &project.key, Permission::BrowseProjects))
        .collect();
    seen.sort_by(|one, other| one.key.cmp(&other.key));
    let view = View::rest(world);
    seen.iter().map(|project| view.project(project)).collect()
}

fn visible<'a>(world: &'a World, who: &AccountId, key: &str) -> Result<&'a Project, WorldError> {
    let project = world.project(key).ok_or(WorldError::NoSuchProject)?;
    let browse = world.may(who, &project.key, Permission::BrowseProjects);
    if browse {
        Ok(project)
    } else {
        Err(WorldError::NoSuchProject)
    }
}

async fn read(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let project = visible(&world, &caller.account, &key)?;
    let view = View::rest(&world);
    let mut out = view.project(project);
    out["description"] = json!("");
    out["lead"] = view.user(&project.lead);
    out["assigneeType"] = json!("UNASSIGNED");
    out["style"] = json!("classic");
    out["isPrivate"] = json!(false);
    out["versions"] = json!([]);
    out["issueTypes"] = IssueType::ALL
        .iter()
        .map(|kind| view.issue_type(*kind))
        .collect();
    out["components"] = project
        .components
        .iter()
        .map(|(id, name)| {
            let link = view.link(&format!("component/{id}"));
            json!({ "self": link, "id": id.to_string(), "name": name })
        })
        .collect();
    out["roles"] = Value::Object(role_links(&view, project));
    Ok(HttpResponse::Ok().json(out))
}

async fn roles(
    site: web::Data<Site>,
    caller: Caller,
    key: web::Path<String>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let project = visible(&world, &caller.account, &key)?;
    Ok(HttpResponse::Ok().json(role_links(&View::rest(&world), project)))
}

fn role_links(view: &View<'_>, project: &Project) -> Map<String, Value> {
    let link = |id: u64| json!(view.link(&format!("project/{}/role/{id}", project.key)));
    ROLES
        .iter()
        .map(|role| (role.name.to_owned(), link(role.id)))
        .collect()
}

async fn role(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, RestError> {
    let (key, id) = path.into_inner();
    let world = lock(&site.world);
    let project = visible(&world, &caller.account, &key)?;
    let role = ROLES.iter().find(|role| role.id == id).ok_or_else(|| {
        RestError::new(
            actix_web::http::StatusCode::NOT_FOUND,
            "The role does not exist.",
        )
    })?;
    let actors: Vec<Value> = world
        .actors(&project.key, role.name)
        .iter()
        .filter_map(|(id, actor)| role_actor(&world, *id, actor))
        .collect();
    let link = View::rest(&world).link(&format!("project/{}/role/{id}", project.key));
    Ok(HttpResponse::Ok().json(json!({
        "self": link,
        "name": role.name,
        "id": role.id,
        "description": role.description,
        "actors": actors,
    })))
}

fn role_actor(world: &World, id: u64, actor: &RoleActor) -> Option<Value> {
    if world.deployment == Deployment::DataCenter {
        let (name, shown, kind) = match actor {
            RoleActor::User(account) => {
                let user = world.user(account)?;
                (
                    user.login(),
                    &user.display_name,
                    "atlassian-user-role-actor",
                )
            }
            RoleActor::Group(name) => (name.as_str(), name, "atlassian-group-role-actor"),
        };
        return Some(json!({ "id": id, "displayName": shown, "type": kind, "name": name }));
    }
    match actor {
        RoleActor::User(account) => Some(json!({
            "id": id,
            "displayName": world.user(account)?.display_name,
            "type": "atlassian-user-role-actor",
            "actorUser": { "accountId": account },
        })),
        RoleActor::Group(name) => {
            let group = world.group(name)?;
            Some(json!({
                "id": id,
                "displayName": name,
                "name": name,
                "type": "atlassian-group-role-actor",
                "actorGroup": { "name": name, "displayName": name, "groupId": group.id },
            }))
        }
    }
}

async fn fields(site: web::Data<Site>, _caller: Caller) -> HttpResponse {
    let entry = |id: &str, name: &str, schema: Value, custom: bool| {
        let clause = if custom { name } else { id };
        json!({
            "id": id,
            "key": id,
            "name": name,
            "custom": custom,
            "orderable": true,
            "navigable": true,
            "searchable": true,
            "clauseNames": [clause],
            "schema": schema,
        })
    };
    let system = SYSTEM_FIELDS
        .iter()
        .map(|(id, name, kind)| entry(id, name, json!({ "type": kind, "system": id }), false));
    let of_the_app = site.forge_installation().map(|_| &APP_FIELD);
    let custom = CUSTOM_FIELDS
        .iter()
        .chain(of_the_app)
        .map(|(id, name, kind, key)| {
            let number = id.trim_start_matches("customfield_").parse::<u64>().ok();
            entry(
                id,
                name,
                json!({ "type": kind, "custom": key, "customId": number }),
                true,
            )
        });
    HttpResponse::Ok().json(system.chain(custom).collect::<Vec<_>>())
}

/// Jira answers this to strangers too.
async fn server_info(
    site: web::Data<Site>,
    request: HttpRequest,
) -> Result<HttpResponse, RestError> {
    stranger(&request)?;
    let base_url = lock(&site.world).base_url.clone();
    let (deployment, version, numbers) = match site.deployment {
        Deployment::Cloud => ("Cloud", "1001.0.0-SNAPSHOT", [1001, 0, 0]),
        Deployment::DataCenter => ("Server", "10.3.2", [10, 3, 2]),
    };
    Ok(HttpResponse::Ok().json(json!({
        "baseUrl": base_url,
        "displayUrl": base_url,
        "version": version,
        "versionNumbers": numbers,
        "deploymentType": deployment,
        "buildNumber": 100_290,
        "buildDate": "2026-11-01T00:00:00.000+0000",
        "serverTime": clock::iso(clock::now_ms()),
        "serverTimeZone": "Etc/UTC",
        "scmInfo": "sandbox",
        "serverTitle": site.title,
    })))
}

/// The site's cloud id, answered to strangers.
pub(super) async fn tenant_info(site: web::Data<Site>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "cloudId": site.cloud_id }))
}
