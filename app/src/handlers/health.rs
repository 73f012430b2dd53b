//! Whether the server lives, and whether it can work.

use actix_web::{HttpResponse, Responder, web};
use serde_json::json;

use crate::error::AppError;
use crate::state::AppState;

/// The process answers.
pub(crate) async fn live() -> impl Responder {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// The database answers; how much work waits and how much was laid aside; how many ledgers this server refuses to
/// sign; what Jira asked us to hold back. Numbers alone: anybody may ask.
pub(crate) async fn ready(state: web::Data<AppState>) -> Result<impl Responder, AppError> {
    let store = state.casework.store();
    let ((inbox, inbox_dead), (outbox, outbox_dead)) = store
        .read(|db| Ok::<_, casework::CaseError>((db.inbox_depth()?, db.outbox_depth()?)))
        .await?;
    let limits = state.casework.limits();
    Ok(HttpResponse::Ok().json(json!({
        "status": "ready",
        "signing": { "refused": state.casework.refused_heads() },
        "jira": { "pointsThisHour": limits.points.total, "held": limits.waiting.len() },
        "inbox": { "waiting": inbox, "laidAside": inbox_dead },
        "outbox": { "waiting": outbox, "laidAside": outbox_dead },
    })))
}
