//! The panel: a page that Jira frames, and the fragment inside it.

use actix_web::{HttpResponse, web};
use casework::Stating;
use record::ids::{EventId, IssueId};
use serde::Deserialize;

use crate::auth::{Door, PageCall, PanelCall};
use crate::error::AppError;
use crate::handlers::framed::framed;
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
    let fragment = state.views.panel(&panel)?;
    framed(&state, &call.site, "panel", &fragment)
}

/// The fragment, for a page that is open already.
pub(crate) async fn fragment<D: Door>(
    state: web::Data<AppState>,
    call: PanelCall<D>,
) -> Result<HttpResponse, AppError> {
    answer_with_fragment(&state, &call).await
}

/// Records an assessment that was only shown.
pub(crate) async fn assess<D: Door>(
    state: web::Data<AppState>,
    call: PanelCall<D>,
) -> Result<HttpResponse, AppError> {
    state.casework.assess_now(&call.site, &call.issue).await?;
    state.bell.notify_one();
    answer_with_fragment(&state, &call).await
}

/// Who states something of the ticket, as the platform signed it, and why.
pub(crate) fn stating<D: Door>(
    call: &PanelCall<D>,
    reason: &str,
    seen: EventId,
) -> Result<Stating, AppError> {
    Ok(Stating {
        account: call.account.clone(),
        issue: call.issue.clone(),
        seen,
        reason: reason.parse()?,
    })
}

pub(crate) async fn answer_with_fragment<D: Door>(
    state: &AppState,
    call: &PanelCall<D>,
) -> Result<HttpResponse, AppError> {
    let panel = state.casework.panel(&call.site, &call.issue).await?;
    Ok(D::answer(state.views.panel(&panel)?))
}
