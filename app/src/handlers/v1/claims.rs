//! Claims of markers in the code, looked for again as their repository goes on. Making claims is among the tickets.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{ClaimCheck, ClaimChecks, LookedForPage};
use record::entries::Found;
use record::ids::{CommitSha, EventId, RepositoryId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Problem, query, read};
use crate::auth::{ApiCall, ApiPost, ClaimsWrite, RequirementsRead};
use crate::error::AppError;
use crate::state::AppState;

/// Which claims.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfRepository {
    /// The repository, by its host's id: digits.
    #[param(value_type = String, example = "42")]
    repository: RepositoryId,
    /// Where the page begins: `next` of the page before.
    from: Option<u64>,
}

/// What was found of claims.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChecksBody {
    /// The repository, by its host's id: digits.
    #[schema(value_type = String, example = "42")]
    repository: RepositoryId,
    /// The commit in which the markers were looked for.
    #[schema(value_type = String, example = "9f1c2ab")]
    commit: CommitSha,
    /// Of each claim.
    #[schema(min_items = 1, max_items = 200)]
    checks: Vec<CheckBody>,
}

/// What was found of one claim.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CheckBody {
    /// The claim.
    #[schema(value_type = String)]
    claim: EventId,
    /// PRESENT, MOVED, DRIFTED or GONE.
    #[schema(value_type = String, example = "MOVED")]
    found: Found,
    /// The file, where it moved or drifted.
    path: Option<String>,
    /// The first line, from 1.
    first_line: Option<u32>,
    /// The last line; the first if it is not said.
    last_line: Option<u32>,
}

/// What came of checks.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChecksRecorded {
    /// Entries that were appended; what was known already leads to none.
    recorded: u64,
}

/// List the claims that are looked for
///
/// Those of one repository that were neither replaced nor found gone, with what was found last.
#[utoipa::path(
    get, path = "/v1/claims", tag = "Building", params(OfRepository),
    responses(
        (status = 200, description = "A page of claims.", body = LookedForPage),
        (status = 400, description = "A parameter is missing, unknown or has not its form.", body = Problem),
    )
)]
pub(crate) async fn list(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<RequirementsRead>,
) -> Result<HttpResponse, AppError> {
    let OfRepository { repository, from } = query(&request)?;
    let tenant = &call.caller.tenant;
    let found = state
        .casework
        .claims_looked_for(tenant, repository, from.unwrap_or(0));
    Ok(HttpResponse::Ok().json(found.await?))
}

/// Record what was found of claims
///
/// As whoever has the repository says: an assertion, as the claims are. What is known already leads to no entry.
#[utoipa::path(
    post, path = "/v1/claims/checks", tag = "Building", request_body = ChecksBody,
    responses(
        (status = 200, description = "What is news is recorded.", body = ChecksRecorded),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "A value is out of bounds, or a claim is none that is looked for.", body = Problem),
    )
)]
pub(crate) async fn check(
    state: web::Data<AppState>,
    call: ApiPost<ClaimsWrite>,
) -> Result<HttpResponse, AppError> {
    let ChecksBody {
        repository,
        commit,
        checks,
    } = read(&call.body)?;
    let checks = checks.into_iter().map(CheckBody::meant);
    let checks = ClaimChecks {
        repository,
        commit,
        checks: checks.collect::<Result<_, _>>()?,
    };
    let recorded = state.casework.check_claims(&call.caller, checks).await?;
    Ok(HttpResponse::Ok().json(ChecksRecorded { recorded }))
}

impl CheckBody {
    fn meant(self) -> Result<ClaimCheck, AppError> {
        let place = match (self.path, self.first_line, self.last_line) {
            (Some(path), Some(first), last) => Some((path, (first, last.unwrap_or(first)))),
            (None, None, None) => None,
            _ => {
                let told =
                    "path and firstLine: one is missing beside the other. Nothing was recorded.";
                return Err(AppError::Unprocessable(told.to_owned()));
            }
        };
        Ok(ClaimCheck {
            claim: self.claim,
            found: self.found,
            place,
        })
    }
}
