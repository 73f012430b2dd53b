//! Feeds: addresses of the caller's own to which entries are sent as they come.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{FeedRequest, FeedStanding};
use record::entries::{EntryType, FeedForm, IntegrationState};
use record::ids::FeedId;
use record::scale::Severity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Problem, named, read};
use crate::auth::{ApiCall, ApiPost, EventsRead, FeedsWrite};
use crate::error::AppError;
use crate::state::AppState;

/// A feed to be set up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FeedBody {
    /// Where entries are sent to, with https; or `mailto:` and one mailbox. It is sealed and never shown again.
    #[schema(example = "https://siem.example.com/countersign")]
    url: String,
    /// PLAIN (the default) or CLOUDEVENTS; EMAIL, and nothing else, to a mailbox.
    #[schema(value_type = Option<String>, example = "CLOUDEVENTS")]
    form: Option<FeedForm>,
    /// Only entries that matter at least this much. If it is not said, INFO, that is all; to a mailbox HIGH.
    #[schema(value_type = Option<String>, example = "HIGH")]
    least: Option<Severity>,
    /// Only entries of these types; of all if it is not said.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["HUMAN_REVIEW", "APPROVAL_STALE"]))]
    types: Vec<EntryType>,
    /// From which position on: 0 for the whole ledger. From the next entry on if it is not said.
    from: Option<u64>,
}

/// A feed that was set up.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewFeed {
    /// What it is signed with (Standard Webhooks). It is shown this once. Mails have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    secret: Option<String>,
    /// The feed.
    #[serde(flatten)]
    feed: FeedView,
}

/// A feed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FeedView {
    /// Its id.
    #[schema(value_type = String)]
    id: FeedId,
    /// The host that entries are sent to; of a mailbox its domain.
    host: String,
    /// PLAIN, CLOUDEVENTS or EMAIL.
    #[schema(value_type = String)]
    form: FeedForm,
    /// Only entries that matter at least this much.
    #[schema(value_type = String)]
    least: Severity,
    /// Only entries of these types; of all if there is none.
    #[schema(value_type = Vec<String>)]
    types: Vec<EntryType>,
    /// ENABLED or REMOVED.
    #[schema(value_type = String)]
    state: IntegrationState,
    /// The position that is sent next.
    next: u64,
    /// When an entry was last taken.
    sent_at: Option<String>,
    /// How often the next one was tried in vain.
    failed: u32,
    /// Why the last try was in vain.
    last_error: Option<String>,
}

/// The feeds.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeedList {
    /// The feeds, removed ones among them.
    feeds: Vec<FeedView>,
}

impl From<FeedStanding> for FeedView {
    fn from(standing: FeedStanding) -> Self {
        let FeedStanding { feed, position } = standing;
        Self {
            id: feed.feed,
            host: feed.host,
            form: feed.form,
            least: feed.least,
            types: feed.types,
            state: feed.state,
            next: position.next,
            sent_at: position.sent_at,
            failed: position.failed,
            last_error: position.last_error,
        }
    }
}

/// Set up a feed
///
/// Entries are then sent to the address in their order, each as a signed POST (Standard Webhooks), until each is answered
/// with 2xx; `webhook-id` is the entry's id, under which it may come more than once. A mailbox gets at most one mail a
/// minute, of all that came since the one before, if this server sends mails.
#[utoipa::path(
    post, path = "/v1/feeds", tag = "Feeds", request_body = FeedBody,
    responses(
        (status = 201, description = "It is set up.", body = NewFeed),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "The address or the position cannot be used, or there are too many feeds.", body = Problem),
    )
)]
pub(crate) async fn add(
    state: web::Data<AppState>,
    call: ApiPost<FeedsWrite>,
) -> Result<HttpResponse, AppError> {
    let body: FeedBody = read(&call.body)?;
    let request = FeedRequest {
        url: body.url,
        form: body.form,
        least: body.least,
        types: body.types,
        from: body.from,
    };
    let (standing, secret) = state.casework.add_feed(&call.caller, request).await?;
    Ok(HttpResponse::Created().json(NewFeed {
        secret: secret.map(|secret| secret.in_words().to_string()),
        feed: standing.into(),
    }))
}

/// List feeds
#[utoipa::path(
    get, path = "/v1/feeds", tag = "Feeds",
    responses((status = 200, description = "The feeds, and how far each was sent.", body = FeedList))
)]
pub(crate) async fn list(
    state: web::Data<AppState>,
    call: ApiCall<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let feeds = state.casework.feeds(&call.caller.tenant).await?;
    let feeds = feeds.into_iter().map(FeedView::from).collect();
    Ok(HttpResponse::Ok().json(FeedList { feeds }))
}

/// Remove a feed
///
/// Nothing more is sent to it. That it was set up, and by which key, stays on record.
#[utoipa::path(
    delete, path = "/v1/feeds/{feed}", tag = "Feeds", params(("feed" = String, Path)),
    responses(
        (status = 204, description = "It is removed."),
        (status = 404, description = "There is no such feed.", body = Problem),
    )
)]
pub(crate) async fn remove(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<FeedsWrite>,
) -> Result<HttpResponse, AppError> {
    let feed: FeedId = named(&request, "feed")?;
    state.casework.remove_feed(&call.caller, feed).await?;
    Ok(HttpResponse::NoContent().finish())
}
