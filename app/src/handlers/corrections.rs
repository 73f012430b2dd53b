//! Somebody sets right in the panel what was found in an issue.

use actix_web::{HttpResponse, web};
use casework::{CorrectionRefused, CorrectionRequest};
use record::entries::Correction;
use record::ids::EventId;
use serde::Deserialize;

use crate::auth::{Door, PanelCall};
use crate::error::AppError;
use crate::handlers::panel::{answer_with_fragment, stating};
use crate::state::AppState;

/// What the panel sends. Who and on which ticket is not in it: that is signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrectionBody {
    indicator: String,
    correction: Correction,
    reason: String,
    seen: EventId,
}

/// Records what was said, and what follows, and shows the panel as it is then.
pub(crate) async fn correct<D: Door>(
    state: web::Data<AppState>,
    call: PanelCall<D>,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let asked: CorrectionBody = serde_json::from_slice(&body).map_err(|_| {
        AppError::BadRequest(
            "What is involved or not, a reason and what was seen are expected.".to_owned(),
        )
    })?;
    let indicator = asked.indicator.parse();
    let request = CorrectionRequest {
        stating: stating(&call, &asked.reason, asked.seen)?,
        indicator: indicator.map_err(|_| CorrectionRefused::Unknown)?,
        correction: asked.correction,
    };
    state.casework.correct(&call.site, request).await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}
