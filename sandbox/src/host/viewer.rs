//! Whom the person at the browser chose to be: by `?as=`, else by cookie, else Alice. No authentication.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::site::{Site, lock};
use crate::world::{ALICE, AccountId, WorldError};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/host/viewer", web::post().to(switch))
        .route("/host/context-token", web::get().to(context_token));
}

/// Who looks at the page, and what the page should say first.
#[derive(Debug)]
pub(super) struct Viewer {
    pub(super) account: AccountId,
    pub(super) flash: Option<String>,
    /// Path of the page.
    pub(super) here: String,
}

impl Viewer {
    /// The header that remembers the choice.
    pub(super) fn cookie(&self) -> (header::HeaderName, String) {
        (header::SET_COOKIE, cookie(&self.account))
    }
}

#[derive(Default, Deserialize)]
struct Query {
    #[serde(rename = "as")]
    user: Option<String>,
    flash: Option<String>,
}

impl FromRequest for Viewer {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(viewer(request).map_err(actix_web::error::ErrorBadRequest))
    }
}

fn viewer(request: &HttpRequest) -> Result<Viewer, WorldError> {
    let query = web::Query::<Query>::from_query(request.query_string());
    let query = query.map(web::Query::into_inner).unwrap_or_default();
    let site = request
        .app_data::<web::Data<Site>>()
        .ok_or(WorldError::NoSuchUser)?;
    let cookies = request
        .headers()
        .get_all(header::COOKIE)
        .filter_map(|line| line.to_str().ok());
    let remembered = cookies
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix("viewer="));
    let world = lock(&site.world);
    let account = match (&query.user, remembered) {
        (Some(name), _) => world.find_user(name)?,
        (None, Some(id)) => world.find_user(id).or_else(|_| AccountId::parse(ALICE))?,
        (None, None) => AccountId::parse(ALICE)?,
    };
    Ok(Viewer {
        account,
        flash: query.flash,
        here: request.path().to_owned(),
    })
}

fn cookie(account: &AccountId) -> String {
    format!("viewer={account}; Path=/; SameSite=Lax; HttpOnly")
}

#[derive(Deserialize)]
struct Choice {
    #[serde(rename = "as")]
    user: String,
    back: String,
}

async fn switch(site: web::Data<Site>, choice: web::Form<Choice>) -> HttpResponse {
    let Ok(account) = lock(&site.world).find_user(&choice.user) else {
        return HttpResponse::BadRequest().finish();
    };
    let local = choice.back.starts_with('/') && !choice.back.starts_with("//");
    let back = if local { choice.back.as_str() } else { "/" };
    HttpResponse::SeeOther()
        .insert_header((header::SET_COOKIE, cookie(&account)))
        .insert_header((header::LOCATION, back))
        .finish()
}

#[derive(Deserialize)]
struct Wanted {
    issue: String,
}

/// What the page's bridge hands to the frame; without an issue, that of the administration page.
async fn context_token(
    site: web::Data<Site>,
    viewer: Viewer,
    wanted: web::Query<Wanted>,
) -> HttpResponse {
    let who = viewer.account.as_str();
    let token = match wanted.issue.as_str() {
        "" => site.settings_token(who),
        issue => site.context_token(who, issue),
    };
    match token {
        Ok(token) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(json!({ "token": token })),
        Err(error) => HttpResponse::NotFound().json(json!({ "error": error.to_string() })),
    }
}
