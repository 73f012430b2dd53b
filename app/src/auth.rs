//! Who calls: one extractor for each kind of caller. A handler that has one in its signature cannot be
//! reached without that caller's proof.

mod api_key;
mod code_host;
mod context;
mod door;
mod forge;
mod install;
mod jira_webhook;
mod server;

pub(crate) use api_key::{
    ApiCall, ApiPost, CatalogWrite, ClaimsWrite, EventsRead, EventsWrite, FeedsWrite,
    IntegrationsWrite, LedgerRead, LinksWrite, RequirementsRead,
};
pub(crate) use code_host::CodeHostCall;
pub(crate) use door::{AdministrationCall, Connect, Door, Forge, PanelCall};
pub(crate) use forge::ForgeCall;
pub(crate) use install::InstallCall;
pub(crate) use jira_webhook::JiraWebhookCall;
pub(crate) use server::{PageCall, ServerCall};

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use casework::{ActiveSite, CaseError};
use jira::connect::carriage::find_token;
use jira::connect::identity::SharedSecret;
use jira::connect::jwt::{Moment, unverified_issuer};
use jira::connect::qsh::CanonicalRequest;
use jira::rest::Credential;

use crate::error::AppError;
use crate::state::AppState;

/// How long a body may take to come and count as sent at once.
const PROMPT: Duration = Duration::from_millis(100);

fn state(request: &HttpRequest) -> Result<web::Data<AppState>, AppError> {
    let state = request.app_data::<web::Data<AppState>>().cloned();
    state.ok_or_else(|| AppError::Internal("no state".to_owned()))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of map_err")]
fn unauthorized(cause: impl ToString) -> AppError {
    AppError::Unauthorized(cause.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of map_err")]
fn unproven(cause: impl ToString) -> AppError {
    AppError::Unproven(cause.to_string())
}

fn now() -> Moment {
    Moment::at(store::now_ms() / 1000)
}

fn token_of(request: &HttpRequest) -> Result<String, AppError> {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default());
    find_token(request.query_string(), header).map_err(unauthorized)
}

/// The request as its sender hashed it.
fn canonical(request: &HttpRequest, state: &AppState) -> CanonicalRequest {
    CanonicalRequest::from_raw(
        request.method().as_str(),
        request.uri().path(),
        request.query_string(),
        state.config.address.path(),
    )
}

/// The site that the token says it is of, and the secret to check that with.
async fn claimed_site(
    state: &AppState,
    token: &str,
) -> Result<(ActiveSite, SharedSecret), AppError> {
    let client_key = unverified_issuer(token).map_err(unauthorized)?;
    let site = match state.casework.site_by_client_key(client_key.as_str()).await {
        Err(CaseError::Site(refused)) => return Err(unauthorized(refused)),
        other => other?,
    };
    match &site.access.credential {
        Credential::Connect { shared_secret, .. } => {
            let secret = shared_secret.clone();
            Ok((site, secret))
        }
        Credential::Forge(_) | Credential::Basic(_) | Credential::Personal(_) => {
            Err(unauthorized("not a Connect site"))
        }
    }
}

async fn body_of(request: &HttpRequest, mut payload: Payload) -> Result<web::Bytes, AppError> {
    web::Bytes::from_request(request, &mut payload)
        .await
        .map_err(|error| match error.as_response_error().status_code() {
            actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge,
            _ => AppError::BadRequest("The body could not be read.".to_owned()),
        })
}
