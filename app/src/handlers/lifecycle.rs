//! A site installs the app, switches it on or off, or removes it.

use actix_web::{HttpResponse, web};
use jira::connect::lifecycle::{Installed, Toggled, Uninstalled};
use record::entries::InstallationState;

use crate::auth::{InstallCall, ServerCall};
use crate::error::AppError;
use crate::state::AppState;

/// The app was installed, for the first time or again.
pub(crate) async fn installed(
    state: web::Data<AppState>,
    InstallCall(install): InstallCall<Installed>,
) -> Result<HttpResponse, AppError> {
    state.casework.installed(install).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The app was removed. The ledger stays.
pub(crate) async fn uninstalled(
    state: web::Data<AppState>,
    InstallCall(removed): InstallCall<Uninstalled>,
) -> Result<HttpResponse, AppError> {
    let key = removed.client_key.as_str();
    state
        .casework
        .installation_became(key, InstallationState::Uninstalled)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The app was switched on.
pub(crate) async fn enabled(
    state: web::Data<AppState>,
    call: ServerCall,
) -> Result<HttpResponse, AppError> {
    toggled(&state, &call, InstallationState::Enabled).await
}

/// The app was switched off.
pub(crate) async fn disabled(
    state: web::Data<AppState>,
    call: ServerCall,
) -> Result<HttpResponse, AppError> {
    toggled(&state, &call, InstallationState::Disabled).await
}

async fn toggled(
    state: &AppState,
    call: &ServerCall,
    became: InstallationState,
) -> Result<HttpResponse, AppError> {
    let toggled = Toggled::parse(&call.body, &call.token)
        .map_err(|error| AppError::BadRequest(error.to_string()))?;
    state
        .casework
        .installation_became(toggled.client_key.as_str(), became)
        .await?;
    if became == InstallationState::Enabled {
        state.casework.connect_is_on(&call.site).await?;
        state.bell.notify_one();
    }
    Ok(HttpResponse::NoContent().finish())
}
