//! What Forge's platform tells: events, the hourly call, the end. What its pages ask for is answered where Connect's
//! pages are.

use actix_web::{HttpResponse, web};
use jira::forge::{ForgeEvent, parse_event};

use crate::auth::ForgeCall;
use crate::error::AppError;
use crate::handlers::webhooks::refused;
use crate::state::AppState;

/// Takes in what happened on a site.
pub(crate) async fn event(
    state: web::Data<AppState>,
    call: ForgeCall,
) -> Result<HttpResponse, AppError> {
    let event = match parse_event(&call.body) {
        Ok(event) => event,
        Err(refusal) => return refused(refusal),
    };
    let ForgeEvent::Fact(fact) = event else {
        let casework = &state.casework;
        let site = casework.site_of_invocation(&call.call, call.token).await?;
        casework.forge_is_there(&site).await?;
        state.bell.notify_one();
        return Ok(HttpResponse::Accepted().finish());
    };
    let Some(site) = state.casework.site_of_event(&call.call, call.token).await? else {
        return Ok(HttpResponse::NoContent().finish());
    };
    state.casework.receive(&site, fact, None).await?;
    state.bell.notify_one();
    Ok(HttpResponse::Accepted().finish())
}

/// The hourly call, which brings a fresh token.
pub(crate) async fn tick(
    state: web::Data<AppState>,
    call: ForgeCall,
) -> Result<HttpResponse, AppError> {
    state
        .casework
        .site_of_invocation(&call.call, call.token)
        .await?;
    state.bell.notify_one();
    Ok(HttpResponse::NoContent().finish())
}

/// The app is about to be removed. The ledger stays.
pub(crate) async fn uninstalling(
    state: web::Data<AppState>,
    call: ForgeCall,
) -> Result<HttpResponse, AppError> {
    state.casework.forge_uninstalled(&call.call).await?;
    Ok(HttpResponse::NoContent().finish())
}
