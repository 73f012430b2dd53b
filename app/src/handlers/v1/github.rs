//! GitHub: registered once, then heard. A delivery is answered when its events are durable.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{ApiCaller, CodeHostRequest, RegisteredCodeHost};
use github::{Access, RepositoryName, WebhookRefusal, WebhookSecret};
use record::entries::{CodeHostAccess, IntegrationState, PushAs};
use record::ids::{CodeHostId, EventId};
use record::state::CodeHost;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Problem, named, read};
use crate::auth::{ApiCall, ApiPost, CodeHostCall, EventsRead, IntegrationsWrite};
use crate::error::AppError;
use crate::state::AppState;

const EVENT: &str = "X-GitHub-Event";
const GITHUB: &str = "https://github.com";
/// How a webhook begins whose content type was left as GitHub proposes it.
const FORM: &[u8] = b"payload=";
const AS_A_FORM: &str = "This webhook sends forms. Nothing was recorded: choose the content type application/json in its \
    settings on GitHub, and redeliver.";

/// A GitHub to be heard.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GitHubBody {
    /// The address of its pages: `https://github.com`, or your GitHub Enterprise Server's.
    #[schema(example = "https://github.com")]
    base_url: Option<String>,
    /// What a push becomes: COMMITS (an event for each commit, the default) or PUSH (one event).
    #[schema(value_type = Option<String>, example = "COMMITS")]
    push_as: Option<PushAs>,
    /// The secret that its webhook signs with: 16 to 256 printable characters. Without it one is drawn.
    #[schema(min_length = 16, max_length = 256)]
    secret: Option<String>,
    /// A token that may write commit statuses: then each commit of an issue gets the status `countersign`. Never shown.
    access_token: Option<String>,
    /// The repositories that are looked at, as OWNER/NAME; all if none is named. With a token they have to be named.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["acme/scoring"]))]
    repositories: Vec<RepositoryName>,
}

/// An installation of a GitHub App of your own.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GitHubAppBody {
    /// The address of its pages: `https://github.com`, or your GitHub Enterprise Server's.
    #[schema(example = "https://github.com")]
    base_url: Option<String>,
    /// What a push becomes: COMMITS (an event for each commit, the default) or PUSH (one event).
    #[schema(value_type = Option<String>, example = "COMMITS")]
    push_as: Option<PushAs>,
    /// The App's id, or its client id.
    #[schema(example = "123456")]
    app_id: String,
    /// The App's private key, in PEM, as GitHub lets it be downloaded. Never shown.
    private_key: String,
    /// The installation's id: the number at the end of its settings page's address.
    installation_id: u64,
    /// The repositories that are looked at, as OWNER/NAME.
    #[schema(value_type = Vec<String>, example = json!(["acme/scoring"]))]
    repositories: Vec<RepositoryName>,
    /// The secret that the App's webhook signs with: 16 to 256 printable characters. Without it one is drawn.
    #[schema(min_length = 16, max_length = 256)]
    secret: Option<String>,
}

/// A GitHub that was registered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisteredGitHub {
    /// Its id.
    #[schema(value_type = String)]
    id: CodeHostId,
    /// The webhook's payload URL.
    webhook_url: String,
    /// The webhook's content type.
    content_type: &'static str,
    /// The webhook's secret. It is shown this once.
    secret: String,
    /// The events to choose.
    events: [&'static str; 7],
    /// What should be known about it.
    warnings: Vec<String>,
}

/// A GitHub.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GitHubView {
    /// Its id.
    #[schema(value_type = String)]
    id: CodeHostId,
    /// The address of its pages.
    base_url: String,
    /// ENABLED or REMOVED.
    #[schema(value_type = String)]
    state: IntegrationState,
    /// What a push becomes: COMMITS or PUSH.
    #[schema(value_type = String)]
    push_as: PushAs,
    /// How commits get their status: by TOKEN or by APP; absent if they get none.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<CodeHostAccess>,
    /// Why a status could not be written, the last time that one could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// The webhook's payload URL.
    webhook_url: String,
}

