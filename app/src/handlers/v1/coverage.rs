//! What was asked for in a period, and what became of it.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{CoveragePage, CoverageWanted};
use compliance::ids::FrameworkId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Problem, instant, query};
use crate::auth::{ApiCall, RequirementsRead};
use crate::error::AppError;
use crate::state::AppState;

/// What is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CoverageQuery {
    /// Issues about which something was received at this time or later, …
    #[param(example = "2026-10-01T00:00:00Z")]
    from: String,
    /// … and before this time, up to which everything is told.
    #[param(example = "2027-01-01T00:00:00Z")]
    to: String,
    /// Requirements that serve this framework, or one of the family it names: `hipaa` is `hipaa_privacy` and
    /// `hipaa_security`. Without it, all.
    #[param(value_type = Option<String>, example = "hipaa")]
    framework: Option<FrameworkId>,
    /// Where the page before ended: its `next`.
    after: Option<String>,
}

/// Read what became of requirements
///
/// A page of issues, of 50 at most, with what each was asked for and what became of it as of the end of the period: met,
/// failed, waived or unknown. Send each answer's `next` as `after` until there is none.
#[utoipa::path(
    get, path = "/v1/coverage", tag = "Building", params(CoverageQuery),
    responses(
        (status = 200, description = "The page.", body = CoveragePage),
        (status = 400, description = "A parameter is missing, unknown or has not its form.", body = Problem),
    )
)]
pub(crate) async fn page(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<RequirementsRead>,
) -> Result<HttpResponse, AppError> {
    let asked: CoverageQuery = query(&request)?;
    let after = asked.after.map(|after| after.parse()).transpose();
    let wanted = CoverageWanted {
        from: instant("from", &asked.from)?,
        to: instant("to", &asked.to)?,
        framework: asked.framework,
        after: after.map_err(|_| AppError::BadRequest("after: it is no page's.".to_owned()))?,
    };
    if wanted.from >= wanted.to {
        return Err(AppError::BadRequest(
            "to: a time after `from` is expected.".to_owned(),
        ));
    }
    let page = state.casework.coverage(&call.caller.tenant, wanted);
    Ok(HttpResponse::Ok().json(page.await?))
}
