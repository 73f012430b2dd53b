//! The Connect descriptor.

use actix_web::{HttpResponse, Responder, web};

use crate::state::AppState;

/// The descriptor with this server's address filled in.
pub(crate) async fn show(state: web::Data<AppState>) -> impl Responder {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(state.descriptor.clone())
}
