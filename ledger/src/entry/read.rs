//! Reading an entry in one pass, without a parse tree: the scan that decides whether the bytes are canonical
//! notes where each member stands. This is the one definition of what an entry is; an owned
//! [`Entry`] is made from what is read here.

use std::borrow::Cow;

use super::form::{Fields, is_origin};
use super::{Actor, ActorKind, Entry, EntryError, MAX_BYTES, Origin, VERSION};
use crate::canonical::{MAX_DEPTH, NotCanonical, Object, Scan, Stopped, characters};
use crate::disclosure::{DIGESTS, Digests};
use crate::hash::Hash;

/// The members of an entry, in canonical order: an entry has exactly these.
const MEMBERS: [&str; 13] = [
    "actor", "at", "id", "idem", "ledger", "payload", "prev", "seq", "severity", "source",
    "subject", "type", "v",
];
const ACTOR: [&str; 2] = ["id", "kind"];
const ACTOR_AT: usize = 0;
const PAYLOAD_AT: usize = 5;

/// An entry as it stands in its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRef<'a> {
    /// The ledger's name.
    pub ledger: Cow<'a, str>,
    /// Its position, from 0.
    pub seq: u64,
    /// The leaf hash of the entry before it; [`Hash::NONE`] for the first.
    pub prev: Hash,
    /// The entry's id: `evt_` and a ULID.
    pub id: &'a str,
    /// The key under which it counts once.
    pub idem: Hash,
    /// When it was received.
    pub at: &'a str,
    /// What kind of entry.
    pub kind: &'a str,
    /// Where the news came from.
    pub source: &'a str,
    /// How much it matters.
    pub severity: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// The id of who caused it.
    pub actor: &'a str,
    /// What kind of actor that is.
    pub actor_kind: ActorKind,
    /// What it says.
    pub payload: Object<'a>,
    /// The digests at the payload's top level.
    pub digests: Digests<'a>,
}

/// Where the members stand: the text of each value.
#[derive(Default)]
pub(super) struct Spans<'a> {
    members: [&'a str; 13],
    actor: [&'a str; 2],
    pub(super) digests: Option<&'a str>,
}

impl<'a> EntryRef<'a> {
    /// Reads an entry strictly: canonical bytes, exactly the members of an entry, each in its form.
    ///
    /// # Errors
    /// Whatever keeps the bytes from being an entry. What is not canonical comes before members that are
    /// not an entry's, and these before members that have not their form.
    pub fn read(bytes: &'a [u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_BYTES {
            return Err(EntryError::TooLong);
        }
        Self::usual(bytes).map_or_else(|| Self::scanned(bytes), Ok)
    }

    /// Reads any entry, and says what is wrong.
    pub(super) fn scanned(bytes: &'a [u8]) -> Result<Self, EntryError> {
        let spans = Spans::found_in(bytes)?.ok_or(EntryError::Members)?;
        let entry = spans.typed().ok_or(EntryError::Members)?;
        let v = integer(spans.members[12]).ok_or(EntryError::Members)?;
        entry.fields(v).check()?;
        Ok(entry)
    }

    pub(super) fn fields(&self, v: u64) -> Fields<'a> {
        Fields {
            v,
            seq: self.seq,
            prev: self.prev,
            id: self.id,
            at: self.at,
            kind: self.kind,
            source: self.source,
            severity: self.severity,
            subject: self.subject,
            actor: self.actor,
        }
    }

    /// The entry on its own.
    #[must_use]
    pub fn to_entry(&self) -> Entry {
        Entry {
            v: VERSION,
            ledger: Origin(self.ledger.clone().into_owned()),
            seq: self.seq,
            prev: self.prev,
            id: self.id.to_owned(),
            idem: self.idem,
            at: self.at.to_owned(),
            kind: self.kind.to_owned(),
            source: self.source.to_owned(),
            severity: self.severity.to_owned(),
            subject: self.subject.to_owned(),
            actor: Actor {
                id: self.actor.to_owned(),
                kind: self.actor_kind,
            },
            payload: self.payload.to_map(),
        }
    }
}

