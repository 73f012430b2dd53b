//! The trail: what belongs together, in one call.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{Start, Trail};
use record::ids::{CommitSha, EventId, ModelId, TicketKey};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Problem, query};
use crate::auth::{ApiCall, EventsRead};
use crate::error::AppError;
use crate::state::AppState;

/// Where the trail begins: one of these.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TrailQuery {
    /// At an event, such as a deployment.
    #[param(value_type = Option<String>)]
    event: Option<EventId>,
    /// At a commit.
    #[param(value_type = Option<String>)]
    commit: Option<CommitSha>,
    /// At a model.
    #[param(value_type = Option<String>)]
    model_id: Option<ModelId>,
    /// At a ticket.
    #[param(value_type = Option<String>)]
    ticket: Option<TicketKey>,
}

impl TrailQuery {
    fn start(self) -> Option<Start> {
        let starts = [
            self.event.map(Start::Event),
            self.commit.map(Start::Commit),
            self.model_id.map(Start::Model),
            self.ticket.map(Start::Ticket),
        ];
        let mut given = starts.into_iter().flatten();
        let start = given.next();
        start.filter(|_| given.next().is_none())
    }
}

/// Walk the trail
///
/// From an event, a commit, a model or a ticket to everything that belongs to it, both ways: commits, deployments,
/// tickets, who decided on them and in what role.
#[utoipa::path(
    get, path = "/v1/trail", tag = "Trail", params(TrailQuery),
    responses(
        (status = 200, description = "What belongs together.", body = Trail),
        (status = 400, description = "A parameter is unknown or has not its form, or there is not exactly one.", body = Problem),
        (status = 404, description = "There is no such event or ticket.", body = Problem),
    )
)]
pub(crate) async fn walk(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let wanted: TrailQuery = query(&request)?;
    let start = wanted.start().ok_or_else(|| {
        AppError::BadRequest("One of event, commit, modelId and ticket is expected.".to_owned())
    })?;
    let trail = state.casework.trail(&call.caller.tenant, start).await?;
    Ok(HttpResponse::Ok().json(trail.ok_or(AppError::NotFound)?))
}
