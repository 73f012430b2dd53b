//! Somebody releases an issue in an emergency, in its panel.

use actix_web::{HttpResponse, web};
use record::ids::EventId;
use serde::Deserialize;

use crate::auth::{Door, PanelCall};
use crate::error::AppError;
use crate::handlers::panel::{answer_with_fragment, stating};
use crate::state::AppState;

/// What the panel sends. Who and on which ticket is not in it: that is signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseBody {
    reason: String,
    seen: EventId,
}

/// Records the release and shows the panel as it is then.
pub(crate) async fn release<D: Door>(
    state: web::Data<AppState>,
    call: PanelCall<D>,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let asked: ReleaseBody = serde_json::from_slice(&body)
        .map_err(|_| AppError::BadRequest("A reason and what was seen are expected.".to_owned()))?;
    let stating = stating(&call, &asked.reason, asked.seen)?;
    state.casework.release(&call.site, stating).await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}
