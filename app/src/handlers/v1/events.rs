//! Events: reported, read, listed.

use actix_web::{HttpRequest, HttpResponse, web};
use casework::{EventFilter, EventPage, EventReport, EventView, Proven};
use record::entries::{EntryType, EventType};
use record::ids::{EventId, ModelId};
use record::scale::Severity;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{Problem, instant, named, query, read};
use crate::auth::{ApiCall, ApiPost, EventsRead, EventsWrite};
use crate::error::AppError;
use crate::state::AppState;

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
const MOST: usize = 100;
const USUAL: usize = 25;

/// An event to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EventBody {
    /// Its type: CONFIG_CHANGE, DEPLOYMENT, MODEL_REGISTERED, INFERENCE, TRAINING_STARTED, TRAINING_COMPLETED,
    /// DATA_ACCESS, ALERT, SHADOW_AI_DETECTED, PULL_REQUEST_CHANGED, CODE_REVIEWED, RELEASE_CHANGED or WORKFLOW_RAN.
    #[schema(example = "CONFIG_CHANGE")]
    event_type: String,
    /// How much it matters: INFO (the default), LOW, MEDIUM, HIGH or CRITICAL.
    #[schema(value_type = Option<String>, example = "MEDIUM")]
    severity: Option<Severity>,
    /// The model that it is about: letters, digits and `._:/-`.
    #[schema(value_type = Option<String>, example = "credit-scoring-v3.2", max_length = 128,
        pattern = "^[A-Za-z0-9][A-Za-z0-9._:/-]*$")]
    model_id: Option<ModelId>,
    /// What happened, in your own form; 65,536 bytes at most. `commit.sha`, `commit.message`, `branch` and others are
    /// looked at for tickets' keys.
    #[schema(value_type = Object)]
    payload: Map<String, Value>,
    /// Who did it, in your own form; 2,048 bytes at most.
    #[schema(value_type = Option<Object>)]
    actor: Option<Value>,
    /// Words to find it by; 20 at most, of up to 64 characters.
    #[serde(default)]
    #[schema(max_items = 20)]
    tags: Vec<String>,
    /// When it happened, as you say.
    #[schema(example = "2026-03-02T14:22:11.003Z", format = DateTime)]
    timestamp: Option<String>,
}

/// An event that was recorded: as it is shown, or, if `Prefer: return=minimal` asks for no more, where it stands.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Recorded {
    Event(Box<EventView>),
    Receipt(Receipt),
}

/// Where an event stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Receipt {
    /// Its id.
    #[schema(value_type = String)]
    id: EventId,
    /// Its position in the ledger.
    chain_position: u64,
    /// Its leaf hash.
    block_hash: String,
}

/// Which events are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventQuery {
    /// Of this model.
    #[param(value_type = Option<String>)]
    model_id: Option<ModelId>,
    /// Of this type: any entry type of the ledger.
    #[param(value_type = Option<String>)]
    event_type: Option<EntryType>,
    /// Of this severity by themselves, their tickets aside.
    #[param(value_type = Option<String>)]
    severity: Option<Severity>,
    /// From this source: GITHUB, JIRA, API, COUNTERSIGN.
    source: Option<String>,
    /// With this tag.
    tags: Option<String>,
    /// Received at this time or later.
    from: Option<String>,
    /// Received before this time.
    to: Option<String>,
    /// How many: 1 to 100, 25 if nothing is said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where the page before ended: its `nextCursor`.
    #[param(minimum = 0, maximum = 9_223_372_036_854_775_807_i64)]
    cursor: Option<i64>,
}

/// Whether the proof is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProofQuery {
    /// `true` for the hashes that lead from the event to its checkpoint's root.
    #[serde(default)]
    proof: bool,
}

/// An event to be looked at.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VerifyBody {
    /// The event.
    #[schema(value_type = String, example = "evt_01HZABCDEF1234567890ABCDEF")]
    event_id: EventId,
}

/// Record an event
///
/// What you send is an assertion of whoever holds the key, and is shown as that. Types that only Countersign writes are
/// refused. Under the same `Idempotency-Key` an event is recorded once.
#[utoipa::path(
    post, path = "/v1/audit", tag = "Events", request_body = EventBody,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The key under which the event counts once."),
        ("Prefer" = Option<String>, Header, description = "`return=minimal` for where it stands and no more."),
    ),
    responses(
        (status = 201, description = "It is recorded, and durable.", body = Recorded),
        (status = 200, description = "It was recorded before, under this Idempotency-Key.", body = Recorded),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 403, description = "The key lacks `events:write`, or only Countersign writes this type.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
        (status = 422, description = "A value is out of bounds, or another event has this Idempotency-Key.", body = Problem),
    )
)]
pub(crate) async fn report(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiPost<EventsWrite>,
) -> Result<HttpResponse, AppError> {
    let body: EventBody = read(&call.body)?;
    let report = EventReport {
        kind: reportable(&body.event_type)?,
        severity: body.severity.unwrap_or(Severity::Info),
        model_id: body.model_id,
        payload: body.payload,
        actor: body.actor,
        tags: body.tags,
        timestamp: body.timestamp,
        idempotency_key: idempotency_key(&request)?,
    };
    let appended = state.casework.report(&call.caller, report).await?;
    state.bell.notify_one();
    let recorded = match wants_little(&request) {
        true => Recorded::Receipt(Receipt {
            id: appended.id,
            chain_position: appended.seq,
            block_hash: format!("sha256:{}", appended.leaf),
        }),
        false => {
            let tenant = &call.caller.tenant;
            let event = state.casework.event(tenant, &appended.id, false).await?;
            Recorded::Event(Box::new(event.ok_or(AppError::NotFound)?))
        }
    };
    Ok(match appended.fresh {
        true => HttpResponse::Created().json(recorded),
        false => HttpResponse::Ok().json(recorded),
    })
}

