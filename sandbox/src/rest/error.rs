//! Errors in Jira's shape: `{errorMessages, errors}`.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde_json::json;

use crate::world::WorldError;

/// A refusal with its status and words.
#[derive(Debug)]
pub(crate) struct RestError {
    status: StatusCode,
    message: String,
    /// The field the message belongs to; none for a general message.
    field: Option<String>,
}

impl RestError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            field: None,
        }
    }

    /// 400 with a general message.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400 with a message at a field.
    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
            field: Some(field.into()),
        }
    }
}

impl fmt::Display for RestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl ResponseError for RestError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header(("WWW-Authenticate", "JWT realm=\"sandbox\""));
        }
        response.json(match &self.field {
            Some(field) => json!({ "errorMessages": [], "errors": { field: self.message } }),
            None => json!({ "errorMessages": [self.message], "errors": {} }),
        })
    }
}

impl Responder for RestError {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

impl From<WorldError> for RestError {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::Invalid {
                field: "property",
                reason,
            } => Self::bad(reason),
            WorldError::Invalid { field, reason } => Self::field(field, reason),
            WorldError::Forbidden { .. } => Self::new(
                StatusCode::FORBIDDEN,
                "You do not have the permission to do this.",
            ),
            WorldError::NoSuchTransition => {
                Self::bad("It seems that you have tried to perform an illegal workflow operation.")
            }
            WorldError::NoSuchIssue => Self::new(
                StatusCode::NOT_FOUND,
                "Issue does not exist or you do not have permission to see it.",
            ),
            WorldError::NoSuchComment
            | WorldError::NoSuchProject
            | WorldError::NoSuchProperty
            | WorldError::NoSuchRemoteLink
            | WorldError::NoSuchUser
            | WorldError::NoSuchWorklog => Self::new(StatusCode::NOT_FOUND, error.to_string()),
        }
    }
}