/// The GitHubs.
#[derive(Serialize, ToSchema)]
pub(crate) struct GitHubList {
    /// The GitHubs, removed ones among them.
    integrations: Vec<GitHubView>,
}

/// What became of a delivery.
#[derive(Serialize, ToSchema)]
pub(crate) struct Taken {
    /// Its events, in their order; those that were recorded before among them.
    #[schema(value_type = Vec<String>)]
    events: Vec<EventId>,
    /// How many of them are new.
    recorded: usize,
}

/// The events that are used.
const EVENTS: [&str; 7] = [
    "push",
    "pull_request",
    "pull_request_review",
    "deployment",
    "deployment_status",
    "release",
    "workflow_run",
];

/// Register GitHub
///
/// Then make a webhook there (of an organisation, a repository or a GitHub App) with the address, the secret and the
/// events of the answer.
#[utoipa::path(
    post, path = "/v1/integrations/github", tag = "Integrations", request_body = GitHubBody,
    responses(
        (status = 201, description = "It is registered.", body = RegisteredGitHub),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "GitHub does not let the token in, or a value cannot be used.", body = Problem),
        (status = 503, description = "GitHub or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn register(
    state: web::Data<AppState>,
    call: ApiPost<IntegrationsWrite>,
) -> Result<HttpResponse, AppError> {
    let body: GitHubBody = read(&call.body)?;
    let access = body.access_token.as_deref().map(Access::token);
    let access = access
        .transpose()
        .map_err(|error| unusable("accessToken", &error))?;
    let wanted = CodeHostRequest {
        base_url: body.base_url.unwrap_or_else(|| GITHUB.to_owned()),
        push_as: body.push_as.unwrap_or(PushAs::Commits),
        secret: secret_of(body.secret)?,
        access,
        repositories: body.repositories,
    };
    registered(&state, &call.caller, wanted).await
}

/// Register an installation of a GitHub App
///
/// The App is one of your own, with the permission to write commit statuses. Its webhook gets the address, the secret and
/// the events of the answer.
#[utoipa::path(
    post, path = "/v1/integrations/github/install", tag = "Integrations", request_body = GitHubAppBody,
    responses(
        (status = 201, description = "It is registered.", body = RegisteredGitHub),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "GitHub does not let the App in, or a value cannot be used.", body = Problem),
        (status = 503, description = "GitHub or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn install(
    state: web::Data<AppState>,
    call: ApiPost<IntegrationsWrite>,
) -> Result<HttpResponse, AppError> {
    let body: GitHubAppBody = read(&call.body)?;
    let access = Access::app(&body.app_id, body.installation_id, &body.private_key);
    let access = access.map_err(|error| unusable("appId or privateKey", &error))?;
    let wanted = CodeHostRequest {
        base_url: body.base_url.unwrap_or_else(|| GITHUB.to_owned()),
        push_as: body.push_as.unwrap_or(PushAs::Commits),
        secret: secret_of(body.secret)?,
        access: Some(access),
        repositories: body.repositories,
    };
    registered(&state, &call.caller, wanted).await
}

fn secret_of(typed: Option<String>) -> Result<Option<WebhookSecret>, AppError> {
    let secret = typed.map(|secret| secret.parse::<WebhookSecret>());
    secret
        .transpose()
        .map_err(|error| unusable("secret", &error))
}

fn unusable(member: &str, error: &dyn std::error::Error) -> AppError {
    AppError::Unprocessable(format!("{member}: {error}. Nothing was registered."))
}

async fn registered(
    state: &AppState,
    caller: &ApiCaller,
    wanted: CodeHostRequest,
) -> Result<HttpResponse, AppError> {
    let allowed = &state.config.allowed_hosts;
    let registered = state
        .casework
        .register_code_host(caller.into(), wanted, allowed);
    let RegisteredCodeHost {
        host,
        secret,
        beside,
    } = registered.await?;
    let twice = |other: CodeHostId| {
        format!(
            "{other} is registered for the same address: what both hear of is recorded once for each."
        )
    };
    Ok(HttpResponse::Created().json(RegisteredGitHub {
        webhook_url: webhook_url(state, &host),
        content_type: "application/json",
        secret: secret.expose().to_owned(),
        events: EVENTS,
        warnings: beside.into_iter().map(twice).collect(),
        id: host,
    }))
}

