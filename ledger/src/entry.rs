//! Entries: what one looks like, how one is made, and how one is read back strictly.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ulid::Ulid;

use crate::canonical::{self, NotCanonical};
use crate::hash::Hash;

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
        let fits = (1..=200).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_graphic() && b != b'+');
        if fits {
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The id: a person's random id, a program's name.
    pub id: String,
    /// What kind of actor.
    pub kind: ActorKind,
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// An entry as read from its bytes.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The version of the form.
    pub v: u64,
    /// The ledger's name.
    #[serde(with = "as_text")]
    pub ledger: Origin,
    /// Its position, from 0.
    pub seq: u64,
    /// The leaf hash of the entry before it; [`Hash::NONE`] for the first.
    #[serde(with = "as_text")]
    pub prev: Hash,
    /// The entry's id: `evt_` and a ULID.
    pub id: String,
    /// The key under which it counts once.
    #[serde(with = "as_text")]
    pub idem: Hash,
    /// When it was received.
    pub at: String,
    /// What kind of entry.
    #[serde(rename = "type")]
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
        let ledger = ledger.clone();
        let entry = Self {
            v: VERSION,
            ledger,
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
        };
        entry.check_fields()?;
        let bytes = canonical::write(&entry).map_err(|error| match error {
            canonical::WriteError::Unfit(flaw) => EntryError::NotCanonical(flaw),
            canonical::WriteError::Json(_) => EntryError::Members,
        })?;
        if bytes.len() > MAX_BYTES {
            Err(EntryError::TooLong)
        } else {
            Ok((entry, bytes))
        }
    }

    /// Reads an entry strictly: canonical bytes, exactly the members of an entry, each in its form.
    ///
    /// # Errors
    /// Whatever keeps the bytes from being an entry.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_BYTES {
            return Err(EntryError::TooLong);
        }
        canonical::check(bytes)?;
        let entry: Self = serde_json::from_slice(bytes).map_err(|_| EntryError::Members)?;
        entry.check_fields()?;
        Ok(entry)
    }

    fn check_fields(&self) -> Result<(), EntryError> {
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
            ("actor", is_subject(&self.actor.id)),
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

/// `YYYY-MM-DDThh:mm:ss.mmmZ`, a date and time that exist, leap seconds aside.
#[must_use]
pub fn is_instant(text: &str) -> bool {
    let shape = b"dddd-dd-ddTdd:dd:dd.dddZ";
    let fits = text.len() == shape.len()
        && text.bytes().zip(shape).all(|(b, s)| {
            if *s == b'd' {
                b.is_ascii_digit()
            } else {
                b == *s
            }
        });
    if !fits {
        return false;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(u32::MAX);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day) && number(11, 13) < 24 && number(14, 16) < 60 && number(17, 19) < 60
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<T: ToString, S: Serializer>(
        value: &T,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        out.serialize_str(&value.to_string())
    }

    pub(super) fn deserialize<'de, T: std::str::FromStr, D: Deserializer<'de>>(
        input: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(input)?;
        text.parse().map_err(|_| D::Error::custom("form"))
    }
}

#[cfg(test)]
pub(crate) mod tests {
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
