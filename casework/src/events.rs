//! Events that are reported from outside: by whoever holds a key, or by a code host that signed its delivery. What a
//! caller wrote stands beside the entry; in the ledger's bytes are ids and hashes. An event that may name tickets is
//! queued, in the same change, to be linked on each of the tenant's sites.

use std::io;

use chrono::{DateTime, SecondsFormat, Utc};
use ledger::{Actor, ActorKind};
use record::entries::{EventType, Payload, Reported, Reporter};
use record::facts::CodeEvent;
use record::ids::{CommitSha, EventId, ModelId, TenantId};
use record::scale::Severity;
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::{Appended, NewEntry, NewEvent, StoreError};
use ulid::Ulid;

use crate::Casework;
use crate::api_keys::ApiCaller;
use crate::code_hosts::KnownCodeHost;
use crate::error::CaseError;
use crate::linking::{PAYLOAD, texts_of};

/// The names under which what a caller wrote stands beside an entry, the payload aside.
pub(crate) const ACTOR: &str = "actor";
pub(crate) const TAGS: &str = "tags";

/// The largest payload, in bytes of JSON.
const LARGEST_PAYLOAD: usize = 65_536;
/// The same of what a code host sends, whose texts have been cut already.
const LARGEST_FROM_CODE_HOST: usize = 1_048_576;
const LARGEST_ACTOR: usize = 2_048;
const MOST_TAGS: usize = 20;
const LONGEST_TAG: usize = 64;
const LONGEST_IDEMPOTENCY_KEY: usize = 255;

/// An event that somebody with a key reports.
#[derive(Clone)]
pub struct EventReport {
    /// Of what type.
    pub kind: EventType,
    /// How much it matters.
    pub severity: Severity,
    /// The model that it is about.
    pub model_id: Option<ModelId>,
    /// What happened, in the caller's own form.
    pub payload: Map<String, Value>,
    /// Who did it, in the caller's own form.
    pub actor: Option<Value>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// When it happened, as the caller says.
    pub timestamp: Option<String>,
    /// The key under which it counts once; none if each call counts.
    pub idempotency_key: Option<String>,
}

impl std::fmt::Debug for EventReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventReport")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Why an event was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ReportingRefused {
    /// The payload is too large.
    #[error("payload: it is larger than {LARGEST_PAYLOAD} bytes. Nothing was recorded.")]
    Payload,
    /// The actor is too large.
    #[error("actor: it is larger than {LARGEST_ACTOR} bytes. Nothing was recorded.")]
    Actor,
    /// The tags are too many or too long.
    #[error(
        "tags: at most {MOST_TAGS}, each of 1 to {LONGEST_TAG} characters. Nothing was recorded."
    )]
    Tags,
    /// The time is none.
    #[error(
        "timestamp: a time such as 2026-03-02T14:22:11.003Z is expected. Nothing was recorded."
    )]
    Timestamp,
    /// The idempotency key is too long or not of printable characters.
    #[error(
        "Idempotency-Key: 1 to {LONGEST_IDEMPOTENCY_KEY} printable ASCII characters. Nothing was recorded."
    )]
    IdempotencyKey,
    /// Another event was recorded under the same idempotency key.
    #[error(
        "Another event was recorded under this Idempotency-Key, as {0}. Nothing was recorded: use another key."
    )]
    AnotherEvent(EventId),
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for ReportingRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Records an event that somebody with a key reports.
    ///
    /// # Errors
    /// Why it was not recorded.
    pub async fn report(
        &self,
        caller: &ApiCaller,
        report: EventReport,
    ) -> Result<Appended, ReportingRefused> {
        let claimed_at = report.checked()?;
        let once = match &report.idempotency_key {
            Some(key) => format!("api:{}:{key}", caller.key.key),
            None => format!("api:{}:once:{}", caller.key.key, Ulid::generate()),
        };
        let commit: Option<CommitSha> = report
            .payload
            .get("commit")
            .and_then(|commit| commit["sha"].as_str())
            .and_then(|sha| sha.parse().ok());
        let reported = Reported {
            by: Reporter::ApiKey(caller.key.key.clone()),
            action: None,
            repository: None,
            commit,
            base: None,
            model_id: report.model_id,
            claimed_at,
        };
        let payload = Value::Object(report.payload);
        let mut beside = vec![(PAYLOAD, payload)];
        beside.extend(report.actor.map(|actor| (ACTOR, actor)));
        if !report.tags.is_empty() {
            beside.push((TAGS, report.tags.into()));
        }
        let new = NewEntry {
            subject: subject_of_event(&reported),
            payload: report.kind.payload(reported),
            beside,
            severity: report.severity,
            actor: caller.actor(),
            source: "API",
            once,
        };
        let event = NewEvent {
            leads_to_tickets: may_lead_to_tickets(&new),
            entry: new,
        };
        let appended = self.store.append_event(&caller.tenant, &event).await?;
        let same = appended.fresh
            || self
                .says_the_same(&caller.tenant, &appended, event.entry)
                .await?;
        if !same {
            return Err(ReportingRefused::AnotherEvent(appended.id));
        }
        Ok(appended)
    }

    /// Records what a code host signed; gives what became of each event, in their order.
    ///
    /// # Errors
    /// If the store fails. Then none of them was recorded.
    pub async fn take_code_events(
        &self,
        from: &KnownCodeHost,
        events: Vec<CodeEvent>,
    ) -> Result<Vec<Appended>, CaseError> {
        let host = from.host.host.clone();
        let new = events.into_iter().map(|event| {
            let reported = Reported {
                by: Reporter::CodeHost(host.clone()),
                action: Some(event.action),
                repository: Some(event.repository),
                commit: event.commit,
                base: event.base,
                model_id: None,
                claimed_at: event.claimed_at,
            };
            let mut beside = vec![(PAYLOAD, kept(event.payload))];
            beside.extend(event.actor.map(|login| (ACTOR, login.into())));
            let entry = NewEntry {
                subject: subject_of_event(&reported),
                payload: event.kind.payload(reported),
                beside,
                severity: Severity::Info,
                actor: Actor {
                    id: host.as_str().to_owned(),
                    kind: ActorKind::System,
                },
                source: from.host.kind.as_str(),
                once: format!("{host}:{}", event.once),
            };
            NewEvent {
                leads_to_tickets: may_lead_to_tickets(&entry),
                entry,
            }
        });
        let new: Vec<NewEvent> = new.collect();
        Ok(self.store.append_events(&from.tenant, &new).await?)
    }

    /// Whether the entry that stands there says what was to be recorded, as far as it was not erased since.
    async fn says_the_same(
        &self,
        tenant: &TenantId,
        there: &Appended,
        new: NewEntry,
    ) -> Result<bool, CaseError> {
        let (tenant, seq) = (tenant.clone(), there.seq);
        let same = self.store.read(move |db| -> Result<bool, StoreError> {
            let Some(row) = db.entry(&tenant, seq)? else {
                return Ok(false);
            };
            let mut members = row.entry.payload.clone();
            members.retain(|name, _| !name.starts_with('_'));
            let mut same = members == new.payload.to_members()?
                && row.entry.kind == new.payload.kind().as_str()
                && row.entry.severity == new.severity.as_str();
            for name in [PAYLOAD, ACTOR, TAGS] {
                let there = db.beside(&tenant, &row.entry, name)?;
                let wanted = new.beside.iter().find(|(of, _)| *of == name);
                same &= there.as_ref() == wanted.map(|(_, value)| value);
            }
            Ok(same)
        });
        Ok(same.await?)
    }
}

