//! Calls about an installation: proven by Atlassian's own key, for first and repeated installs alike.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest};
use jira::connect::carriage::find_token;
use jira::connect::install_check::InstallError;
use jira::connect::install_keys::InstallKeyError;
use jira::connect::lifecycle::SignedBody;

use crate::auth::{body_of, canonical, now, state, unauthorized};
use crate::error::AppError;

/// A body whose claims passed every check of a signed install.
pub(crate) struct InstallCall<B>(pub(crate) B);

impl<B: SignedBody + 'static> FromRequest for InstallCall<B> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    /// The token is looked for before the body is read, and the body is believed only after the checks.
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state = state(&request)?;
            let header = request
                .headers()
                .get(AUTHORIZATION)
                .map(|value| value.to_str().unwrap_or_default());
            let token = find_token(request.query_string(), header).map_err(unauthorized)?;
            jira::connect::jwt::unverified_key_id(&token).map_err(unauthorized)?;
            let bytes = body_of(&request, payload).await?;
            let body = B::read(&bytes).map_err(|error| AppError::BadRequest(error.to_string()))?;
            let canonical = canonical(&request, &state);
            let checked =
                state
                    .install_check
                    .passes(&state.install_keys, &token, &canonical, &body, now());
            match checked.await {
                Ok(()) => Ok(Self(body)),
                Err(InstallError::Key(InstallKeyError::Unavailable)) => Err(AppError::Unavailable(
                    "Atlassian's install keys cannot be fetched. Nothing was changed: try again."
                        .to_owned(),
                )),
                Err(error) => Err(unauthorized(error)),
            }
        })
    }
}
