//! Faults on demand and the log of requests. A site knows only itself: what concerns several sites is armed at
//! each. Touches only what apps call (`/rest`, the gateway's `/ex`, `/_edge`, `/install-keys`, `/connect`),
//! never the host's pages or its control interface.

use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::refusal::{NEAR_LIMIT, Refusal};
use crate::site::{Site, lock};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum FaultKind {
    /// Answers with this status and an empty error collection.
    #[serde(rename_all = "camelCase")]
    Status {
        /// 400 to 599.
        status: u16,
        /// Value of `Retry-After`, in seconds.
        retry_after: Option<u64>,
    },
    /// Answers 429 and says why and for how long.
    RateLimited(Refusal),
    /// Answers as usual, and says that less than a fifth of the limit is left.
    NearLimit,
    /// Answers 200 with HTML where JSON belongs.
    Nonsense,
    /// Waits before answering as usual.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Closes the connection without a complete answer.
    Close,
    /// Does what was asked, and closes the connection without a complete answer.
    LoseReply,
}

/// A fault and where it strikes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// Paths it strikes begin with this; empty for all.
    #[serde(default)]
    pub path_prefix: String,
    /// Method it strikes, `None` for all.
    #[serde(default)]
    pub method: Option<String>,
    /// The operation it strikes, by its path: `/rest/api/3/issue/{key}/comment`, where `{..}` stands for any value.
    /// `None` for all.
    #[serde(default)]
    pub operation: Option<String>,
    /// The issue it strikes, by id or key, below `/rest/api/3/issue/`; `None` for all.
    #[serde(default)]
    pub issue: Option<String>,
    /// How many requests it strikes; `None` until cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
}

impl Fault {
    /// A fault for every path, until cleared.
    pub fn everywhere(kind: FaultKind) -> Self {
        Self {
            path_prefix: String::new(),
            method: None,
            operation: None,
            issue: None,
            times: None,
            kind,
        }
    }

    /// A fault for paths that begin with `prefix`, for so many requests.
    pub fn on(prefix: &str, times: u32, kind: FaultKind) -> Self {
        Self {
            path_prefix: prefix.to_owned(),
            times: Some(times),
            ..Self::everywhere(kind)
        }
    }

    /// Whether it strikes this request, which is about this issue, if any.
    fn strikes(&self, method: &str, path: &str, issue: Option<&Named>) -> bool {
        let method_fits = match (&self.method, self.kind) {
            (Some(only), _) if !only.eq_ignore_ascii_case(method) => false,
            (_, FaultKind::RateLimited(refusal)) => refusal.concerns(method),
            _ => true,
        };
        let operation = self.operation.as_deref();
        let wanted = self.issue.as_deref();
        method_fits
            && path.starts_with(&self.path_prefix)
            && operation.is_none_or(|operation| is_of(path, operation))
            && wanted.is_none_or(|wanted| issue.is_some_and(|issue| issue.is(wanted)))
    }
}

/// An issue by both its names.
struct Named {
    id: u64,
    key: String,
}

impl Named {
    /// The issue that a path of the REST API is about, at the site or at the gateway.
    fn in_path(site: &Site, path: &str) -> Option<Self> {
        let versions = ["/rest/api/3/issue/", "/rest/api/2/issue/"];
        let (door, rest) = versions.iter().find_map(|issues| path.split_once(issues))?;
        if !door.is_empty() && !door.starts_with("/ex/jira/") {
            return None;
        }
        let name = rest.split('/').next()?;
        let world = lock(&site.world);
        let issue = world.issue(name).ok()?;
        Some(Self {
            id: issue.id,
            key: issue.key.clone(),
        })
    }

    fn is(&self, name: &str) -> bool {
        self.key.eq_ignore_ascii_case(name) || name.parse() == Ok(self.id)
    }
}

/// Whether a path is one of this operation.
fn is_of(path: &str, operation: &str) -> bool {
    let (mut path, mut operation) = (path.split('/'), operation.split('/'));
    loop {
        match (path.next(), operation.next()) {
            (None, None) => return true,
            (Some(part), Some(wanted)) if part == wanted || wanted.starts_with('{') => {}
            _ => return false,
        }
    }
}

