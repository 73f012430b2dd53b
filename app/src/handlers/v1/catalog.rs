//! Changes of the catalog: what they would mean for open tickets, and having them carried into those.

use actix_web::{HttpResponse, web};
use casework::CatalogEffect;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Problem, read};
use crate::auth::{ApiPost, CatalogWrite, RequirementsRead};
use crate::error::AppError;
use crate::state::AppState;

/// What is looked at.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// The text of a `compliance-config.yml`; without it, what this server assesses with.
    config: Option<String>,
    /// Where the page before ended: its `next`. Without it, from the beginning.
    from: Option<String>,
}

/// What is carried into open tickets.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplyBody {
    /// Where the page before ended: its `next`. Without it, from the beginning.
    from: Option<String>,
    /// Whether issues whose requirements change are told by a comment as well.
    #[serde(default)]
    comments: bool,
}

/// Preview a change of the catalog
///
/// What a page of open issues, of 100 at most, would gain and lose. Send each answer's `next` as `from` until there is
/// none. Changes nothing.
#[utoipa::path(
    post, path = "/v1/catalog/preview", tag = "Catalog", request_body = PreviewBody,
    responses(
        (status = 200, description = "What the page would gain and lose.", body = CatalogEffect),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "The configuration cannot be used, or the place to go on from is none.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn preview(
    state: web::Data<AppState>,
    call: ApiPost<RequirementsRead>,
) -> Result<HttpResponse, AppError> {
    let PreviewBody { config, from } = read(&call.body)?;
    let tenant = &call.caller.tenant;
    let effect = state
        .casework
        .preview_catalog(tenant, config, from.as_deref());
    Ok(HttpResponse::Ok().json(effect.await?))
}

/// Apply a change of the catalog
///
/// Carries what this server assesses with into a page of open issues, of 100 at most. Send each answer's `next` as `from`
/// until there is none. That it began is an entry, and so is each new verdict; approvals become stale where other
/// requirements apply. Issues that are done keep what they were approved under.
#[utoipa::path(
    post, path = "/v1/catalog/apply", tag = "Catalog", request_body = ApplyBody,
    responses(
        (status = 200, description = "What changed in the page.", body = CatalogEffect),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "The place to go on from is none.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn apply(
    state: web::Data<AppState>,
    call: ApiPost<CatalogWrite>,
) -> Result<HttpResponse, AppError> {
    let ApplyBody { from, comments } = read(&call.body)?;
    let effect = state
        .casework
        .apply_catalog(&call.caller, from.as_deref(), comments);
    let effect = effect.await?;
    state.bell.notify_one();
    Ok(HttpResponse::Ok().json(effect))
}
