//! The panel: a page that Jira frames, and the fragment inside it.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};
use casework::ActiveSite;
use record::ids::IssueId;
use serde::Deserialize;

use crate::auth::{ContextCall, PageCall};
use crate::error::AppError;
use crate::state::AppState;

/// The part of the page's address that names the ticket. Jira's hash covers it.
#[derive(Deserialize)]
pub(crate) struct PanelAddress {
    #[serde(rename = "issueId")]
    issue: Option<IssueId>,
}

/// The page. The ticket is the one of the signed context; where Jira leaves that empty, the one of the
/// address that Jira hashed.
pub(crate) async fn page(
    state: web::Data<AppState>,
    address: web::Query<PanelAddress>,
    call: PageCall,
) -> Result<HttpResponse, AppError> {
    let signed = call.token.context.ticket.map(|(issue, _)| issue);
    let issue = signed.or_else(|| address.into_inner().issue);
    let issue =
        issue.ok_or_else(|| AppError::BadRequest("The address names no issue.".to_owned()))?;
    let panel = state.casework.panel(&call.site, &issue).await?;
    let page = state.views.page(&panel, &state.config.connect_js)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            CONTENT_SECURITY_POLICY,
            policy(&call.site, &state.config.connect_js),
        ))
        .body(page))
}

/// The fragment, for a page that is open already.
pub(crate) async fn fragment(
    state: web::Data<AppState>,
    call: ContextCall,
) -> Result<HttpResponse, AppError> {
    answer_with_fragment(&state, &call).await
}

/// Records an assessment that was only shown.
pub(crate) async fn assess(
    state: web::Data<AppState>,
    call: ContextCall,
) -> Result<HttpResponse, AppError> {
    state.casework.assess_now(&call.site, &call.issue).await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}

pub(crate) async fn answer_with_fragment(
    state: &AppState,
    call: &ContextCall,
) -> Result<HttpResponse, AppError> {
    let panel = state.casework.panel(&call.site, &call.issue).await?;
    let fragment = state.views.fragment(&panel)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(fragment))
}

/// Scripts from here and from Jira's bridge, nothing inline, and no frame but the site's own. Styles
/// also from where the bridge takes Atlassian's: refused, it writes the frame's address, token and all, to the console.
fn policy(site: &ActiveSite, connect_js: &str) -> String {
    let frame = site.access.base_url.url().origin().ascii_serialization();
    format!(
        "default-src 'none'; script-src 'self' {connect_js}; style-src 'self' https://connect-cdn.atl-paas.net; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frame}"
    )
}
