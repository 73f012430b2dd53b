//! An event as the API shows it: the shape that A describes, with the ledger's own values beside it. What the entry
//! commits to is shown as far as it was not erased; nothing of a ticket that a security level hides was ever kept.

use ledger::{ActorKind, Entry};
use record::entries::{Payload, Reporter};
use record::ids::{EventId, TenantId};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::{Db, EntryRow, StoreError};
use utoipa::ToSchema;

use super::link::{LinkView, links_of};
use super::proven::{Proven, Standing};
use crate::developing::PLACE;
use crate::events::{ACTOR, TAGS};
use crate::linking::PAYLOAD;
use crate::review::EMAIL;

/// An event of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Its id.
    #[schema(value_type = String, example = "evt_01HZABCDEF1234567890ABCDEF")]
    pub id: EventId,
    /// Its position in the ledger.
    pub chain_position: u64,
    /// Its type.
    #[schema(example = "CONFIG_CHANGE")]
    pub event_type: String,
    /// Where the news came from: GITHUB, JIRA, API, COUNTERSIGN.
    #[schema(example = "GITHUB")]
    pub source: String,
    /// When it happened, as the source says; where it says nothing, when it was received.
    #[schema(example = "2026-03-02T14:22:11.003Z")]
    pub timestamp: String,
    /// When it was received.
    pub received_at: String,
    /// How much it matters: INFO, LOW, MEDIUM, HIGH or CRITICAL. The highest of its own and its tickets'.
    pub severity: String,
    /// Whose it is.
    #[schema(value_type = String)]
    pub organisation_id: TenantId,
    /// The model that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// Who caused it.
    pub actor: ActorView,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What happened. `null` where it was erased.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// The tickets that belong to it.
    pub links: Vec<LinkView>,
    /// Whether the entry, and the entry of each link that holds, is what a signed checkpoint covers: computed for this
    /// answer.
    pub verified: bool,
    /// How that was computed.
    pub verification: Proven,
    /// The leaf hash of the entry before.
    #[schema(example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub previous_hash: String,
    /// The entry's leaf hash (RFC 6962), of its bytes as they are now.
    pub block_hash: String,
}

/// Who caused an event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActorView {
    /// API_KEY, PERSON or SYSTEM.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of the key, the person's random id, or the program's name.
    pub id: String,
    /// Who it was, in the source's own form; an assertion of the source's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub asserted: Option<Value>,
}

/// The event that this entry is.
pub(super) fn view(
    db: &mut Db<'_>,
    tenant: &TenantId,
    row: &EntryRow,
    with_proof: bool,
) -> Result<EventView, StoreError> {
    let entry = &row.entry;
    let id: EventId = entry.id.parse().map_err(|_| StoreError::Row("entries"))?;
    let said = Payload::parse(&entry.kind, &entry.payload)?;
    let reported = said.reported();
    let verification = Proven::of(db, tenant, row, with_proof)?;
    let links = links_of(db, tenant, &id)?;
    let holding = || links.iter().filter(|link| !link.revoked);
    let severity = holding().map(|link| link.severity).max();
    let own = entry.severity.parse().ok();
    let severity = severity
        .max(own)
        .map_or_else(|| entry.severity.clone(), |s| s.to_string());
    let verified = verification.standing == Standing::Verified
        && holding().all(|link| link.standing == Standing::Verified);
    let tags = db.beside(tenant, entry, TAGS)?;
    let claimed = reported.and_then(|reported| reported.claimed_at.clone());
    Ok(EventView {
        chain_position: entry.seq,
        event_type: entry.kind.clone(),
        source: entry.source.clone(),
        timestamp: claimed.unwrap_or_else(|| entry.at.clone()),
        received_at: entry.at.clone(),
        severity,
        organisation_id: tenant.clone(),
        model_id: reported
            .and_then(|reported| reported.model_id.as_ref())
            .map(ToString::to_string),
        actor: ActorView {
            kind: match entry.actor.kind {
                ActorKind::ApiKey => "API_KEY",
                ActorKind::Person => "PERSON",
                ActorKind::System => "SYSTEM",
            }
            .to_owned(),
            id: entry.actor.id.clone(),
            asserted: db.beside(tenant, entry, ACTOR)?,
        },
        tags: tags
            .and_then(|tags| serde_json::from_value(tags).ok())
            .unwrap_or_default(),
        payload: payload(db, tenant, entry, &said)?,
        links,
        verified,
        verification,
        previous_hash: format!("sha256:{}", entry.prev),
        block_hash: format!("sha256:{}", row.leaf),
        id,
    })
}

/// What happened, in the shape of the API.
fn payload(
    db: &mut Db<'_>,
    tenant: &TenantId,
    entry: &Entry,
    said: &Payload,
) -> Result<Value, StoreError> {
    let mut members: Map<String, Value> = entry.payload.clone();
    members.retain(|name, _| !name.starts_with('_') && name != "version");
    if let Some(reported) = said.reported() {
        let mut payload = db.beside(tenant, entry, PAYLOAD)?.unwrap_or(Value::Null);
        if let (Value::Object(payload), Reporter::CodeHost(host)) = (&mut payload, &reported.by) {
            payload.insert("action".to_owned(), json!(reported.action));
            payload.insert("codeHost".to_owned(), json!(host));
        }
        return Ok(payload);
    }
    if let Payload::HumanReview(review) = said {
        for told in ["displayName", EMAIL] {
            let value = db.beside(tenant, entry, told)?;
            if let (Some(Value::Object(reviewer)), Some(value)) =
                (members.get_mut("reviewer"), value)
            {
                reviewer.insert(told.to_owned(), value);
            }
        }
        if let Some(comment) = db.beside(tenant, entry, "comment")? {
            members.insert("comment".to_owned(), comment);
        }
        let mut linked = review.linked_audit_events.clone();
        let ticket = &review.ticket;
        for link in db.links_of_ticket(tenant, &ticket.site, &ticket.id, MOST_LINKED)? {
            if !link.revoked && !linked.contains(&link.event) {
                linked.push(link.event);
            }
        }
        members.insert("linkedAuditEvents".to_owned(), json!(linked));
    }
    if matches!(
        said,
        Payload::ImplementationClaimed(_) | Payload::ClaimChecked(_)
    ) && let Some(path) = db.beside(tenant, entry, PLACE)?
    {
        members.insert("path".to_owned(), path);
    }
    Ok(Value::Object(members))
}

/// The most events that are shown as linked with a decision's ticket.
const MOST_LINKED: i64 = 100;
