//! Sends an operation, bounded in time and size, and sorts what comes back. It follows no redirects
//! and retries nothing but one short wait that Jira asked for. What Jira refused is not sent again before
//! its time: all clones of a client know of it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::budget::{Priority, Quota};
use super::clock::Clock;
use super::error::RestError;
use super::hold_off::Target;
use super::limits::{Limits, LimitsNow};
use super::operations::Operation;
use super::rate_limit::{Refusal, near_limit};
use super::site::{Credential, Interface, Site};

/// The longest wait within a call.
const SHORT_WAIT: Duration = Duration::from_secs(2);

/// How calls are bounded.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take.
    pub timeout: Duration,
    /// The longest body that is read, in bytes.
    pub longest_body: usize,
    /// The points the app may spend.
    pub quota: Quota,
    /// The time.
    pub clock: Clock,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            longest_body: 5 * 1024 * 1024,
            quota: Quota::default(),
            clock: Clock::system(),
        }
    }
}

/// No HTTP client can be made on this machine.
#[derive(Debug, thiserror::Error)]
#[error("couldn't make an HTTP client")]
pub struct NoClient(#[source] reqwest::Error);

/// The client of all sites: one pool of connections, and one memory of what has to wait.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    settings: HttpSettings,
    limits: Arc<Limits>,
}

/// The client of one site. Its methods are the operations, one file per resource.
#[derive(Debug, Clone, Copy)]
pub struct SiteClient<'s> {
    client: &'s Client,
    site: &'s Site,
    priority: Priority,
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

impl<'c> Call<'c> {
    fn written_ticket(self) -> Option<&'c str> {
        let ticket = self.values.first().copied();
        ticket.filter(|_| self.operation.writes_to_ticket())
    }
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
        let limits = Arc::new(Limits::new(settings.quota));
        Ok(Self {
            http,
            settings,
            limits,
        })
    }

    /// The client of this site, for work in the background.
    #[must_use]
    pub const fn at<'s>(&'s self, site: &'s Site) -> SiteClient<'s> {
        SiteClient {
            client: self,
            site,
            priority: Priority::Background,
        }
    }

    /// What has to wait now, and what was spent in this hour.
    #[must_use]
    pub fn limits(&self) -> LimitsNow {
        self.limits.now(self.settings.clock.now())
    }
}

impl SiteClient<'_> {
    /// The same, for calls that a person waits for: points are kept for these.
    #[must_use]
    pub const fn for_a_person(self) -> Self {
        Self {
            priority: Priority::Person,
            ..self
        }
    }

    /// As whom the site is called.
    pub(super) const fn credential(&self) -> &Credential {
        &self.site.credential
    }

    /// Which interface the site has.
    pub(super) const fn interface(&self) -> Interface {
        self.site.credential.interface()
    }

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
        let now = self.client.settings.clock.now();
        self.admitted(call, now)?;
        match self.once(call).await {
            Err(RestError::RateLimited { retry_after, .. }) if retry_after <= SHORT_WAIT => {
                tracing::debug!(operation = %call.operation, "waiting shortly, as Jira asked");
                let waited_for = self.client.settings.clock.now() + retry_after;
                tokio::time::sleep(retry_after).await;
                // A clock that lags behind the wait does not make it longer.
                let now = self.client.settings.clock.now().max(waited_for);
                self.admitted(call, now)?;
                self.once(call).await
            }
            outcome => outcome,
        }
    }

    /// Lets the call pass, if nothing that Jira refused and no want of points holds it.
    fn admitted(&self, call: Call<'_>, now: Duration) -> Result<(), RestError> {
        let counted = self.site.credential.is_of_the_app();
        let priority = counted.then_some(self.priority);
        self.client.limits.admit(&self.target(call), priority, now)
    }

    fn target<'c>(&'c self, call: Call<'c>) -> Target<'c> {
        Target {
            site: &self.site.base_url,
            operation: call.operation,
            written: call.written_ticket(),
        }
    }

    async fn once(&self, call: Call<'_>) -> Result<Answer, RestError> {
        let operation = call.operation;
        let address = self.site.address(operation, call.values, call.query);
        let address = address.ok_or(RestError::NotFound { call: operation })?;
        let now = self.client.settings.clock.now().as_secs();
        let now = i64::try_from(now).unwrap_or(i64::MAX);
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
        if operation.is_of_service_desk() {
            // Some versions on Data Center call it experimental, and answer nobody who does not agree to that.
            request = request.header("X-ExperimentalApi", "opt-in");
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let answer = request
            .send()
            .await
            .map_err(|_| RestError::Unavailable { call: operation })?;
        self.learn(call, &answer)?;
        self.sort(operation, answer).await
    }

    /// Keeps what the answer says about limits.
    fn learn(&self, call: Call<'_>, answer: &reqwest::Response) -> Result<(), RestError> {
        let (limits, now) = (&self.client.limits, self.client.settings.clock.now());
        let (target, headers) = (self.target(call), answer.headers());
        if self.site.credential.is_of_the_app() {
            limits.near_limit(&target, near_limit(headers), now);
        }
        match answer.status().as_u16() {
            429 => return Err(limits.refused(&target, Refusal::read(headers, now), now)),
            // What is not there was looked for: that is an answer.
            200..=299 | 404 | 410 => limits.answered(&target, now),
            _ => {}
        }
        Ok(())
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
