//! The API for programs, `/v1`. What it takes and gives is described by the document that is made from this very code.

pub(crate) mod catalog;
pub(crate) mod claims;
pub(crate) mod coverage;
pub(crate) mod document;
pub(crate) mod events;
pub(crate) mod feeds;
pub(crate) mod gate;
pub(crate) mod github;
pub(crate) mod jira;
pub(crate) mod jira_webhook;
pub(crate) mod ledger;
pub(crate) mod links;
pub(crate) mod monitoring;
mod reading;
pub(crate) mod scan;
pub(crate) mod tickets;
pub(crate) mod trail;

pub(crate) use reading::Reading;

use actix_web::web::Query;
use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::error::AppError;

/// The largest body of a call, in bytes.
const LARGEST_BODY: usize = 262_144;

/// What went wrong, as RFC 9457 has it.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    /// `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What happened, what was kept, and what to do next.
    detail: String,
    /// The request, as the server's log names it.
    request_id: String,
}

/// A body of this form. What is wrong is said by its place, never by its content.
fn read<T: DeserializeOwned>(body: &web::Bytes) -> Result<T, AppError> {
    if body.len() > LARGEST_BODY {
        return Err(AppError::TooLarge);
    }
    let not_expected = |line, column| {
        AppError::BadRequest(format!(
            "The body is not as expected at line {line}, column {column}: /v1/docs shows the form. Nothing was changed."
        ))
    };
    // A list would be read as the members in their order.
    let begins = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if begins == Some(&b'[') {
        return Err(not_expected(1, 1));
    }
    serde_json::from_slice(body).map_err(|error| match members(&error.to_string()) {
        Some(members) => AppError::BadRequest(format!("{members} Nothing was changed.")),
        None => not_expected(error.line(), error.column()),
    })
}

/// What the form has, where a member is none of it or one is missing; of the body itself nothing.
fn members(error: &str) -> Option<String> {
    if error.starts_with("unknown field ") {
        let (_, known) = error.rsplit_once(", expected ")?;
        let (known, _) = known.rsplit_once(" at line ")?;
        return Some(format!(
            "The body is not as expected: it has a member that is unknown. Expected is {known}."
        ));
    }
    let (missing, _) = error.strip_prefix("missing field `")?.split_once('`')?;
    Some(format!(
        "The body is not as expected: it lacks the member `{missing}`. /v1/docs shows the form."
    ))
}

/// A query string of this form.
fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, AppError> {
    let read = Query::<T>::from_query(request.query_string());
    read.map(Query::into_inner).map_err(|_| {
        AppError::BadRequest(
            "A parameter is unknown or has not its form: /v1/docs shows them.".to_owned(),
        )
    })
}

/// A time in the form in which entries have it, so that texts compare as times do.
fn instant(name: &str, text: &str) -> Result<String, AppError> {
    casework::in_utc(text).ok_or_else(|| {
        AppError::BadRequest(format!(
            "{name}: a time such as 2026-03-02T14:22:11.003Z is expected."
        ))
    })
}

/// A part of the path that names a thing: what has not the form of its name is not there.
fn named<T: std::str::FromStr>(request: &HttpRequest, part: &str) -> Result<T, AppError> {
    let text = request.match_info().get(part).unwrap_or_default();
    text.parse().map_err(|_| AppError::NotFound)
}
