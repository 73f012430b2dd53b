//! Refusals of the control interface: `{"error": "..."}`.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::connect::lifecycle::LifecycleError;
use crate::connect::token::TokenError;
use crate::world::WorldError;

/// A refusal with its status.
#[derive(Debug)]
pub(crate) struct ControlError {
    status: StatusCode,
    words: String,
}

impl ControlError {
    /// 400 with these words.
    pub(crate) fn bad(words: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            words: words.into(),
        }
    }
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl ResponseError for ControlError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status).json(json!({ "error": self.words }))
    }
}

impl From<WorldError> for ControlError {
    fn from(error: WorldError) -> Self {
        let status = match error {
            WorldError::Forbidden { .. } => StatusCode::FORBIDDEN,
            WorldError::Invalid { .. } | WorldError::NoSuchTransition => StatusCode::BAD_REQUEST,
            WorldError::NoSuchComment
            | WorldError::NoSuchIssue
            | WorldError::NoSuchProject
            | WorldError::NoSuchProperty
            | WorldError::NoSuchRemoteLink
            | WorldError::NoSuchUser
            | WorldError::NoSuchWorklog => StatusCode::NOT_FOUND,
        };
        Self {
            status,
            words: error.to_string(),
        }
    }
}

impl From<LifecycleError> for ControlError {
    fn from(error: LifecycleError) -> Self {
        let status = match error {
            LifecycleError::NotInstalled => StatusCode::CONFLICT,
            LifecycleError::Fetch
            | LifecycleError::Refused { .. }
            | LifecycleError::Unreachable { .. } => StatusCode::BAD_GATEWAY,
            LifecycleError::Descriptor(_) | LifecycleError::BaseUrl => StatusCode::BAD_REQUEST,
            LifecycleError::Sign(_) | LifecycleError::Random(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self {
            status,
            words: error.to_string(),
        }
    }
}

impl From<TokenError> for ControlError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::World(error) => error.into(),
            TokenError::NotInstalled | TokenError::NoPanel | TokenError::NoSettings => Self {
                status: StatusCode::CONFLICT,
                words: error.to_string(),
            },
            TokenError::Sign(_) | TokenError::Key => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                words: error.to_string(),
            },
        }
    }
}
