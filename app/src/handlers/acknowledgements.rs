//! Somebody says in the panel to have read what an issue asks for.

use actix_web::{HttpResponse, web};
use record::ids::EventId;
use serde::Deserialize;

use crate::auth::{Door, PanelCall};
use crate::error::AppError;
use crate::handlers::panel::answer_with_fragment;
use crate::state::AppState;

/// What the panel sends. Who and on which ticket is not in it: that is signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcknowledgementBody {
    seen: EventId,
}

/// Records it and shows the panel as it is then.
pub(crate) async fn acknowledge<D: Door>(
    state: web::Data<AppState>,
    call: PanelCall<D>,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let asked: AcknowledgementBody = serde_json::from_slice(&body)
        .map_err(|_| AppError::BadRequest("What was seen is expected.".to_owned()))?;
    state
        .casework
        .acknowledge(&call.site, &call.account, &call.issue, asked.seen)
        .await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}
