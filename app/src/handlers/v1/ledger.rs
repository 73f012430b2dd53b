//! The ledger itself: its key, its newest checkpoint, and proofs between sizes.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{ConsistencyView, LedgerView};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Problem, query};
use crate::auth::{ApiCall, LedgerRead};
use crate::error::AppError;
use crate::state::AppState;

/// Between which sizes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SizesQuery {
    /// The size of the earlier checkpoint; 1 at least.
    from: u64,
    /// The size of the later checkpoint.
    to: u64,
}

/// Read the ledger's key and its newest checkpoint
#[utoipa::path(
    get, path = "/v1/ledger", tag = "Ledger",
    responses(
        (status = 200, description = "The ledger.", body = LedgerView),
    )
)]
pub(crate) async fn show(
    state: web::Data<AppState>,
    call: ApiCall<LedgerRead>,
) -> Result<HttpResponse, AppError> {
    let ledger = state.casework.ledger(&call.caller.tenant).await?;
    Ok(HttpResponse::Ok().json(ledger.ok_or(AppError::NotFound)?))
}

/// Prove that a later ledger begins with an earlier one
#[utoipa::path(
    get, path = "/v1/ledger/consistency", tag = "Ledger", params(SizesQuery),
    responses(
        (status = 200, description = "The proof (RFC 6962).", body = ConsistencyView),
        (status = 400, description = "A parameter is missing, unknown or has not its form.", body = Problem),
        (status = 422, description = "The ledger has no such sizes.", body = Problem),
    )
)]
pub(crate) async fn consistency(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<LedgerRead>,
) -> Result<HttpResponse, AppError> {
    let SizesQuery { from, to } = query(&request)?;
    let proof = state
        .casework
        .consistency(&call.caller.tenant, from, to)
        .await?;
    let proof = proof.ok_or_else(|| {
        AppError::Unprocessable("1 <= from <= to <= the ledger's size is expected.".to_owned())
    })?;
    Ok(HttpResponse::Ok().json(proof))
}
