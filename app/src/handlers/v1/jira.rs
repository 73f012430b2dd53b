//! Jira sites without the app: connected by an account's API token, heard by a webhook, read on a schedule.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{ConnectedJira, JiraRequest};
use record::entries::IntegrationState;
use record::ids::{ProjectKey, SiteId};
use record::state::JiraIntegration;
use serde::{Deserialize, Serialize};
use store::SyncState;
use utoipa::ToSchema;

use super::{Problem, named, read};
use crate::auth::{ApiCall, ApiPost, EventsRead, IntegrationsWrite};
use crate::error::AppError;
use crate::state::AppState;

/// A Jira site to be connected, or what is to be changed of one: what is not said stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct JiraBody {
    /// The address of its pages.
    #[schema(example = "https://your-org.atlassian.net")]
    jira_base_url: Option<String>,
    /// For a scoped token, which opens the site at Atlassian's gateway only: the site's cloud id.
    cloud_id: Option<String>,
    /// The account's e-mail address. Use an account of its own: it can approve nothing.
    #[schema(example = "countersign@example.com")]
    user_email: Option<String>,
    /// The account's API token, of id.atlassian.com. It is kept encrypted and never shown.
    api_token: Option<String>,
    /// For a site of Jira Data Center, in place of `userEmail` and `apiToken`: the account's personal access token, which
    /// it makes in its profile. It is kept encrypted and never shown.
    personal_access_token: Option<String>,
    /// The projects that are looked at.
    #[schema(value_type = Option<Vec<String>>, example = json!(["AI-GOV", "ML-OPS"]), min_items = 1, max_items = 200)]
    projects: Option<Vec<ProjectKey>>,
    /// A regular expression that tickets' keys must have besides belonging to a project.
    #[schema(example = "(AI-GOV|ML-OPS)-[0-9]+", max_length = 500)]
    link_pattern: Option<String>,
    /// The fields that are kept beside a link, besides when the ticket was created and resolved: summary, status,
    /// priority, assignee, reporter, resolution, and custom fields by their ids. If nothing is said, all of these but the
    /// custom fields; those of risk are kept then too.
    #[schema(example = json!(["summary", "status", "customfield_10200"]))]
    capture_fields: Option<Vec<String>>,
    /// The id of the field that says how risky a change is, if it is not called Change risk.
    #[schema(example = "customfield_10200")]
    change_risk_field: Option<String>,
    /// The id of the field that says why, if it is not called Risk assessment.
    #[schema(example = "customfield_10201")]
    risk_assessment_field: Option<String>,
    /// The secret of the site's webhook: 16 to 256 printable characters. Without it one is drawn.
    #[schema(min_length = 16, max_length = 256)]
    webhook_secret: Option<String>,
}

/// A Jira site that was connected.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectedJiraView {
    /// Its id.
    #[schema(value_type = String)]
    id: SiteId,
    /// The webhook's URL.
    webhook_url: String,
    /// The webhook's secret: as the secret of a webhook of Jira Cloud, or in the header `X-Jira-Webhook-Secret`. It is
    /// shown this once, if it is a new one.
    webhook_secret: Option<String>,
    /// Whose account opens it. What that account does in Jira is passed over, and it can approve nothing.
    #[schema(example = "Countersign")]
    account: String,
    /// The events to choose.
    events: [&'static str; 9],
    /// What is not as was asked for, and was done without.
    warnings: Vec<String>,
    /// Some keys of its projects, and whether each would be linked.
    link_preview: Vec<KeyPreview>,
}

/// A key, and whether it would be linked.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyPreview {
    /// The key.
    #[schema(example = "AI-GOV-142")]
    key: String,
    /// Whether it would be linked.
    linked: bool,
}

