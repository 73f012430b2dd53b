//! An entry read plainly: the canonical form first, then a parser of JSON, then member after member. Slow, and
//! easy to hold against section 4 of the specification.

use ledger::entry::{EntryError, MAX_BYTES, VERSION, is_instant};
use ledger::{Actor, ActorKind, Entry, Hash, canonical};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::{Map, Value};
use ulid::Ulid;

use crate::plain_canonical;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    v: u64,
    #[serde(deserialize_with = "text")]
    ledger: ledger::Origin,
    seq: u64,
    #[serde(deserialize_with = "text")]
    prev: Hash,
    id: String,
    #[serde(deserialize_with = "text")]
    idem: Hash,
    at: String,
    #[serde(rename = "type")]
    kind: String,
    source: String,
    severity: String,
    subject: String,
    actor: Map<String, Value>,
    payload: Map<String, Value>,
}

fn text<'de, T: std::str::FromStr, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    let text = String::deserialize(input)?;
    text.parse().map_err(|_| D::Error::custom("form"))
}

pub(crate) fn read(bytes: &[u8]) -> Result<Entry, EntryError> {
    if bytes.len() > MAX_BYTES {
        return Err(EntryError::TooLong);
    }
    plain_canonical::check(bytes)?;
    // Of the outermost array, the parser would make an entry too.
    let members: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| EntryError::Members)?;
    let plain: Plain = serde_json::from_value(members.into()).map_err(|_| EntryError::Members)?;
    let actor = actor(&plain.actor).ok_or(EntryError::Members)?;
    plain.check_fields(&actor)?;
    Ok(Entry {
        v: plain.v,
        ledger: plain.ledger,
        seq: plain.seq,
        prev: plain.prev,
        id: plain.id,
        idem: plain.idem,
        at: plain.at,
        kind: plain.kind,
        source: plain.source,
        severity: plain.severity,
        subject: plain.subject,
        actor,
        payload: plain.payload,
    })
}

fn actor(members: &Map<String, Value>) -> Option<Actor> {
    let kind = match members.get("kind")?.as_str()? {
        "API_KEY" => ActorKind::ApiKey,
        "PERSON" => ActorKind::Person,
        "SYSTEM" => ActorKind::System,
        _ => return None,
    };
    let id = members.get("id")?.as_str()?.to_owned();
    (members.len() == 2).then_some(Actor { id, kind })
}

impl Plain {
    fn check_fields(&self, actor: &Actor) -> Result<(), EntryError> {
        let checks: [(&'static str, bool); 9] = [
            ("v", self.v == VERSION),
            (
                "seq",
                self.seq < canonical::MAX_INTEGER && (self.seq == 0) == (self.prev == Hash::NONE),
            ),
            ("id", is_event_id(&self.id)),
            ("at", is_instant(&self.at)),
            ("type", is_upper_snake(&self.kind)),
            ("source", is_upper_snake(&self.source)),
            (
                "severity",
                ["INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"].contains(&&*self.severity),
            ),
            ("subject", is_subject(&self.subject)),
            ("actor", is_subject(&actor.id)),
        ];
        match checks.iter().find(|(_, holds)| !holds) {
            Some((field, _)) => Err(EntryError::Field(field)),
            None => Ok(()),
        }
    }
}

fn is_event_id(text: &str) -> bool {
    text.strip_prefix("evt_")
        .is_some_and(|ulid| Ulid::from_string(ulid).is_ok_and(|parsed| parsed.to_string() == ulid))
}

fn is_upper_snake(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn is_subject(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b":/_.-".contains(&b))
}
