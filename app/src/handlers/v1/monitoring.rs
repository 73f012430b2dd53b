//! Requests to watch what was deployed: whoever watches says so.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::Acknowledged;
use record::ids::{EventId, TicketKey};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Problem, named};
use crate::auth::{ApiPost, EventsWrite};
use crate::error::AppError;
use crate::state::AppState;

/// That what was deployed is watched.
#[derive(Serialize, ToSchema)]
pub(crate) struct AcknowledgedView {
    /// The entry that says so.
    #[schema(value_type = String)]
    event: EventId,
    /// The ticket that it was deployed for.
    #[schema(value_type = String, example = "AI-GOV-142")]
    ticket: TicketKey,
}

/// Say to watch what was deployed
///
/// The address names the MONITORING_REQUESTED event. It counts once, whoever says so, also after the time for it was over.
#[utoipa::path(
    post, path = "/v1/monitoring/{event}/acknowledge", tag = "Events", params(("event" = String, Path)),
    responses(
        (status = 200, description = "Somebody had said so before.", body = AcknowledgedView),
        (status = 201, description = "It is recorded.", body = AcknowledgedView),
        (status = 404, description = "There is no such request.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
    )
)]
pub(crate) async fn acknowledge(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiPost<EventsWrite>,
) -> Result<HttpResponse, AppError> {
    let event: EventId = named(&request, "event")?;
    let Acknowledged {
        event,
        ticket,
        fresh,
    } = state
        .casework
        .acknowledge_monitoring(&call.caller, event)
        .await?;
    let mut answer = match fresh {
        true => HttpResponse::Created(),
        false => HttpResponse::Ok(),
    };
    Ok(answer.json(AcknowledgedView { event, ticket }))
}
