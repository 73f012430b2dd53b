//! A project's own issues under a catalog, before it goes live.

use actix_web::{HttpResponse, web};
use casework::{ScanPage, ScanRequest};
use record::ids::{ProjectKey, SiteId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Problem, read};
use crate::auth::{ApiPost, RequirementsRead};
use crate::error::AppError;
use crate::state::AppState;

/// What is looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanBody {
    /// The project's key.
    #[schema(value_type = String, example = "PAY", max_length = 255)]
    project: ProjectKey,
    /// The site that it is on, where there are several.
    #[schema(value_type = Option<String>)]
    site: Option<SiteId>,
    /// The text of a `compliance-config.yml`; without it, what this server assesses with.
    config: Option<String>,
    /// Where the page before ended: its `next`. Without it, from the beginning.
    from: Option<String>,
}

/// Scan a project
///
/// What follows from a page of a project's issues, of 100 at most, open and done. Send each answer's `next` as `from`
/// until there is none. Records nothing.
#[utoipa::path(
    post, path = "/v1/catalog/scan", tag = "Catalog", request_body = ScanBody,
    responses(
        (status = 200, description = "What follows from the page.", body = ScanPage),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "The configuration cannot be used, there is no such site or project, or the place to go on from is none.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn scan(
    state: web::Data<AppState>,
    call: ApiPost<RequirementsRead>,
) -> Result<HttpResponse, AppError> {
    let ScanBody {
        project,
        site,
        config,
        from,
    } = read(&call.body)?;
    let request = ScanRequest {
        project,
        site,
        config,
        from,
    };
    let page = state.casework.scan_project(&call.caller.tenant, request);
    Ok(HttpResponse::Ok().json(page.await?))
}
