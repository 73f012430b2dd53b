//! Notifications. Answered as soon as they are durable; worked on later.

use actix_web::{HttpRequest, HttpResponse, web};
use jira::webhook::{self, WebhookRefusal};

use crate::auth::ServerCall;
use crate::error::AppError;
use crate::state::AppState;

/// The header by which repeated deliveries are recognised, and its longest value.
const DELIVERY: &str = "X-Atlassian-Webhook-Identifier";
const LONGEST_DELIVERY: usize = 200;

/// Takes in what Jira says happened.
pub(crate) async fn receive(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ServerCall,
) -> Result<HttpResponse, AppError> {
    let fact = match webhook::parse(&call.body) {
        Ok(fact) => fact,
        Err(refusal) => return refused(refusal),
    };
    let delivery = delivery_id(&request);
    state.casework.receive(&call.site, fact, delivery).await?;
    state.bell.notify_one();
    Ok(HttpResponse::Accepted().finish())
}

/// The name that repeated deliveries share.
pub(crate) fn delivery_id(request: &HttpRequest) -> Option<String> {
    let delivery = request
        .headers()
        .get(DELIVERY)
        .and_then(|value| value.to_str().ok());
    delivery
        .filter(|id| (1..=LONGEST_DELIVERY).contains(&id.len()))
        .map(str::to_owned)
}

/// The answer to a body that gives no fact. Events that are not used are acknowledged, so that they do not come again.
pub(crate) fn refused(refusal: WebhookRefusal) -> Result<HttpResponse, AppError> {
    match refusal {
        WebhookRefusal::NotHandled(event) => {
            tracing::info!(%event, "a notification of an event that is not used");
            Ok(HttpResponse::NoContent().finish())
        }
        WebhookRefusal::TooLong => Err(AppError::TooLarge),
        refusal => Err(AppError::BadRequest(refusal.to_string())),
    }
}