/// A connected Jira site.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JiraView {
    /// Its id.
    #[schema(value_type = String)]
    id: SiteId,
    /// The address of its pages.
    jira_base_url: String,
    /// ENABLED or REMOVED.
    #[schema(value_type = String)]
    state: IntegrationState,
    /// The projects that are looked at.
    #[schema(value_type = Vec<String>)]
    projects: Vec<ProjectKey>,
    /// The webhook's URL.
    webhook_url: String,
    /// When it was last read to the end.
    last_sync: Option<String>,
    /// When its webhook last told of anything.
    last_webhook: Option<String>,
    /// Why it was not read to the end, the last time.
    last_error: Option<String>,
}

/// The connected Jira sites.
#[derive(Serialize, ToSchema)]
pub(crate) struct JiraList {
    /// The sites, removed ones among them.
    integrations: Vec<JiraView>,
}

/// That the account is let in and sees the projects.
#[derive(Serialize, ToSchema)]
pub(crate) struct JiraTested {
    /// What is done without.
    warnings: Vec<String>,
}

/// What a reading found.
#[derive(Serialize, ToSchema)]
pub(crate) struct SyncedView {
    /// How many tickets had changed.
    tickets: usize,
    /// How many facts are new to the queue.
    facts: usize,
}

const EVENTS: [&str; 9] = [
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "worklog_created",
    "worklog_updated",
    "worklog_deleted",
];

impl From<JiraBody> for JiraRequest {
    fn from(body: JiraBody) -> Self {
        Self {
            base_url: body.jira_base_url,
            cloud_id: body.cloud_id,
            user_email: body.user_email,
            api_token: body.api_token,
            personal_token: body.personal_access_token,
            projects: body.projects,
            link_pattern: body.link_pattern,
            capture_fields: body.capture_fields,
            change_risk_field: body.change_risk_field,
            risk_assessment_field: body.risk_assessment_field,
            webhook_secret: body.webhook_secret,
        }
    }
}

/// Connect a Jira site
///
/// For sites without the app. The account is tried, and the projects are looked for, before anything is kept.
#[utoipa::path(
    post, path = "/v1/integrations/jira", tag = "Integrations", request_body = JiraBody,
    responses(
        (status = 201, description = "It is connected.", body = ConnectedJiraView),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "Jira does not let the account in, or a value cannot be used.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn connect(
    state: web::Data<AppState>,
    call: ApiPost<IntegrationsWrite>,
) -> Result<HttpResponse, AppError> {
    let wanted: JiraBody = read(&call.body)?;
    let allowed = &state.config.allowed_hosts;
    let connected = state
        .casework
        .connect_jira((&call.caller).into(), wanted.into(), allowed);
    let connected = connected.await?;
    Ok(HttpResponse::Created().json(shown(&state, connected)))
}

/// Change a connected Jira site
///
/// What the body does not say stays. The account is tried again before anything is changed.
#[utoipa::path(
    patch, path = "/v1/integrations/jira/{site}", tag = "Integrations", request_body = JiraBody,
    params(("site" = String, Path)),
    responses(
        (status = 200, description = "It is changed.", body = ConnectedJiraView),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 404, description = "There is no such integration.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "Jira does not let the account in, or a value cannot be used.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn change(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiPost<IntegrationsWrite>,
) -> Result<HttpResponse, AppError> {
    let site: SiteId = named(&request, "site")?;
    let wanted: JiraBody = read(&call.body)?;
    let allowed = &state.config.allowed_hosts;
    let changed = state
        .casework
        .change_jira((&call.caller).into(), &site, wanted.into(), allowed);
    let changed = changed.await?;
    Ok(HttpResponse::Ok().json(shown(&state, changed)))
}

/// List connected Jira sites, and how far each was read
#[utoipa::path(
    get, path = "/v1/integrations/jira", tag = "Integrations",
    responses(
        (status = 200, description = "The sites.", body = JiraList),
    )
)]
pub(crate) async fn list(
    state: web::Data<AppState>,
    call: ApiCall<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let listed = state
        .casework
        .jira_integrations(&call.caller.tenant)
        .await?;
    let integrations = listed.into_iter().map(|row| view(&state, row)).collect();
    Ok(HttpResponse::Ok().json(JiraList { integrations }))
}

