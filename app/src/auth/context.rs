//! Calls from our own pages inside Jira: proven by a context token, which says who looks at which ticket, or at a page of
//! no ticket's. The ticket is taken from the signed context alone. What that person may do is not proven by it.

use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest};
use casework::ActiveSite;
use jira::connect::carriage::find_token;
use jira::connect::jwt::{unverified_issuer, verify_context};
use record::ids::{AccountId, IssueId};

use crate::auth::door::{AdministrationCall, Connect, PanelCall};
use crate::auth::{claimed_site, now, state, unauthorized};
use crate::error::AppError;

/// Who acts, and in which ticket's panel if in any. Only the header carries a context token: in an address it would
/// reach logs. One there as well is one too many.
async fn proven(
    request: &HttpRequest,
) -> Result<(ActiveSite, AccountId, Option<IssueId>), AppError> {
    let state = state(request)?;
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default());
    find_token(request.query_string(), header).map_err(unauthorized)?;
    let token = find_token("", header).map_err(unauthorized)?;
    let issuer = unverified_issuer(&token).map_err(unauthorized)?;
    let (site, secret) = claimed_site(&state, &token).await?;
    let context = verify_context(&token, &issuer, &secret, now()).map_err(unauthorized)?;
    let account = context
        .account
        .ok_or_else(|| unauthorized("nobody is signed in"))?;
    let issue = context.context.ticket.map(|(issue, _)| issue);
    Ok((site, account, issue))
}

impl FromRequest for PanelCall<Connect> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (site, account, issue) = proven(&request).await?;
            let issue = issue.ok_or_else(|| unauthorized("no issue in the context"))?;
            Ok(Self {
                site,
                account,
                issue,
                through: PhantomData,
            })
        })
    }
}

impl FromRequest for AdministrationCall<Connect> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match proven(&request).await? {
                (site, account, None) => Ok(Self {
                    site,
                    account,
                    through: PhantomData,
                }),
                (_, _, Some(_)) => Err(unauthorized("an issue's panel is not this page")),
            }
        })
    }
}
