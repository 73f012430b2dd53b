//! Sends an operation, bounded in time and size, and sorts what comes back. It follows no redirects
//! and retries nothing but one short wait that Jira asked for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::RestError;
use super::operations::Operation;
use super::rate_limit;
use super::site::Site;

/// The longest wait within a call.
const SHORT_WAIT: Duration = Duration::from_secs(2);

/// How calls are bounded.
#[derive(Debug, Clone, Copy)]
pub struct HttpSettings {
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take.
    pub timeout: Duration,
    /// The longest body that is read, in bytes.
    pub longest_body: usize,
    /// The time now, in seconds since 1970: what tokens are dated with.
    pub clock: fn() -> i64,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            longest_body: 5 * 1024 * 1024,
            clock: system_clock,
        }
    }
}

/// No HTTP client can be made on this machine.
#[derive(Debug, thiserror::Error)]
#[error("couldn't make an HTTP client")]
pub struct NoClient(#[source] reqwest::Error);

/// The client of all sites: one pool of connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    settings: HttpSettings,
}

/// The client of one site. Its methods are the operations, one file per resource.
#[derive(Debug, Clone, Copy)]
pub struct SiteClient<'s> {
    client: &'s Client,
    site: &'s Site,
}

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It made a new thing.
    Created,
    /// It changed one.
    Updated,
}

/// One call to make.
#[derive(Clone, Copy)]
pub(super) struct Call<'c> {
    pub(super) operation: &'static Operation,
    /// For the names in the path, in order.
    pub(super) values: &'c [&'c str],
    pub(super) query: &'c [(&'c str, &'c str)],
    pub(super) body: Option<&'c Value>,
}

/// What came back with a 2xx.
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Client {
    /// A client with these bounds.
    ///
    /// # Errors
    /// The machine lacks what TLS needs.
    pub fn new(settings: HttpSettings) -> Result<Self, NoClient> {
        let http = reqwest::Client::builder()
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("countersign/0.1")
            .build()
            .map_err(NoClient)?;
        Ok(Self { http, settings })
    }

    /// The client of this site.
    #[must_use]
    pub const fn at<'s>(&'s self, site: &'s Site) -> SiteClient<'s> {
        SiteClient { client: self, site }
    }
}

impl SiteClient<'_> {
    /// Makes a call whose answer is this JSON.
    pub(super) async fn json<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, RestError> {
        let answer = self.answer(call).await?;
        let parsed = serde_json::from_slice(&answer.body);
        parsed.map_err(|_| RestError::Nonsense {
            call: call.operation,
        })
    }

    /// Makes a call that writes, and whose answer's body does not matter.
    pub(super) async fn written(&self, call: Call<'_>) -> Result<Written, RestError> {
        let status = self.answer(call).await?.status;
        Ok(if status == 201 {
            Written::Created
        } else {
            Written::Updated
        })
    }

    async fn answer(&self, call: Call<'_>) -> Result<Answer, RestError> {
        match self.once(call).await {
            Err(RestError::RateLimited {
                retry_after: Some(wait),
                ..
            }) if wait <= SHORT_WAIT => {
                tracing::debug!(operation = %call.operation, "waiting shortly, as Jira asked");
                tokio::time::sleep(wait).await;
                self.once(call).await
            }
            outcome => outcome,
        }
    }

    async fn once(&self, call: Call<'_>) -> Result<Answer, RestError> {
        let operation = call.operation;
        let address = self.site.address(operation, call.values, call.query);
        let address = address.ok_or(RestError::NotFound { call: operation })?;
        let now = (self.client.settings.clock)();
        let mut authorization = self
            .site
            .authorization(operation.method, &address, now)
            .and_then(|text| HeaderValue::from_str(&text).ok())
            .ok_or(RestError::Unsigned { call: operation })?;
        authorization.set_sensitive(true);
        let method = match operation.method {
            "POST" => reqwest::Method::POST,
            "PUT" => reqwest::Method::PUT,
            "DELETE" => reqwest::Method::DELETE,
            _ => reqwest::Method::GET,
        };
        let request = self.client.http.request(method, address);
        let mut request = request
            .header(AUTHORIZATION, authorization)
            .header("accept", "application/json");
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let answer = request
            .send()
            .await
            .map_err(|_| RestError::Unavailable { call: operation })?;
        self.sort(operation, answer).await
    }

    async fn sort(
        &self,
        call: &'static Operation,
        mut answer: reqwest::Response,
    ) -> Result<Answer, RestError> {
        let status = answer.status().as_u16();
        match status {
            200..=299 => {}
            401 => return Err(RestError::Unauthorized { call }),
            403 => return Err(RestError::Forbidden { call }),
            404 | 410 => return Err(RestError::NotFound { call }),
            408 | 425 | 500.. => return Err(RestError::Unavailable { call }),
            429 => {
                let reason = rate_limit::reason(answer.headers());
                let retry_after = rate_limit::retry_after(answer.headers());
                return Err(RestError::RateLimited {
                    call,
                    retry_after,
                    reason,
                    scope: reason.scope(),
                });
            }
            400..=499 => return Err(RestError::Rejected { call, status }),
            _ => return Err(RestError::Nonsense { call }),
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|_| RestError::Unavailable { call })?
        {
            if body.len() + chunk.len() > self.client.settings.longest_body {
                return Err(RestError::Nonsense { call });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}

fn system_clock() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