impl<'a> Spans<'a> {
    /// Passes over the bytes; none if they are canonical, but not an object of an entry's members.
    fn found_in(bytes: &'a [u8]) -> Result<Option<Self>, NotCanonical> {
        let mut scan = Scan::over(bytes)?;
        if scan.peek() != Some(b'{') {
            let passed = scan.value(MAX_DEPTH);
            return scan.end(passed).map(|()| None);
        }
        let mut spans = Self::default();
        let mut next = 0;
        let mut only_these = true;
        let passed = scan.members(MAX_DEPTH, |scan, name, depth| {
            let start = scan.at();
            let known = MEMBERS.get(next).is_some_and(|member| name.is(member));
            only_these &= known;
            match (known, next, scan.peek()) {
                (true, PAYLOAD_AT, Some(b'{')) => spans.payload(scan, depth)?,
                (true, ACTOR_AT, Some(b'{')) => only_these &= spans.actor(scan, depth)?,
                _ => scan.value(depth)?,
            }
            if known {
                spans.members[next] = scan.since(start);
                next += 1;
            }
            Ok(())
        });
        scan.end(passed)?;
        Ok(Some(spans).filter(|_| only_these && next == MEMBERS.len()))
    }

    /// Passes over the payload, which has to be an object.
    pub(super) fn payload(&mut self, scan: &mut Scan<'a>, depth: usize) -> Result<(), Stopped> {
        scan.members(depth, |scan, name, depth| {
            let start = scan.at();
            scan.value(depth)?;
            if name.is(DIGESTS) {
                self.digests = Some(scan.since(start));
            }
            Ok(())
        })
    }

    /// Whether the actor has its members and no other.
    fn actor(&mut self, scan: &mut Scan<'a>, depth: usize) -> Result<bool, Stopped> {
        let mut next = 0;
        let mut only_these = true;
        scan.members(depth, |scan, name, depth| {
            let start = scan.at();
            let known = ACTOR.get(next).is_some_and(|member| name.is(member));
            only_these &= known;
            scan.value(depth)?;
            if known {
                self.actor[next] = scan.since(start);
                next += 1;
            }
            Ok(())
        })?;
        Ok(only_these && next == ACTOR.len())
    }

    /// The members by their types; none if one is of another.
    fn typed(&self) -> Option<EntryRef<'a>> {
        let [
            _,
            at,
            id,
            idem,
            ledger,
            payload,
            prev,
            seq,
            severity,
            source,
            subject,
            kind,
            _,
        ] = self.members;
        let [actor, actor_kind] = self.actor;
        Some(EntryRef {
            ledger: characters(ledger).filter(|name| is_origin(name))?,
            seq: integer(seq)?,
            prev: inside(prev)?.parse().ok()?,
            id: inside(id)?,
            idem: inside(idem)?.parse().ok()?,
            at: inside(at)?,
            kind: inside(kind)?,
            source: inside(source)?,
            severity: inside(severity)?,
            subject: inside(subject)?,
            actor: inside(actor)?,
            actor_kind: self::actor_kind(inside(actor_kind)?)?,
            payload: Object::passed(payload)?,
            digests: Digests::passed(self.digests),
        })
    }
}

/// What stands between the quotes of a string, escapes as written: no form but that of `ledger` has room for
/// a character that is escaped, nor for the backslash of an escape.
fn inside(string: &str) -> Option<&str> {
    string.strip_prefix('"')?.strip_suffix('"')
}

pub(super) fn actor_kind(word: &str) -> Option<ActorKind> {
    match word {
        "API_KEY" => Some(ActorKind::ApiKey),
        "PERSON" => Some(ActorKind::Person),
        "SYSTEM" => Some(ActorKind::System),
        _ => None,
    }
}

pub(super) fn integer(text: &str) -> Option<u64> {
    text.parse().ok()
}
