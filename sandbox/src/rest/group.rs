//! Members of a group.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;

use super::auth::Caller;
use super::error::RestError;
use super::issue::{PageQuery, page};
use super::query::Query;
use crate::site::{Site, lock};
use crate::view::View;

/// Most members on one page.
const PAGE: usize = 50;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/group/member", web::get().to(members));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MemberQuery {
    groupname: Option<String>,
    group_id: Option<String>,
    #[serde(default)]
    include_inactive_users: bool,
    #[serde(default)]
    start_at: usize,
    max_results: Option<usize>,
}

async fn members(
    site: web::Data<Site>,
    caller: Caller,
    Query(query): Query<MemberQuery>,
) -> Result<HttpResponse, RestError> {
    let (name, extra) = match (&query.groupname, &query.group_id) {
        (_, Some(id)) => (id, "groupId"),
        (Some(name), None) => (name, "groupname"),
        (None, None) => return Err(RestError::bad("A group must be named.")),
    };
    let world = lock(&site.world);
    if !caller.is_app && !world.is_site_admin(&caller.account) {
        let words = "You cannot view the members of this group.";
        return Err(RestError::new(StatusCode::FORBIDDEN, words));
    }
    let group = world
        .group(name)
        .ok_or_else(|| RestError::new(StatusCode::NOT_FOUND, "The group does not exist."))?;
    let view = View::rest(&world);
    let active = |user: &&crate::world::AccountId| world.user(user).is_some_and(|user| user.active);
    let values: Vec<Value> = group
        .members
        .iter()
        .filter(|user| query.include_inactive_users || active(user))
        .map(|user| view.user(user))
        .collect();
    let extra = format!("{extra}={}&", crate::connect::qsh::encode(name));
    let part = PageQuery {
        start_at: query.start_at,
        max_results: query.max_results,
    };
    Ok(HttpResponse::Ok().json(page(&view, "group/member", &extra, values, &part, PAGE)))
}
