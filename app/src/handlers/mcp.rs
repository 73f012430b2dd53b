//! The tools of AI coding assistants, over streamable HTTP. Whoever calls has a key; what the key opens holds for each
//! tool as for the API.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use casework::{ApiCaller, ClaimRefused, ClaimedPlace, Claims, NotGiven, PromptForm, WhichTicket};
use jira::BaseUrl;
use mcp::{Claim, Desk, Origins, Refused, Ticket};
use record::entries::Scope;
use record::ids::CommitSha;
use serde::Serialize;
use serde_json::{Value, json};

use crate::answers::InItsOwnWords;
use crate::auth::{ApiPost, RequirementsRead};
use crate::error::AppError;
use crate::state::AppState;

/// The largest message, in bytes.
const LARGEST: usize = 262_144;

pub(crate) async fn answer(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiPost<RequirementsRead>,
) -> Result<HttpResponse, AppError> {
    if call.body.len() > LARGEST {
        return Err(AppError::TooLarge);
    }
    let origins = Origins(our_pages(&state.config.address));
    let desk = CallersDesk {
        state: state.into_inner(),
        caller: call.caller,
    };
    let answered = mcp::answer(desk, origins, handed_over(&request, call.body)?).await;
    Ok(handed_back(answered))
}

/// A port is always named: without one, any would do.
fn our_pages(address: &BaseUrl) -> Vec<String> {
    let url = address.url();
    let port = url.port_or_known_default();
    let origin = url.host_str().zip(port);
    let origin = origin.map(|(host, port)| format!("{}://{host}:{port}", url.scheme()));
    origin.into_iter().collect()
}

/// The same request, in the form that the protocol's library reads.
fn handed_over(
    request: &HttpRequest,
    body: web::Bytes,
) -> Result<http::Request<web::Bytes>, AppError> {
    let mut same = http::Request::builder()
        .method(request.method().as_str())
        .uri(request.path());
    for (name, value) in request.headers() {
        same = same.header(name.as_str(), value.as_bytes());
    }
    same.body(body)
        .map_err(|_| AppError::BadRequest("The request is not understood.".to_owned()))
}

fn handed_back(answered: http::Response<web::Bytes>) -> HttpResponse {
    let (parts, body) = answered.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap_or_default();
    let mut answer = HttpResponse::build(status);
    for (name, value) in &parts.headers {
        let name = HeaderName::try_from(name.as_str());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            answer.append_header((name, value));
        }
    }
    let mut answer = answer.body(body);
    answer.extensions_mut().insert(InItsOwnWords);
    answer
}

/// Answers for a caller, and no other tenant's tickets.
#[derive(Clone)]
struct CallersDesk {
    state: Arc<AppState>,
    caller: ApiCaller,
}

impl Desk for CallersDesk {
    async fn requirements(&self, of: Ticket) -> Result<Value, Refused> {
        let casework = &self.state.casework;
        let found = casework
            .requirements(&self.caller.tenant, &which(of))
            .await
            .map_err(not_given)?;
        value(&found)
    }

    async fn prompt(&self, of: Ticket, intent: Option<String>) -> Result<String, Refused> {
        let casework = &self.state.casework;
        let made = casework
            .prompt(
                &self.caller.tenant,
                &which(of),
                intent.as_deref(),
                PromptForm::Markdown,
            )
            .await
            .map_err(not_given)?;
        Ok(made.prompt)
    }

    async fn validation(&self, of: Ticket) -> Result<Value, Refused> {
        let casework = &self.state.casework;
        let found = casework
            .validation(&self.caller.tenant, &which(of))
            .await
            .map_err(not_given)?;
        value(&found)
    }

    async fn claim(
        &self,
        of: Ticket,
        commit: Option<CommitSha>,
        claims: Vec<Claim>,
    ) -> Result<Value, Refused> {
        if !self.caller.key.scopes.contains(&Scope::ClaimsWrite) {
            let refused = AppError::NoScope(Scope::ClaimsWrite);
            return Err(Refused(refused.to_string()));
        }
        let places = claims.into_iter().map(|claim| ClaimedPlace {
            requirement: claim.requirement,
            path: claim.path,
            lines: claim.lines,
            replaces: None,
        });
        let claims = Claims {
            commit,
            repository: None,
            places: places.collect(),
        };
        let casework = &self.state.casework;
        let claimed = casework.claim(&self.caller, &which(of), claims).await;
        let (claims, _) = claimed.map_err(|error: ClaimRefused| told(error.into()))?;
        Ok(json!({ "claims": claims }))
    }
}

fn which(of: Ticket) -> WhichTicket {
    WhichTicket {
        key: of.key,
        site: of.site,
    }
}

fn not_given(error: NotGiven) -> Refused {
    told(error.into())
}

/// In the words that the API would use; what they leave out goes to the log.
#[expect(clippy::needless_pass_by_value, reason = "where errors end")]
fn told(error: AppError) -> Refused {
    if let Some(cause) = error.cause() {
        tracing::warn!(%cause, "a tool failed");
    }
    Refused(error.to_string())
}

fn value<T: Serialize>(found: &T) -> Result<Value, Refused> {
    serde_json::to_value(found).map_err(|error| told(AppError::Internal(error.to_string())))
}