/// List events
///
/// The latest first. A page may hold fewer events than were asked for and still have a `nextCursor`.
#[utoipa::path(
    get, path = "/v1/audit", tag = "Events", params(EventQuery),
    responses(
        (status = 200, description = "A page.", body = EventPage),
        (status = 400, description = "A parameter is unknown or has not its form.", body = Problem),
    )
)]
pub(crate) async fn list(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let wanted: EventQuery = query(&request)?;
    let limit = wanted.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(AppError::BadRequest(format!(
            "limit: 1 to {MOST} are expected."
        )));
    }
    let before = wanted.cursor.map(u64::try_from).transpose();
    let cursor = before.map_err(|_| AppError::BadRequest("cursor: it is no page's.".to_owned()))?;
    let filter = EventFilter {
        model_id: wanted.model_id,
        kind: wanted.event_type,
        severity: wanted.severity,
        source: wanted.source,
        tag: wanted.tags,
        from: wanted.from.map(|time| instant("from", &time)).transpose()?,
        to: wanted.to.map(|time| instant("to", &time)).transpose()?,
        before: cursor,
        limit,
    };
    let page = state.casework.events(&call.caller.tenant, filter).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Read an event
#[utoipa::path(
    get, path = "/v1/audit/{event}", tag = "Events", params(("event" = String, Path), ProofQuery),
    responses(
        (status = 200, description = "The event.", body = EventView),
        (status = 400, description = "A parameter is unknown or has not its form.", body = Problem),
        (status = 404, description = "There is no such event.", body = Problem),
    )
)]
pub(crate) async fn show(
    state: web::Data<AppState>,
    request: HttpRequest,
    call: ApiCall<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let ProofQuery { proof } = query(&request)?;
    let id: EventId = named(&request, "event")?;
    let event = state
        .casework
        .event(&call.caller.tenant, &id, proof)
        .await?;
    Ok(HttpResponse::Ok().json(event.ok_or(AppError::NotFound)?))
}

/// Look at an event's bytes now
///
/// Computes the hash of what is stored, compares it with what the next entry and a signed checkpoint say, and gives the
/// proof. This is the server judging itself: the verifier and `countersign-check` are independent of it.
#[utoipa::path(
    post, path = "/v1/audit/verify", tag = "Events", request_body = VerifyBody,
    responses(
        (status = 200, description = "What was found.", body = Proven),
        (status = 400, description = "The body is not as expected.", body = Problem),
        (status = 404, description = "There is no such event.", body = Problem),
        (status = 413, description = "The body is too large.", body = Problem),
    )
)]
pub(crate) async fn verify(
    state: web::Data<AppState>,
    call: ApiPost<EventsRead>,
) -> Result<HttpResponse, AppError> {
    let VerifyBody { event_id } = read(&call.body)?;
    let event = state
        .casework
        .event(&call.caller.tenant, &event_id, true)
        .await?;
    Ok(HttpResponse::Ok().json(event.ok_or(AppError::NotFound)?.verification))
}

/// Whether the caller prefers a short answer (RFC 7240).
fn wants_little(request: &HttpRequest) -> bool {
    let preferences = request.headers().get_all("Prefer");
    let mut preferences = preferences
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    preferences.any(|preference| preference.trim().eq_ignore_ascii_case("return=minimal"))
}

fn reportable(event_type: &str) -> Result<EventType, AppError> {
    let word = |kind: &EventType| kind.entry_type().as_str() == event_type;
    if let Some(kind) = EventType::ALL.iter().copied().find(word) {
        return Ok(kind);
    }
    match EntryType::ALL
        .iter()
        .find(|kind| kind.as_str() == event_type)
    {
        Some(kind) => Err(AppError::Forbidden(format!(
            "eventType: only Countersign itself writes {kind}. Nothing was recorded."
        ))),
        None => Err(AppError::Unprocessable(
            "eventType: there is no such type. Nothing was recorded.".to_owned(),
        )),
    }
}

pub(super) fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, AppError> {
    let mut given = request.headers().get_all(IDEMPOTENCY_KEY);
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(key), None) if key.to_str().is_ok() => Ok(key.to_str().ok().map(str::to_owned)),
        _ => Err(AppError::BadRequest(
            "Idempotency-Key: one key of printable ASCII characters is expected.".to_owned(),
        )),
    }
}
