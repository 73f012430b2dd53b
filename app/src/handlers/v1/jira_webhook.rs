//! Notifications of connected Jira sites. Answered as soon as they are durable; worked on later, like those of the app.

use actix_web::{HttpRequest, HttpResponse, web};

use super::Problem;
use crate::auth::JiraWebhookCall;
use crate::error::AppError;
use crate::handlers::webhooks::{delivery_id, refused};
use crate::state::AppState;

/// Take a notification of a connected Jira site
///
/// Proven by `X-Hub-Signature` over the very bytes, or by the secret in `X-Jira-Webhook-Secret`. Without an id in the
/// address it is the only connected site's. What it claims is read again in Jira.
#[utoipa::path(
    post, path = "/v1/integrations/jira/webhook/{site}", tag = "Webhooks",
    params(("site" = String, Path), ("X-Hub-Signature" = Option<String>, Header), ("X-Jira-Webhook-Secret" = Option<String>, Header)),
    request_body(content = Object, description = "Jira's own payload."),
    responses(
        (status = 202, description = "It is durable."),
        (status = 204, description = "An event that is not used, or of a project that is not looked at."),
        (status = 400, description = "Not a payload of Jira's.", body = Problem),
        (status = 401, description = "Not proven by the secret of a connected site.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 503, description = "The database cannot be reached. Jira tries again.", body = Problem),
    ),
    security(())
)]
pub(crate) async fn receive(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: JiraWebhookCall,
) -> Result<HttpResponse, AppError> {
    let fact = match jira::webhook::parse(&call.body) {
        Ok(fact) => fact,
        Err(refusal) => return refused(refusal),
    };
    state.casework.heard_from(&call.site).await?;
    if !state.casework.looks_at(&call.site, &fact).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    let delivery = delivery_id(&request);
    state.casework.receive(&call.site, fact, delivery).await?;
    state.bell.notify_one();
    Ok(HttpResponse::Accepted().finish())
}
