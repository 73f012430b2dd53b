//! The control interface for scripts: everything the Rust handle can do that a demonstration needs, as JSON below
//! `/sandbox/api`. Unauthenticated; `?as=` names who acts.

mod app;
mod error;
mod issues;
mod wire;

use actix_web::web;

use error::ControlError;

/// Routes of the control interface.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    let json = web::JsonConfig::default()
        .error_handler(|error, _| ControlError::bad(error.to_string()).into());
    config.service(
        web::scope("/sandbox/api")
            .app_data(json)
            .configure(app::configure)
            .configure(issues::configure)
            .configure(wire::configure),
    );
}
