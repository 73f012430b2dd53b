//! Tickets as whoever builds them needs them: requirements, a prompt for an assistant, and claims.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{
    ClaimView, ClaimedPlace, Claims, PromptForm, PromptView, RequirementsView, ValidationView,
    WhichTicket,
};
use record::ids::{CommitSha, EventId, RepositoryId, SiteId, TicketKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Problem, named, query, read};
use crate::auth::{ApiCall, ApiPost, ClaimsWrite, RequirementsRead};
use crate::error::AppError;
use crate::state::AppState;

/// Which ticket, where its key does not say it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OnSite {
    /// The site, where several of yours have an issue of this key.
    #[param(value_type = Option<String>)]
    site: Option<SiteId>,
}

/// What a prompt is wanted for.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromptBody {
    /// What the developer asks for, in the developer's words: at most 20,000 characters, of which the first 2,000 are
    /// quoted.
    #[schema(example = "Create appointment booking API")]
    intent: Option<String>,
    /// The form of the prompt.
    #[serde(default)]
    form: PromptForm,
}

/// Where the code is said to meet requirements.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimsBody {
    /// The commit that the lines are of.
    #[schema(value_type = Option<String>, example = "9f1c2ab")]
    commit: Option<CommitSha>,
    /// The repository, by its host's id (digits): only for markers that stand in its code, which are looked for again in
    /// later commits.
    #[schema(value_type = Option<String>, example = "42")]
    repository: Option<RepositoryId>,
    /// Where.
    #[schema(min_items = 1, max_items = 200)]
    claims: Vec<ClaimBody>,
}

/// Where the code is said to meet a requirement.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ClaimBody {
    /// The requirement, one that the issue asks for.
    #[schema(example = "REQ-ENC-AT-REST")]
    requirement: String,
    /// The file, from the repository's root; kept beside the entry, where it can be erased.
    #[schema(example = "src/payment/card.rs")]
    path: String,
    /// The first line, from 1.
    first_line: Option<u32>,
    /// The last line; the first if it is not said.
    last_line: Option<u32>,
    /// The claim of this repository that this one is made instead of, since its code changed.
    #[schema(value_type = Option<String>)]
    replaces: Option<EventId>,
}

/// What was claimed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClaimList {
    /// In the order they were sent.
    claims: Vec<ClaimView>,
}

/// Read what an issue asks for
///
/// As it was recorded last. `state` says whether the issue is still as it was then.
#[utoipa::path(
    get, path = "/v1/tickets/{ticket}/requirements", tag = "Building", params(("ticket" = String, Path), OnSite),
    responses(
        (status = 200, description = "What it asks for.", body = RequirementsView),
        (status = 400, description = "A parameter is unknown or has not its form.", body = Problem),
        (status = 404, description = "No issue of this key is recorded.", body = Problem),
        (status = 409, description = "What was assessed of it was erased.", body = Problem),
        (status = 422, description = "Several sites have an issue of this key.", body = Problem),
    )
)]
pub(crate) async fn requirements(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<RequirementsRead>,
) -> Result<HttpResponse, AppError> {
    let which = which(&request)?;
    let found = state.casework.requirements(&call.caller.tenant, &which);
    Ok(HttpResponse::Ok().json(found.await?))
}

/// Validate before code is written
///
/// Whether what the issue asks for says all that it has to, and what is missing.
#[utoipa::path(
    get, path = "/v1/tickets/{ticket}/validation", tag = "Building", params(("ticket" = String, Path), OnSite),
    responses(
        (status = 200, description = "What was looked at, and what is missing.", body = ValidationView),
        (status = 400, description = "A parameter is unknown or has not its form.", body = Problem),
        (status = 404, description = "No issue of this key is recorded.", body = Problem),
        (status = 409, description = "What was assessed of it was erased.", body = Problem),
        (status = 422, description = "Several sites have an issue of this key.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn validation(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<RequirementsRead>,
) -> Result<HttpResponse, AppError> {
    let which = which(&request)?;
    let found = state.casework.validation(&call.caller.tenant, &which);
    Ok(HttpResponse::Ok().json(found.await?))
}

/// Make a prompt for an AI assistant
///
/// The requirements first, then the text as it is now, as quoted data. Changes nothing.
#[utoipa::path(
    post, path = "/v1/tickets/{ticket}/prompt", tag = "Building", params(("ticket" = String, Path), OnSite),
    request_body = PromptBody,
    responses(
        (status = 200, description = "The prompt.", body = PromptView),
        (status = 400, description = "The body or a parameter is not as expected.", body = Problem),
        (status = 404, description = "No issue of this key is recorded.", body = Problem),
        (status = 409, description = "What was assessed of it was erased.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "The intent is too long, or several sites have an issue of this key.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn prompt(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiPost<RequirementsRead>,
) -> Result<HttpResponse, AppError> {
    let which = which(&request)?;
    let PromptBody { intent, form } = read(&call.body)?;
    let tenant = &call.caller.tenant;
    let made = state
        .casework
        .prompt(tenant, &which, intent.as_deref(), form);
    Ok(HttpResponse::Ok().json(made.await?))
}

/// Claim that code meets requirements
///
/// Each claim is an entry in the ledger, and your assertion: it approves nothing. The same claim made again counts once.
#[utoipa::path(
    post, path = "/v1/tickets/{ticket}/claims", tag = "Building", params(("ticket" = String, Path), OnSite),
    request_body = ClaimsBody,
    responses(
        (status = 201, description = "They are recorded.", body = ClaimList),
        (status = 200, description = "All of them were recorded before.", body = ClaimList),
        (status = 400, description = "The body or a parameter is not as expected.", body = Problem),
        (status = 404, description = "No issue of this key is recorded.", body = Problem),
        (status = 409, description = "What was assessed of it was erased.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "A value is out of bounds, or the issue does not ask for a requirement.", body = Problem),
    )
)]
pub(crate) async fn claim(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiPost<ClaimsWrite>,
) -> Result<HttpResponse, AppError> {
    let which = which(&request)?;
    let ClaimsBody {
        commit,
        repository,
        claims,
    } = read(&call.body)?;
    let places = claims.into_iter().map(ClaimBody::place);
    let places = places.collect::<Result<_, _>>()?;
    let claims = Claims {
        commit,
        repository,
        places,
    };
    let (claims, fresh) = state.casework.claim(&call.caller, &which, claims).await?;
    let list = ClaimList { claims };
    Ok(match fresh {
        true => HttpResponse::Created().json(list),
        false => HttpResponse::Ok().json(list),
    })
}

fn which(request: &HttpRequest) -> Result<WhichTicket, AppError> {
    let OnSite { site } = query(request)?;
    let key: TicketKey = named(request, "ticket")?;
    Ok(WhichTicket { key, site })
}

impl ClaimBody {
    fn place(self) -> Result<ClaimedPlace, AppError> {
        let lines = match (self.first_line, self.last_line) {
            (Some(first), last) => Some((first, last.unwrap_or(first))),
            (None, None) => None,
            (None, Some(_)) => {
                let told = "lastLine: firstLine is missing. Nothing was recorded.";
                return Err(AppError::Unprocessable(told.to_owned()));
            }
        };
        Ok(ClaimedPlace {
            requirement: self.requirement,
            path: self.path,
            lines,
            replaces: self.replaces,
        })
    }
}
