//! What every answer carries: a request id, the security headers that Atlassian asks of cloud apps, and,
//! where something went wrong, a body in the form that the caller reads. Query strings are never logged.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{Error, HttpResponse, web};
use serde_json::json;
use ulid::Ulid;

use crate::error::AppError;
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const NOTHING_ALLOWED: &str = "default-src 'none'; frame-ancestors 'none'";

/// The middleware.
pub(crate) struct Answers;

/// On an answer whose body says itself what went wrong, in a form that its protocol has.
pub(crate) struct InItsOwnWords;

impl<S, B> Transform<S, ServiceRequest> for Answers
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = AnswersService<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(AnswersService {
            service: Rc::new(service),
        }))
    }
}

/// The middleware around a service.
pub(crate) struct AnswersService<S> {
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for AnswersService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    actix_web::dev::forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let service = Rc::clone(&self.service);
        Box::pin(async move {
            let id = Ulid::generate().to_string();
            let started = Instant::now();
            let reader = Reader::of(&request);
            let method = request.method().clone();
            let response = service.call(request).await?.map_into_boxed_body();
            let route = response
                .request()
                .match_pattern()
                .unwrap_or_else(|| "(no route)".to_owned());
            let status = response.status();
            let cause = cause_of(&response);
            let told_already = response
                .response()
                .extensions()
                .get::<InItsOwnWords>()
                .is_some();
            let failed = status.is_client_error() || status.is_server_error();
            let mut response = if failed && !told_already {
                told(response, &id, reader)
            } else {
                response
            };
            secure(response.headers_mut());
            if let Ok(value) = HeaderValue::from_str(&id) {
                response.headers_mut().insert(REQUEST_ID, value);
            }
            let ms = started.elapsed().as_millis() as u64;
            match cause {
                Some(cause) => {
                    tracing::warn!(request = %id, %method, %route, status = status.as_u16(), ms, %cause, "answered");
                }
                None => {
                    tracing::info!(request = %id, %method, %route, status = status.as_u16(), ms, "answered");
                }
            }
            Ok(response)
        })
    }
}

/// In which form the caller reads that something went wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    Person,
    Program,
    /// Takes plain JSON and nothing else.
    Forge,
}

impl Reader {
    fn of(request: &ServiceRequest) -> Self {
        if request.path().starts_with("/forge/") {
            return Self::Forge;
        }
        if request.path().starts_with("/v1/") && request.path() != "/v1/docs" {
            return Self::Program;
        }
        let accept = request.headers().get(ACCEPT);
        let accept = accept.and_then(|accept| accept.to_str().ok());
        match accept.is_some_and(|accept| accept.contains("text/html")) {
            true => Self::Person,
            false => Self::Program,
        }
    }
}

fn cause_of(response: &ServiceResponse) -> Option<String> {
    let error = response.response().error()?;
    error.as_error::<AppError>()?.cause().map(str::to_owned)
}

/// The same status, with a body that says what happened and what to do.
fn told(response: ServiceResponse, id: &str, reader: Reader) -> ServiceResponse {
    let status = response.status();
    let error = response
        .response()
        .error()
        .and_then(|error| error.as_error::<AppError>());
    let detail = error.map_or_else(|| plain_detail(status), ToString::to_string);
    let title = status.canonical_reason().unwrap_or("Error");
    let views = response
        .request()
        .app_data::<web::Data<AppState>>()
        .map(|state| &state.views);
    let page = views
        .filter(|_| reader == Reader::Person)
        .and_then(|views| views.error(title, &detail, id).ok());
    let mut answer = HttpResponse::build(status);
    let answer = match page {
        Some(page) => answer.content_type("text/html; charset=utf-8").body(page),
        None => answer.content_type(match reader {
            Reader::Forge => "application/json",
            _ => "application/problem+json",
        }).body(
            json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail, "requestId": id })
                .to_string(),
        ),
    };
    let (request, original) = response.into_parts();
    let mut answer = answer;
    for (name, value) in original.headers() {
        if name != CONTENT_TYPE {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, answer)
}

fn plain_detail(status: StatusCode) -> String {
    match status {
        StatusCode::NOT_FOUND => AppError::NotFound.to_string(),
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge.to_string(),
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take that method.".to_owned(),
        status if status.is_server_error() => AppError::Internal(String::new()).to_string(),
        _ => "The request is not understood.".to_owned(),
    }
}

fn secure(headers: &mut HeaderMap) {
    let fixed = [
        (CACHE_CONTROL, "no-cache, no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (
            STRICT_TRANSPORT_SECURITY,
            "max-age=31536000; includeSubDomains",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(NOTHING_ALLOWED),
        );
    }
}
