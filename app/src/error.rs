//! What goes wrong, and what a caller is told. A caller learns the kind and what to do, never the cause;
//! the cause is logged once.

mod refusals;

use std::io;

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use casework::{CaseError, SiteRefused};
use jira::rest::RestError;
use record::entries::Scope;
use store::{MasterKeyError, StoreError};

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be made.
    #[error("COUNTERSIGN_DATA: the directory cannot be used")]
    Data(#[source] io::Error),
    /// The master key cannot be used.
    #[error("COUNTERSIGN_MASTER_KEY_FILE: {0}")]
    MasterKey(#[from] MasterKeyError),
    /// The key is gone under which the database's secrets are sealed.
    #[error(
        "COUNTERSIGN_MASTER_KEY_FILE: there is no such file, and the database holds secrets sealed under it: put it back"
    )]
    MasterKeyMissing,
    /// The database cannot be used.
    #[error("DATABASE_URL: {0}")]
    Database(#[from] StoreError),
    /// The tables are missing, or another release's.
    #[error(
        "DATABASE_URL: the tables are not those of this release; run `countersign-server migrate` as their owner"
    )]
    Schema,
    /// The address cannot be listened on.
    #[error("COUNTERSIGN_LISTEN: the address cannot be listened on")]
    Listen(#[source] io::Error),
    /// The mail server's settings cannot be used.
    #[error("COUNTERSIGN_SMTP_URL, COUNTERSIGN_SMTP_CA_FILE: {0}")]
    Mail(String),
    /// Something that the build should have caught.
    #[error("this build cannot start: {0}")]
    Build(String),
}

/// What a caller is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppError {
    /// The request is not understood.
    #[error("{0}")]
    BadRequest(String),
    /// The caller's view of things is out of date.
    #[error("{0}")]
    Conflict(String),
    /// The caller is known and may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// The caller has no key that opens anything. The reason is logged, not told.
    #[error(
        "The API key is missing, unknown, revoked or expired. Send it as `Authorization: Bearer ak_…`."
    )]
    NoKey(String),
    /// A delivery is not proven. The reason is logged, not told.
    #[error(
        "This delivery is not proven by the secret of a code host or a site that is registered here."
    )]
    Unproven(String),
    /// The caller's key does not open this.
    #[error("This API key lacks the scope {0}. Nothing was changed.")]
    NoScope(Scope),
    /// Our fault.
    #[error("Something went wrong on our side. Nothing was changed.")]
    Internal(String),
    /// There is no such thing.
    #[error("There is nothing here.")]
    NotFound,
    /// There is no such issue.
    #[error("{0}")]
    NoTicket(String),
    /// The body is too large.
    #[error("The request is too large.")]
    TooLarge,
    /// The caller asks too often; seconds to wait.
    #[error("Too many requests with this API key. Nothing was changed: try again in {0} s.")]
    TooMany(u64),
    /// The request is understood, and cannot be carried out as it is.
    #[error("{0}")]
    Unprocessable(String),
    /// The caller is not known. The reason is logged, not told.
    #[error(
        "This request could not be authenticated. Reload the issue; if it stays, reinstall the app."
    )]
    Unauthorized(String),
    /// Something we need is away.
    #[error("{0}")]
    Unavailable(String),
}

impl AppError {
    /// The cause, for the log. Names checks and operations; holds no token, body or ticket text.
    pub(crate) fn cause(&self) -> Option<&str> {
        match self {
            Self::Internal(cause)
            | Self::NoKey(cause)
            | Self::Unproven(cause)
            | Self::Unauthorized(cause) => Some(cause),
            Self::BadRequest(_)
            | Self::Conflict(_)
            | Self::Forbidden(_)
            | Self::NoScope(_)
            | Self::NotFound
            | Self::NoTicket(_)
            | Self::TooLarge
            | Self::TooMany(_)
            | Self::Unprocessable(_)
            | Self::Unavailable(_) => None,
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Forbidden(_) | Self::NoScope(_) => StatusCode::FORBIDDEN,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotFound | Self::NoTicket(_) => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NoKey(_) | Self::Unproven(_) | Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Status and headers: [`crate::answers`] writes the body, in the form the caller reads.
    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::NoKey(_) => answer.insert_header((WWW_AUTHENTICATE, "Bearer")),
            Self::TooMany(seconds) => answer.insert_header((RETRY_AFTER, seconds.to_string())),
            _ => &mut answer,
        };
        answer.finish()
    }
}

impl From<CaseError> for AppError {
    fn from(error: CaseError) -> Self {
        let cause = error.to_string();
        match error {
            CaseError::Site(SiteRefused::Unknown | SiteRefused::Uninstalled) => {
                Self::Unauthorized(cause)
            }
            CaseError::Site(SiteRefused::NoToken) => Self::Unavailable(NO_TOKEN.to_owned()),
            CaseError::Store(error) if error.is_transient() => {
                tracing::error!(%cause, "the database failed");
                Self::Unavailable(
                    "The database cannot be reached. Nothing was recorded: try again in a minute."
                        .to_owned(),
                )
            }
            CaseError::GitHub(error) => {
                tracing::warn!(%error, "GitHub did not answer as needed");
                Self::Unavailable(format!("{error}. Nothing was recorded: try again."))
            }
            CaseError::Overtaken | CaseError::NotSettled => Self::Conflict(
                "The issue changed meanwhile. Nothing was recorded: try again.".to_owned(),
            ),
            CaseError::Jira(error) => Self::from_jira(&error),
            CaseError::Store(_)
            | CaseError::Unreadable(_)
            | CaseError::Site(SiteRefused::Broken | SiteRefused::NoGate) => Self::Internal(cause),
        }
    }
}

impl AppError {
    fn from_jira(error: &RestError) -> Self {
        tracing::warn!(%error, "Jira did not answer as needed");
        let told = match error {
            RestError::Unauthorized { .. } => {
                "Jira does not accept this app any more. Nothing was recorded: ask a Jira administrator to reinstall it."
            }
            RestError::Forbidden { .. } => {
                "Jira does not let this app do that. Nothing was recorded: ask a Jira administrator about its permissions."
            }
            RestError::NotFound { .. } => {
                "Jira does not show this issue to the app. Nothing was recorded."
            }
            RestError::RateLimited { .. } => {
                "Jira asks us to slow down. Nothing was recorded: try again in a minute."
            }
            RestError::Unavailable { .. } => {
                "Jira cannot be reached. Nothing was recorded: try again in a minute."
            }
            RestError::Nonsense { .. }
            | RestError::Rejected { .. }
            | RestError::Unsigned { .. } => {
                "Jira gave an answer that makes no sense. Nothing was recorded: try again in a minute."
            }
        };
        Self::Unavailable(told.to_owned())
    }
}

const NO_TOKEN: &str =
    "Forge gave us no access to this site yet. Nothing was recorded: try again in a minute.";
