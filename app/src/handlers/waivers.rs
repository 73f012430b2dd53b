//! Somebody waives a requirement in the panel, or takes a waiver back.

use actix_web::{HttpResponse, web};
use casework::{LastDay, WaiveRequest, WaiverRefused};
use record::ids::EventId;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::auth::{Door, PanelCall};
use crate::error::AppError;
use crate::handlers::panel::{answer_with_fragment, stating};
use crate::state::AppState;

/// What the panel sends. Who and on which ticket is not in it: that is signed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WaiveBody {
    requirement: String,
    reason: String,
    /// The last day, such as 2027-01-31; empty where none was chosen.
    until: String,
    seen: EventId,
}

/// What the panel sends to take a waiver back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndBody {
    waiver: EventId,
}

fn read<T: DeserializeOwned>(body: &[u8], expected: &str) -> Result<T, AppError> {
    serde_json::from_slice(body).map_err(|_| AppError::BadRequest(expected.to_owned()))
}

/// Records the waiver and shows the panel as it is then.
pub(crate) async fn waive<D: Door>(
    state: web::Data<AppState>,
    call: PanelCall<D>,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let expected = "A requirement, a reason, a day and what was seen are expected.";
    let asked: WaiveBody = read(&body, expected)?;
    let until = asked.until.parse::<LastDay>();
    let until = until.map_err(|_| WaiverRefused::Day)?;
    let request = WaiveRequest {
        stating: stating(&call, &asked.reason, asked.seen)?,
        requirement: asked.requirement,
        until,
    };
    state.casework.waive(&call.site, request).await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}

/// Records that the waiver ended and shows the panel as it is then.
pub(crate) async fn end<D: Door>(
    state: web::Data<AppState>,
    call: PanelCall<D>,
    body: web::Bytes,
) -> Result<HttpResponse, AppError> {
    let EndBody { waiver } = read(&body, "A waiver is expected.")?;
    let (account, issue) = (&call.account, &call.issue);
    state
        .casework
        .end_waiver(&call.site, account, issue, &waiver)
        .await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}
