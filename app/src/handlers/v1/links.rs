//! Links between events and tickets.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{LinkView, ManualLink};
use record::ids::{EventId, TicketKey};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use utoipa::ToSchema;

use super::{Problem, named, read};
use crate::auth::{ApiCall, ApiPost, EventsRead, LinksWrite};
use crate::error::AppError;
use crate::state::AppState;

/// What can be linked.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum LinkType {
    JiraTicket,
}

/// A ticket to be linked. All but type and key is your assertion: it is kept, and counts as no approval.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LinkBody {
    /// What is linked.
    #[serde(rename = "type")]
    #[expect(
        dead_code,
        reason = "there is one kind of link, and it has to be named"
    )]
    kind: LinkType,
    /// The ticket's key.
    #[schema(value_type = String, example = "AI-GOV-142")]
    external_id: TicketKey,
    /// Where you say the ticket is.
    url: Option<String>,
    /// What you say its summary is.
    summary: Option<String>,
    /// What you say its status is.
    status: Option<String>,
    /// Who you say approved it.
    approver: Option<String>,
}

/// Why a link is revoked.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokeBody {
    /// Why, in your words; 2,000 characters at most.
    reason: Option<String>,
}

/// An event's links.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkList {
    /// The links, the first first, revoked ones among them.
    links: Vec<LinkView>,
}

/// List an event's links
#[utoipa::path(
    get, path = "/v1/audit/{event}/links", tag = "Links", params(("event" = String, Path)),
    responses(
        (status = 200, description = "The links.", body = LinkList),
        (status = 404, description = "There is no such event.", body = Problem),
    )
)]
pub(crate) async fn list(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let event: EventId = named(&request, "event")?;
    let links = state.casework.links_of_event(&call.caller.tenant, &event);
    let links = links.await?.ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok().json(LinkList { links }))
}

/// Link a ticket to an event
///
/// The ticket is looked up in Jira. The link is an entry of its own: the event is not changed.
#[utoipa::path(
    post, path = "/v1/audit/{event}/links", tag = "Links", params(("event" = String, Path)), request_body = LinkBody,
    responses(
        (status = 201, description = "It is linked.", body = LinkView),
        (status = 200, description = "It was linked before.", body = LinkView),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 404, description = "There is no such event.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "A value is out of bounds.", body = Problem),
        (status = 503, description = "Jira or the database cannot be reached.", body = Problem),
    )
)]
pub(crate) async fn add(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiPost<LinksWrite>,
) -> Result<HttpResponse, AppError> {
    let event: EventId = named(&request, "event")?;
    let body: LinkBody = read(&call.body)?;
    let said = [
        ("url", body.url),
        ("summary", body.summary),
        ("status", body.status),
        ("approver", body.approver),
    ];
    let asserted: Map<_, _> = said
        .into_iter()
        .filter_map(|(name, said)| Some((name.to_owned(), said?.into())))
        .collect();
    let wanted = ManualLink {
        event,
        key: body.external_id,
        asserted,
    };
    let (link, fresh) = state.casework.link_by_hand(&call.caller, wanted).await?;
    state.bell.notify_one();
    Ok(match fresh {
        true => HttpResponse::Created().json(link),
        false => HttpResponse::Ok().json(link),
    })
}

/// Revoke a link
///
/// The link stays in the ledger and holds no longer.
#[utoipa::path(
    delete, path = "/v1/audit/{event}/links/{link}", tag = "Links",
    params(("event" = String, Path), ("link" = String, Path)), request_body = Option<RevokeBody>,
    responses(
        (status = 200, description = "It holds no longer.", body = LinkView),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 404, description = "The event has no such link that holds.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "The reason is too long.", body = Problem),
    )
)]
pub(crate) async fn revoke(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiPost<LinksWrite>,
) -> Result<HttpResponse, AppError> {
    let (event, link) = (named(&request, "event")?, named(&request, "link")?);
    let body: Option<RevokeBody> = match call.body.is_empty() {
        true => None,
        false => read(&call.body)?,
    };
    let reason = body.unwrap_or_default().reason;
    let revoked = state
        .casework
        .revoke_link(&call.caller, event, link, reason);
    Ok(HttpResponse::Ok().json(revoked.await?))
}
