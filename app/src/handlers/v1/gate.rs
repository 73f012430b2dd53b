//! The gate, for pipelines.

use actix_web::{HttpResponse, web};
use casework::GateView;
use record::ids::{CommitSha, TicketKey};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Problem, read};
use crate::auth::{ApiPost, EventsRead};
use crate::error::AppError;
use crate::state::AppState;

/// The most tickets and commits of one question.
const MOST: usize = 1_000;

/// What is asked about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GateBody {
    /// Tickets, by key.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 1000)]
    tickets: Vec<TicketKey>,
    /// Commits, by their whole hash.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 1000)]
    commits: Vec<CommitSha>,
}

/// Ask the gate
///
/// Open only if every ticket has an approval that counts, and every commit is recorded and belongs to such a ticket.
#[utoipa::path(
    post, path = "/v1/gate", tag = "Gate", request_body = GateBody,
    responses(
        (status = 200, description = "How the gate stands, and why.", body = GateView),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "There are more than 1,000 tickets or commits, or a hash is not whole.", body = Problem),
    )
)]
pub(crate) async fn ask(
    state: web::Data<AppState>,
    call: ApiPost<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let GateBody { tickets, commits } = read(&call.body)?;
    if tickets.len() > MOST || commits.len() > MOST {
        let told = format!("At most {MOST} tickets and {MOST} commits can be asked about at once.");
        return Err(AppError::Unprocessable(told));
    }
    if commits
        .iter()
        .any(|commit| ![40, 64].contains(&commit.as_str().len()))
    {
        let told = "commits: whole hashes are expected, of 40 or 64 digits.";
        return Err(AppError::Unprocessable(told.to_owned()));
    }
    let gate = state.casework.gate(&call.caller.tenant, tickets, commits);
    Ok(HttpResponse::Ok().json(gate.await?))
}