/// One request that an app made; no query, body or token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestLine {
    /// Method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Status of the answer; `None` where the connection was closed by a fault.
    pub status: Option<u16>,
}

/// Faults to come and requests that came.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    armed: Mutex<Vec<Fault>>,
    requests: Mutex<Vec<RequestLine>>,
}

impl Faults {
    /// Adds a fault; the earliest that fits strikes.
    pub(crate) fn arm(&self, fault: Fault) {
        lock(&self.armed).push(fault);
    }

    /// Removes all faults.
    pub(crate) fn clear(&self) {
        lock(&self.armed).clear();
    }

    /// The faults still to strike.
    pub(crate) fn armed(&self) -> Vec<Fault> {
        lock(&self.armed).clone()
    }

    /// The log, oldest first.
    pub(crate) fn requests(&self) -> Vec<RequestLine> {
        lock(&self.requests).clone()
    }

    /// Empties the log.
    pub(crate) fn forget_requests(&self) {
        lock(&self.requests).clear();
    }

    fn strike(&self, method: &str, path: &str, issue: Option<&Named>) -> Option<FaultKind> {
        let mut armed = lock(&self.armed);
        let at = armed
            .iter()
            .position(|fault| fault.strikes(method, path, issue))?;
        let kind = armed[at].kind;
        if let Some(left) = &mut armed[at].times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                armed.remove(at);
            }
        }
        Some(kind)
    }
}

/// Strikes faults and logs requests, as a middleware around the whole server.
pub(crate) async fn watch(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (method, path) = (request.method().to_string(), request.path().to_owned());
    let of_apps = ["/rest/", "/ex/", "/_edge/", "/install-keys/", "/connect/"];
    let site = request.app_data::<web::Data<Site>>().cloned();
    let Some(site) = site.filter(|_| of_apps.iter().any(|part| path.starts_with(part))) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let issue = Named::in_path(&site, &path);
    let struck = site.faults.strike(&method, &path, issue.as_ref());
    let response = match struck {
        None => next.call(request).await?.map_into_boxed_body(),
        Some(FaultKind::Delay { ms }) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            next.call(request).await?.map_into_boxed_body()
        }
        Some(FaultKind::NearLimit) => {
            let mut response = next.call(request).await?.map_into_boxed_body();
            let (name, value) = NEAR_LIMIT;
            response.headers_mut().insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
            response
        }
        Some(FaultKind::LoseReply) => {
            let (request, _) = next.call(request).await?.into_parts();
            ServiceResponse::new(request, HttpResponse::Ok().body(Cut))
        }
        Some(fault) => request.into_response(faulty(fault)),
    };
    let closed = matches!(struck, Some(FaultKind::Close | FaultKind::LoseReply));
    let status = (!closed).then(|| response.status().as_u16());
    lock(&site.faults.requests).push(RequestLine {
        method,
        path,
        status,
    });
    Ok(response)
}

fn faulty(fault: FaultKind) -> HttpResponse {
    match fault {
        FaultKind::Status {
            status,
            retry_after,
        } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = HttpResponse::build(status);
            if let Some(seconds) = retry_after {
                response.insert_header(("Retry-After", seconds.to_string()));
            }
            if status == StatusCode::TOO_MANY_REQUESTS {
                response.insert_header(("RateLimit-Reason", "jira-burst-based"));
            }
            response
                .json(json!({ "errorMessages": ["The sandbox was told to fail."], "errors": {} }))
        }
        FaultKind::RateLimited(refusal) => refusal.answer(),
        FaultKind::Close | FaultKind::LoseReply => HttpResponse::Ok().body(Cut),
        FaultKind::Nonsense | FaultKind::NearLimit | FaultKind::Delay { .. } => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .body("<!doctype html><title>One moment</title><p>Something is on its way."),
    }
}

/// A body that breaks off, which makes the server close the connection.
struct Cut;

impl MessageBody for Cut {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}