/// Read a connected Jira site's status
#[utoipa::path(
    get, path = "/v1/integrations/jira/{site}", tag = "Integrations", params(("site" = String, Path)),
    responses(
        (status = 200, description = "The site.", body = JiraView),
        (status = 404, description = "There is no such integration.", body = Problem),
    )
)]
pub(crate) async fn show(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let site: SiteId = named(&request, "site")?;
    let listed = state
        .casework
        .jira_integrations(&call.caller.tenant)
        .await?;
    let row = listed
        .into_iter()
        .find(|(integration, _)| integration.site == site);
    Ok(HttpResponse::Ok().json(view(&state, row.ok_or(AppError::NotFound)?)))
}

/// Let a connected Jira site go
///
/// It is not read any more, and its webhooks are refused. What is recorded stays.
#[utoipa::path(
    delete, path = "/v1/integrations/jira/{site}", tag = "Integrations", params(("site" = String, Path)),
    responses(
        (status = 204, description = "It is let go."),
        (status = 404, description = "There is no such integration.", body = Problem),
    )
)]
pub(crate) async fn remove(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<IntegrationsWrite>,
) -> Result<HttpResponse, AppError> {
    let site: SiteId = named(&request, "site")?;
    state
        .casework
        .remove_jira((&call.caller).into(), &site)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Try a connected Jira site's account
#[utoipa::path(
    post, path = "/v1/integrations/jira/{site}/test", tag = "Integrations", params(("site" = String, Path)),
    responses(
        (status = 200, description = "The account is let in and sees the projects.", body = JiraTested),
        (status = 404, description = "There is no such integration.", body = Problem),
        (status = 422, description = "Jira does not let the account in: why, and what to do.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn test(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<IntegrationsWrite>,
) -> Result<HttpResponse, AppError> {
    let site: SiteId = named(&request, "site")?;
    let warnings = state.casework.test_jira(&call.caller.tenant, &site).await?;
    Ok(HttpResponse::Ok().json(JiraTested { warnings }))
}

/// Read what changed on a connected Jira site now
#[utoipa::path(
    post, path = "/v1/integrations/jira/{site}/sync", tag = "Integrations", params(("site" = String, Path)),
    responses(
        (status = 200, description = "It was read to the end.", body = SyncedView),
        (status = 404, description = "There is no such integration in use.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached. The next reading begins where this one did.", body = Problem),
    )
)]
pub(crate) async fn sync(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<IntegrationsWrite>,
) -> Result<HttpResponse, AppError> {
    let site: SiteId = named(&request, "site")?;
    let synced = match state.casework.sync(&call.caller.tenant, &site).await {
        Err(casework::CaseError::Site(_)) => return Err(AppError::NotFound),
        other => other?,
    };
    state.bell.notify_one();
    Ok(HttpResponse::Ok().json(SyncedView {
        tickets: synced.tickets,
        facts: synced.facts,
    }))
}

fn view(state: &AppState, (integration, read): (JiraIntegration, SyncState)) -> JiraView {
    JiraView {
        webhook_url: webhook_url(state, &integration.site),
        id: integration.site,
        jira_base_url: integration.base_url,
        state: integration.state,
        projects: integration.projects,
        last_sync: read.synced_at,
        last_webhook: read.heard_at,
        last_error: read.last_error,
    }
}

fn shown(state: &AppState, connected: ConnectedJira) -> ConnectedJiraView {
    ConnectedJiraView {
        webhook_url: webhook_url(state, &connected.site),
        webhook_secret: connected.webhook_secret.map(|secret| secret.to_string()),
        account: connected.account,
        events: EVENTS,
        warnings: connected.warnings,
        link_preview: connected
            .link_preview
            .into_iter()
            .map(|(key, linked)| KeyPreview { key, linked })
            .collect(),
        id: connected.site,
    }
}

fn webhook_url(state: &AppState, site: &SiteId) -> String {
    format!(
        "{}/v1/integrations/jira/webhook/{site}",
        state.config.address
    )
}
