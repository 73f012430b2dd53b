//! Calls of Forge's: proven by an invocation token, which Atlassian made for this one call to this one app. The
//! tokens to call Jira with come along in headers, and go no further than memory.
//!
//! Refused with 401 is a bad invocation token alone: Forge reads that as such.

use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use jira::forge::{
    ForgeToken, Invocation, InvocationKeyError, unverified_key_id, verify_invocation,
};
use record::ids::AccountId;

use crate::auth::door::{AdministrationCall, Forge, PanelCall};
use crate::auth::{body_of, now, state, unauthorized};
use crate::error::AppError;

const SYSTEM_TOKEN: &str = "x-forge-oauth-system";

/// What the context of the administration page calls itself.
const ADMINISTRATION: &str = "jira:adminPage";

/// An event, or another call of the platform's own. A page's token opens no such route: through the bridge, whoever
/// may open a page can call any path.
pub(crate) struct ForgeCall {
    pub(crate) call: Invocation,
    pub(crate) token: Option<ForgeToken>,
    pub(crate) body: web::Bytes,
}

fn missing(what: &str) -> AppError {
    AppError::BadRequest(format!("The page names no {what}."))
}

fn person_of(call: &Invocation) -> Result<AccountId, AppError> {
    call.account.clone().ok_or_else(|| missing("person"))
}

async fn proven(request: &HttpRequest) -> Result<(Invocation, Option<ForgeToken>), AppError> {
    let state = state(request)?;
    let door = state.forge.as_ref().ok_or(AppError::NotFound)?;
    let header = request.headers().get(AUTHORIZATION);
    let token = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| unauthorized("no invocation token"))?;
    let key_id = unverified_key_id(token).map_err(unauthorized)?;
    let key = door.keys.get(&key_id).await.map_err(|error| match error {
        InvocationKeyError::Unknown => unauthorized(error),
        InvocationKeyError::Unavailable => AppError::Unavailable(
            "Atlassian's keys cannot be fetched. Nothing was changed: try again.".to_owned(),
        ),
    })?;
    let call = verify_invocation(token, &key, &door.app, now()).map_err(unauthorized)?;
    let system = request
        .headers()
        .get(SYSTEM_TOKEN)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    Ok((call, system))
}

impl FromRequest for ForgeCall {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (call, token) = proven(&request).await?;
            if call.from_page {
                return Err(AppError::Forbidden(
                    "This address is for Jira itself, not for a page. Nothing was recorded."
                        .to_owned(),
                ));
            }
            let body = body_of(&request, payload).await?;
            Ok(Self { call, token, body })
        })
    }
}

impl FromRequest for PanelCall<Forge> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (call, token) = proven(&request).await?;
            let account = person_of(&call)?;
            let issue = call.issue.clone().ok_or_else(|| missing("issue"))?;
            let site = state(&request)?
                .casework
                .site_of_invocation(&call, token)
                .await?;
            Ok(Self {
                site,
                account,
                issue,
                through: PhantomData,
            })
        })
    }
}

impl FromRequest for AdministrationCall<Forge> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (call, token) = proven(&request).await?;
            let account = person_of(&call)?;
            if call.page.as_deref() != Some(ADMINISTRATION) {
                return Err(AppError::Forbidden(
                    "Only the administration page can ask for this. Nothing was changed."
                        .to_owned(),
                ));
            }
            let casework = &state(&request)?.casework;
            let site = casework.site_of_invocation(&call, token).await?;
            Ok(Self {
                site,
                account,
                through: PhantomData,
            })
        })
    }
}
