//! The Forge app's own field: read by all, written by the app alone.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;

use super::auth::Caller;
use super::error::RestError;
use crate::site::Site;
use crate::world::{APP_FIELD, AccountId};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/app/field/{field}/value", web::put().to(put));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Updates {
    updates: Vec<Update>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Update {
    issue_ids: Vec<u64>,
    value: Option<String>,
}

async fn put(
    site: web::Data<Site>,
    caller: Caller,
    field: web::Path<String>,
    wish: web::Json<Updates>,
) -> Result<HttpResponse, RestError> {
    let app = site.forge_installation();
    if *field != APP_FIELD.0 || app.is_none() {
        let words = "The field was not found.";
        return Err(RestError::new(StatusCode::NOT_FOUND, words));
    }
    if app.is_none_or(|app| app.app_account != caller.account) {
        let words = "The request is not authenticated as the app that provided the field.";
        return Err(RestError::new(StatusCode::FORBIDDEN, words));
    }
    for update in wish.into_inner().updates {
        for issue in update.issue_ids {
            set(&site, &caller.account, issue, update.value.as_deref())?;
        }
    }
    // The document says JSON, and of what is in it nothing.
    let mut answer = HttpResponse::NoContent();
    Ok(answer.content_type("application/json").finish())
}

fn set(site: &Site, app: &AccountId, issue: u64, value: Option<&str>) -> Result<(), RestError> {
    let value = value.map_or(Value::Null, Value::from);
    site.change(|world| world.set_app_field(app, issue, value))?;
    Ok(())
}
