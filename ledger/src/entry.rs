//! Entries: what one looks like, how one is made, and how one is read back strictly.

mod form;
mod read;
mod usual;
mod written;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::canonical::NotCanonical;
use crate::hash::Hash;
use form::Fields;

pub use form::is_instant;
pub use read::EntryRef;
pub use written::Written;

/// The version of the entry's form, as it stands in `v`.
pub const VERSION: u64 = 1;

/// The most bytes an entry may have.
pub const MAX_BYTES: usize = 262_144;

/// The name of a ledger: 1 to 200 printable ASCII characters without plus sign. It is the first line of
/// the ledger's checkpoints and the name of its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Origin {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = EntryError;

    fn from_str(text: &str) -> Result<Self, EntryError> {
        if form::is_origin(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(EntryError::Field("ledger"))
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who caused an entry, by an id that holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// The id: a person's random id, a program's name.
    pub id: String,
    /// What kind of actor.
    pub kind: ActorKind,
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActorKind {
    /// A caller with an API key.
    ApiKey,
    /// Somebody known by a random id.
    Person,
    /// One of our own programs.
    System,
}

/// All of an entry but what its place in the ledger decides (`v`, `ledger`, `seq`, `prev`).
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The entry's id: `evt_` and a ULID.
    pub id: String,
    /// The key under which it counts once: 64 hex digits.
    pub idem: Hash,
    /// When it was received: `YYYY-MM-DDThh:mm:ss.mmmZ`.
    pub at: String,
    /// What kind of entry.
    pub kind: String,
    /// Where the news came from.
    pub source: String,
    /// How much it matters.
    pub severity: String,
    /// What it is about.
    pub subject: String,
    /// Who caused it.
    pub actor: Actor,
    /// What it says.
    pub payload: Map<String, Value>,
}

/// An entry as read from its bytes. Its members stand in their canonical order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Who caused it.
    pub actor: Actor,
    /// When it was received.
    pub at: String,
    /// The entry's id: `evt_` and a ULID.
    pub id: String,
    /// The key under which it counts once.
    #[serde(serialize_with = "as_text")]
    pub idem: Hash,
    /// The ledger's name.
    #[serde(serialize_with = "as_text")]
    pub ledger: Origin,
    /// What it says.
    pub payload: Map<String, Value>,
    /// The leaf hash of the entry before it; [`Hash::NONE`] for the first.
    #[serde(serialize_with = "as_text")]
    pub prev: Hash,
    /// Its position, from 0.
    pub seq: u64,
    /// How much it matters.
    pub severity: String,
    /// Where the news came from.
    pub source: String,
    /// What it is about.
    pub subject: String,
    /// What kind of entry.
    #[serde(rename = "type")]
    pub kind: String,
    /// The version of the form.
    pub v: u64,
}

/// Why bytes are not an entry, or a draft cannot become one.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The bytes are not canonical.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// More than [`MAX_BYTES`].
    #[error("longer than {MAX_BYTES} bytes")]
    TooLong,
    /// A member is missing, unknown, or of the wrong type.
    #[error("not the members of an entry")]
    Members,
    /// A member's value has not the form it must have.
    #[error("the member `{0}` has not its form")]
    Field(&'static str),
}

impl Entry {
    /// The entry that this draft becomes at `seq` after an entry with leaf `prev`, and its bytes.
    ///
    /// # Errors
    /// If a member has not its form, or the payload holds what the ledger does not admit.
    pub fn seal(
        draft: Draft,
        ledger: &Origin,
        seq: u64,
        prev: Hash,
    ) -> Result<(Self, Vec<u8>), EntryError> {
        let written = draft.written(ledger)?;
        let bytes = written.at(seq, prev)?;
        Ok((written.into_entry(ledger, seq, prev), bytes))
    }