/// List GitHubs
#[utoipa::path(
    get, path = "/v1/integrations/github", tag = "Integrations",
    responses(
        (status = 200, description = "The GitHubs.", body = GitHubList),
    )
)]
pub(crate) async fn list(
    state: web::Data<AppState>,
    call: ApiCall<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let hosts = state.casework.code_hosts(&call.caller.tenant).await?;
    let view = |(host, last_error): (CodeHost, Option<String>)| GitHubView {
        webhook_url: webhook_url(&state, &host.host),
        id: host.host,
        base_url: host.base_url,
        state: host.state,
        push_as: host.push_as,
        access: host.access,
        last_error,
    };
    Ok(HttpResponse::Ok().json(GitHubList {
        integrations: hosts.into_iter().map(view).collect(),
    }))
}

/// Remove GitHub
///
/// Its deliveries are not taken any more. What it reported stays.
#[utoipa::path(
    delete, path = "/v1/integrations/github/{host}", tag = "Integrations", params(("host" = String, Path)),
    responses(
        (status = 204, description = "It is removed."),
        (status = 404, description = "There is no such GitHub.", body = Problem),
    )
)]
pub(crate) async fn remove(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<IntegrationsWrite>,
) -> Result<HttpResponse, AppError> {
    let host: CodeHostId = named(&request, "host")?;
    state
        .casework
        .remove_code_host((&call.caller).into(), host)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take a delivery of GitHub's
///
/// Proven by `X-Hub-Signature-256` over the very bytes. Without an id in the address it is the only GitHub's that this
/// server knows.
#[utoipa::path(
    post, path = "/v1/integrations/github/webhook/{host}", tag = "Webhooks",
    params(("host" = String, Path), ("X-Hub-Signature-256" = String, Header), ("X-GitHub-Event" = String, Header)),
    request_body(content = Object, description = "GitHub's own payload."),
    responses(
        (status = 202, description = "Its events are durable.", body = Taken),
        (status = 204, description = "An event that is not used, or of a repository that is not looked at."),
        (status = 400, description = "Not a payload of GitHub's.", body = Problem),
        (status = 401, description = "Not signed by a GitHub that is registered.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 503, description = "The database cannot be reached. GitHub shows the delivery as failed: redeliver it.", body = Problem),
    ),
    security(())
)]
pub(crate) async fn webhook(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: CodeHostCall,
) -> Result<HttpResponse, AppError> {
    let event = request.headers().get(EVENT);
    let event = event
        .and_then(|event| event.to_str().ok())
        .unwrap_or_default();
    if call.body.starts_with(FORM) {
        return Err(AppError::BadRequest(AS_A_FORM.to_owned()));
    }
    let events = match github::parse(event, &call.body, call.from.host.push_as) {
        Ok(events) if !events.iter().all(|event| call.from.looks_at(event)) => {
            tracing::info!("a delivery of a repository that is not looked at");
            return Ok(HttpResponse::NoContent().finish());
        }
        Ok(events) => events,
        Err(WebhookRefusal::NotHandled(kind)) => {
            tracing::info!(%kind, "a delivery of an event that is not used");
            return Ok(HttpResponse::NoContent().finish());
        }
        Err(WebhookRefusal::TooLong | WebhookRefusal::TooMany) => return Err(AppError::TooLarge),
        Err(refusal) => return Err(AppError::BadRequest(refusal.to_string())),
    };
    let appended = state.casework.take_code_events(&call.from, events).await?;
    state.bell.notify_one();
    Ok(HttpResponse::Accepted().json(Taken {
        recorded: appended.iter().filter(|one| one.fresh).count(),
        events: appended.into_iter().map(|one| one.id).collect(),
    }))
}

fn webhook_url(state: &AppState, host: &CodeHostId) -> String {
    format!(
        "{}/v1/integrations/github/webhook/{host}",
        state.config.address
    )
}