impl EventReport {
    /// The time that the caller gives, in the one form of the ledger.
    fn checked(&self) -> Result<Option<String>, ReportingRefused> {
        if length_of(&self.payload) > LARGEST_PAYLOAD {
            return Err(ReportingRefused::Payload);
        }
        if self.actor.as_ref().map_or(0, length_of) > LARGEST_ACTOR {
            return Err(ReportingRefused::Actor);
        }
        let fits = |tag: &String| (1..=LONGEST_TAG).contains(&tag.chars().count());
        if self.tags.len() > MOST_TAGS || !self.tags.iter().all(fits) {
            return Err(ReportingRefused::Tags);
        }
        let printable = |key: &String| {
            (1..=LONGEST_IDEMPOTENCY_KEY).contains(&key.len())
                && key.bytes().all(|b| (0x20..0x7f).contains(&b))
        };
        if !self.idempotency_key.as_ref().is_none_or(printable) {
            return Err(ReportingRefused::IdempotencyKey);
        }
        self.timestamp
            .as_deref()
            .map(|text| in_utc(text).ok_or(ReportingRefused::Timestamp))
            .transpose()
    }
}

/// A time of RFC 3339 in the form in which entries have it: UTC, milliseconds.
#[must_use]
pub fn in_utc(text: &str) -> Option<String> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    let text = time
        .with_timezone(&Utc)
        .to_rfc3339_opts(SecondsFormat::Millis, true);
    // A year of five digits is no RFC 3339.
    ledger::entry::is_instant(&text).then_some(text)
}

/// What an entry about an event names as its subject: the commit, else the model. A model besides a commit is looked up
/// by a row of its own.
pub(crate) fn subject_of_event(reported: &Reported) -> String {
    match (&reported.commit, &reported.model_id) {
        (Some(commit), _) => subject_of_commit(commit),
        (None, Some(model)) => subject_of_model(model),
        (None, None) => "events".to_owned(),
    }
}

pub(crate) fn subject_of_model(model: &ModelId) -> String {
    format!("model/{model}")
}

pub(crate) fn subject_of_commit(commit: &CommitSha) -> String {
    format!("commit/{commit}")
}

/// How many bytes of JSON it is.
fn length_of(json: &impl Serialize) -> usize {
    let mut length = Length(0);
    match serde_json::to_writer(&mut length, json) {
        Ok(()) => length.0,
        Err(_) => usize::MAX,
    }
}

/// Counts what is written to it.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is kept of a code host's payload: of a push too large to keep, the commits' hashes.
fn kept(mut payload: Value) -> Value {
    if length_of(&payload) > LARGEST_FROM_CODE_HOST {
        let commits = payload["commits"].as_array().into_iter().flatten();
        let hashes: Vec<Value> = commits
            .map(|commit| json!({"sha": commit["sha"]}))
            .collect();
        payload = json!({"repository": payload["repository"], "branch": payload["branch"], "commits": hashes,
            "truncated": true});
    }
    payload
}

/// By what it says, or by the commit that was deployed.
fn may_lead_to_tickets(new: &NewEntry) -> bool {
    let payload = new.beside.iter().find(|(name, _)| *name == PAYLOAD);
    let names = payload.is_some_and(|(_, payload)| !texts_of(payload).is_empty());
    names || matches!(&new.payload, Payload::Deployment(deployed) if deployed.is_deployed())
}