    fn of(draft: Draft, ledger: &Origin, seq: u64, prev: Hash) -> Self {
        let Draft {
            id,
            idem,
            at,
            kind,
            source,
            severity,
            subject,
            actor,
            payload,
        } = draft;
        Self {
            v: VERSION,
            ledger: ledger.clone(),
            seq,
            prev,
            id,
            idem,
            at,
            kind,
            source,
            severity,
            subject,
            actor,
            payload,
        }
    }

    fn into_draft(self) -> Draft {
        Draft {
            id: self.id,
            idem: self.idem,
            at: self.at,
            kind: self.kind,
            source: self.source,
            severity: self.severity,
            subject: self.subject,
            actor: self.actor,
            payload: self.payload,
        }
    }

    fn fields(&self) -> Fields<'_> {
        Fields {
            v: self.v,
            seq: self.seq,
            prev: self.prev,
            id: &self.id,
            at: &self.at,
            kind: &self.kind,
            source: &self.source,
            severity: &self.severity,
            subject: &self.subject,
            actor: &self.actor.id,
        }
    }

    /// Reads an entry strictly: canonical bytes, exactly the members of an entry, each in its form.
    ///
    /// # Errors
    /// Whatever keeps the bytes from being an entry.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        EntryRef::read(bytes).map(|entry| entry.to_entry())
    }
}

fn as_text<T: fmt::Display, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(value)
}

#[cfg(test)]
pub(crate) mod tests {
    use ulid::Ulid;

    use super::*;

    pub(crate) fn draft(n: u64) -> Draft {
        Draft {
            id: format!(
                "evt_{}",
                Ulid::from_parts(1_790_000_000_000 + n, u128::from(n))
            ),
            idem: Hash::of(&n.to_be_bytes()),
            at: "2026-11-21T10:00:00.000Z".to_owned(),
            kind: "CONFIG_CHANGE".to_owned(),
            source: "API".to_owned(),
            severity: "INFO".to_owned(),
            subject: format!("ticket/{n}"),
            actor: Actor {
                id: "countersign-server".to_owned(),
                kind: ActorKind::System,
            },
            payload: Map::from_iter([("n".to_owned(), n.into())]),
        }
    }

    #[test]
    fn a_sealed_entry_reads_back() {
        let origin: Origin = "countersign/t".parse().unwrap();
        let (entry, bytes) = Entry::seal(draft(3), &origin, 3, Hash::of(b"before")).unwrap();
        assert_eq!(Entry::parse(&bytes).unwrap(), entry);
    }

    #[test]
    fn a_member_without_its_form_is_refused_when_written_and_when_read() {
        let origin: Origin = "countersign/t".parse().unwrap();
        let (_, good) = Entry::seal(draft(1), &origin, 1, Hash::of(b"x")).unwrap();
        let good = String::from_utf8(good).unwrap();
        for (from, to) in [
            ("\"v\":1", "\"v\":2"),
            ("\"INFO\"", "\"FATAL\""),
            ("2026-11-21", "2026-02-30"),
            ("evt_0", "evt_8"),
            ("CONFIG_CHANGE", "config_change"),
            ("\"subject\":\"ticket/1\"", "\"subject\":\"a b\""),
            ("\"seq\":1", "\"seq\":0"),
            (",\"v\":1", ",\"v\":1,\"w\":1"),
            ("\"kind\":\"SYSTEM\"", "\"kind\":\"ROBOT\""),
            ("{\"n\":1}", "[]"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good, "{from}");
            assert!(Entry::parse(bad.as_bytes()).is_err(), "{to}");
        }
        let mut no_time = draft(1);
        no_time.at = "2026-11-21".to_owned();
        assert!(Entry::seal(no_time, &origin, 1, Hash::of(b"x")).is_err());
        let mut long = draft(1);
        long.payload
            .insert("x".to_owned(), "y".repeat(MAX_BYTES).into());
        assert!(matches!(
            Entry::seal(long, &origin, 1, Hash::of(b"x")),
            Err(EntryError::TooLong)
        ));
    }
}
