//! Jira's server calls: a webhook, an installation switched on or off, a page it frames. Proven by the
//! shared secret and bound to this very request.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use casework::ActiveSite;
use jira::LicenceState;
use jira::connect::jwt::{ServerToken, verify_server};

use crate::auth::{body_of, canonical, claimed_site, now, state, token_of, unauthorized};
use crate::error::AppError;

/// A call of Jira's with a body.
pub(crate) struct ServerCall {
    pub(crate) site: ActiveSite,
    pub(crate) token: ServerToken,
    pub(crate) body: web::Bytes,
}

/// A page that Jira frames for somebody. Its address says where the licence stands, and Jira's hash covers that.
pub(crate) struct PageCall {
    pub(crate) site: ActiveSite,
    pub(crate) token: ServerToken,
}

async fn proven(request: &HttpRequest) -> Result<(ActiveSite, ServerToken), AppError> {
    let state = state(request)?;
    let token = token_of(request)?;
    let (site, secret) = claimed_site(&state, &token).await?;
    let issuer = jira::connect::jwt::unverified_issuer(&token).map_err(unauthorized)?;
    let verified = verify_server(&token, &issuer, &secret, &canonical(request, &state), now());
    Ok((site, verified.map_err(unauthorized)?))
}

impl FromRequest for ServerCall {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (site, token) = proven(&request).await?;
            let body = body_of(&request, payload).await?;
            Ok(Self { site, token, body })
        })
    }
}

impl FromRequest for PageCall {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (mut site, token) = proven(&request).await?;
            if let Some(said) = LicenceState::in_address(request.query_string()) {
                state(&request)?.casework.licence_said(&mut site, said);
            }
            Ok(Self { site, token })
        })
    }
}
