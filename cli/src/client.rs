//! Calls the API: with the key in one header, bounded in time, and again where that cannot do harm. It follows no
//! redirect, which would carry the key elsewhere, and writes no log.

mod call;
mod failure;
mod patience;

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;

pub use call::Call;
pub use failure::CallError;

use crate::settings::Settings;
use failure::Reply;
use patience::Patience;

const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// What stands where an answer repeats the key.
const KEY_TAKEN_OUT: &str = "(API key)";

/// The API, with a key to it.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    settings: Settings,
}

/// What the API answered, and that it did what was asked.
#[derive(Debug)]
pub struct Answer {
    /// The status: 200, or 201 where something was made.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body in this form.
    ///
    /// # Errors
    /// If it has another.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        serde_json::from_str(&self.text).map_err(|_| CallError::Unreadable)
    }
}

/// The body, as far as it is a text of bounded length.
async fn bounded(mut response: reqwest::Response) -> Result<Option<String>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await? {
        body.extend_from_slice(&part);
        if body.len() > LARGEST {
            return Ok(None);
        }
    }
    Ok(Some(String::from_utf8_lossy(&body).into_owned()))
}

impl Client {
    /// A client of this server.
    ///
    /// # Errors
    /// The machine lacks what TLS needs.
    pub fn new(settings: Settings) -> Result<Self, CallError> {
        let mut key = HeaderValue::from_str(&format!("Bearer {}", settings.key.expose()))
            .map_err(|_| CallError::NoClient)?;
        key.set_sensitive(true);
        let mut builder = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, key)]))
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")));
        if settings.url.is_loopback() {
            // Over http a proxy would read the key.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| CallError::NoClient)?;
        Ok(Self { http, settings })
    }

    /// Makes a call; again after a pause where the server asks for one, or where it failed and the call may be
    /// repeated.
    ///
    /// # Errors
    /// Why there is no answer that does what was asked.
    pub async fn make(&self, call: &Call<'_>) -> Result<Answer, CallError> {
        let mut patience = Patience::default();
        loop {
            let failed = match self.once(call).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let Some(pause) = patience.after(&failed, call.is_repeatable()) else {
                return Err(failed);
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Makes a call once, for whoever cannot wait.
    ///
    /// # Errors
    /// Why there is no answer that does what was asked.
    pub async fn make_once(&self, call: &Call<'_>) -> Result<Answer, CallError> {
        self.once(call).await
    }

    async fn once(&self, call: &Call<'_>) -> Result<Answer, CallError> {
        let url = self.settings.url.below(call.path, &call.query);
        let mut request = self.http.request(call.method.clone(), url);
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        if let Some(key) = &call.once_under {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        let unreachable = |error| CallError::unreachable(error, TIMEOUT);
        let response = request.send().await.map_err(unreachable)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = bounded(response).await.map_err(unreachable)?;
        let text = text.ok_or(CallError::Unreadable)?;
        // Whoever repeats a request in an answer would bring the key into a pipeline's log.
        let text = text.replace(self.settings.key.expose(), KEY_TAKEN_OUT);
        match status.is_success() {
            true => Ok(Answer {
                status: status.as_u16(),
                text,
            }),
            false => Err(CallError::of(&Reply {
                status,
                headers: &headers,
                text: &text,
            })),
        }
    }
}
