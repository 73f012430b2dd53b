//! The Forge door: what its pages ask for and what its platform tells. The same use cases as behind the Connect
//! door; what differs is who vouches for the caller.

use actix_web::{HttpResponse, web};
use jira::forge::{ForgeEvent, parse_event};
use jira::webhook::WebhookRefusal;
use serde_json::json;

use crate::auth::{ForgeAdministrationCall, ForgeCall, ForgePanelCall};
use crate::error::AppError;
use crate::handlers::review::ReviewBody;
use crate::handlers::settings::SettingsBody;
use crate::state::AppState;

/// The panel's fragment.
pub(crate) async fn panel(
    state: web::Data<AppState>,
    call: ForgePanelCall,
) -> Result<HttpResponse, AppError> {
    answer_with_fragment(&state, &call).await
}

/// Records an assessment that was only shown.
pub(crate) async fn assess(
    state: web::Data<AppState>,
    call: ForgePanelCall,
) -> Result<HttpResponse, AppError> {
    state.casework.assess_now(&call.site, &call.issue).await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}

/// Records a decision and shows the panel as it is then.
pub(crate) async fn review(
    state: web::Data<AppState>,
    call: ForgePanelCall,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let request = ReviewBody::read(&body)?.by(&call.account, &call.issue);
    state.casework.review(&call.site, request).await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}

/// The settings page's fragment.
pub(crate) async fn settings(
    state: web::Data<AppState>,
    call: ForgeAdministrationCall,
) -> Result<HttpResponse, AppError> {
    answer_with_settings(&state, &call, false).await
}

/// Changes the settings and shows them as they are then.
pub(crate) async fn change_settings(
    state: web::Data<AppState>,
    call: ForgeAdministrationCall,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let request = SettingsBody::read(&body)?.by(call.account.clone());
    state.casework.set_approvers(&call.site, request).await?;
    answer_with_settings(&state, &call, true).await
}

/// Takes in what happened on a site. What is not used is acknowledged, so that it does not come again.
pub(crate) async fn event(
    state: web::Data<AppState>,
    call: ForgeCall,
) -> Result<HttpResponse, AppError> {
    let event = match parse_event(&call.body) {
        Ok(event) => event,
        Err(WebhookRefusal::NotHandled(event)) => {
            tracing::info!(%event, "an event that is not used");
            return Ok(HttpResponse::NoContent().finish());
        }
        Err(WebhookRefusal::TooLong) => return Err(AppError::TooLarge),
        Err(refusal) => return Err(AppError::BadRequest(refusal.to_string())),
    };
    let ForgeEvent::Fact(fact) = event else {
        state
            .casework
            .site_of_invocation(&call.call, call.token)
            .await?;
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

async fn answer_with_fragment(
    state: &AppState,
    call: &ForgePanelCall,
) -> Result<HttpResponse, AppError> {
    let panel = state.casework.panel(&call.site, &call.issue).await?;
    let html = state.views.panel(&panel)?;
    Ok(HttpResponse::Ok().json(json!({ "html": html })))
}

async fn answer_with_settings(
    state: &AppState,
    call: &ForgeAdministrationCall,
    saved: bool,
) -> Result<HttpResponse, AppError> {
    let settings = state
        .casework
        .settings_page(&call.site, &call.account)
        .await?;
    let html = state.views.settings(&settings, saved)?;
    Ok(HttpResponse::Ok().json(json!({ "html": html })))
}
