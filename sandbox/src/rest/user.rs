//! Accounts: the caller, and anybody by account id.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::RestError;
use super::query::Query;
use crate::config::Deployment;
use crate::site::{Site, lock};
use crate::view::View;
use crate::world::{AccountId, World, WorldError};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/myself", web::get().to(myself))
        .route("/user", web::get().to(read));
}

pub(super) fn on_cloud(config: &mut web::ServiceConfig) {
    config.route("/user/groups", web::get().to(groups));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserQuery {
    /// On Cloud.
    account_id: Option<String>,
    /// On Data Center, either of these.
    key: Option<String>,
    username: Option<String>,
    #[serde(default)]
    expand: String,
}

impl UserQuery {
    fn whom(&self, world: &World) -> Result<AccountId, RestError> {
        let id = match world.deployment {
            Deployment::Cloud => self.account_id.as_ref(),
            Deployment::DataCenter => self.key.as_ref(),
        };
        if let Some(id) = id {
            return Ok(AccountId::parse(id)?);
        }
        let by_name = self.username.as_ref();
        let by_name = by_name.filter(|_| world.deployment == Deployment::DataCenter);
        let name = by_name.ok_or_else(|| RestError::bad("An account must be named."))?;
        let found = world.users.iter().find(|user| user.login() == name);
        Ok(found.ok_or(WorldError::NoSuchUser)?.account_id.clone())
    }
}

async fn myself(site: web::Data<Site>, caller: Caller) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let mut out = whole(&world, &caller.account, "groups")?;
    if !caller.is_app
        && let Some(user) = world.user(&caller.account)
    {
        out["emailAddress"] = json!(user.email);
    }
    Ok(HttpResponse::Ok().json(out))
}

async fn read(
    site: web::Data<Site>,
    caller: Caller,
    Query(query): Query<UserQuery>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let who = query.whom(&world)?;
    let mut out = whole(&world, &who, &query.expand)?;
    if !caller.is_app
        && let Some(user) = world.user(&who).filter(|user| user.shows_email)
    {
        out["emailAddress"] = json!(user.email);
    }
    Ok(HttpResponse::Ok().json(out))
}

async fn groups(
    site: web::Data<Site>,
    _caller: Caller,
    Query(query): Query<UserQuery>,
) -> Result<HttpResponse, RestError> {
    let world = lock(&site.world);
    let who = query.whom(&world)?;
    world.user(&who).ok_or(WorldError::NoSuchUser)?;
    Ok(HttpResponse::Ok().json(groups_of(&world, &who)))
}

fn whole(world: &World, who: &AccountId, expand: &str) -> Result<Value, RestError> {
    world.user(who).ok_or(WorldError::NoSuchUser)?;
    let mut out = View::rest(world).user(who);
    out["expand"] = json!("groups,applicationRoles");
    let groups = groups_of(world, who);
    let mut list = json!({ "size": groups.len() });
    list["items"] = if expand.split(',').any(|name| name == "groups") {
        json!(groups)
    } else {
        json!([])
    };
    out["groups"] = list;
    out["applicationRoles"] = json!({ "size": 1, "items": [] });
    Ok(out)
}

fn groups_of(world: &World, who: &AccountId) -> Vec<Value> {
    let member = world
        .groups
        .iter()
        .filter(|group| group.members.contains(who));
    member
        .map(|group| {
            let link = View::rest(world).link(&format!("group?groupId={}", group.id));
            match world.deployment {
                Deployment::Cloud => {
                    json!({ "name": group.name, "groupId": group.id, "self": link })
                }
                Deployment::DataCenter => json!({ "name": group.name, "self": link }),
            }
        })
        .collect()
}
