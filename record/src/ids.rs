//! Names of things, each its own type, so that one cannot be passed for another.
//!
//! Every id is parsed once, where it enters; afterwards its form is known. None of them holds
//! personal data except [`AccountId`], which therefore has no `Display` and never enters the ledger.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use arrayvec::ArrayString;
use serde::de::Visitor;
use ulid::Ulid;

/// Why a text is not the id it was taken for. Names the kind, never the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {kind}")]
pub struct IdError {
    /// Which id was expected, in words.
    pub kind: &'static str,
}

/// An id that is a text of a known form: `text_id!(/// doc Name, "kind in words", |text| form(text))`, kept as a
/// `String`; with `Name as ArrayString<30>` it is kept in place, for ids that are read by the million.
/// Gives `as_str`, parsing, and serde in both directions. For this crate and those built on it.
#[macro_export]
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        $crate::text_id!($(#[$doc])* $name as String, $kind, $check);
    };
    ($(#[$doc:meta])* $name:ident as $text:ty, $kind:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($text);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ids::IdError;

            fn from_str(text: &str) -> Result<Self, $crate::ids::IdError> {
                let check: fn(&str) -> bool = $check;
                let kept = Some(text).filter(|text| check(text)).map(<$text>::try_from);
                match kept {
                    Some(Ok(kept)) => Ok(Self(kept)),
                    _ => Err($crate::ids::IdError { kind: $kind }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::ids::IdError;

            fn try_from(text: String) -> Result<Self, $crate::ids::IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.as_str().to_owned()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                output.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                input.deserialize_str($crate::ids::TextOf::<Self>::new())
            }
        }
    };
}

/// Reads an id where it stands, without a copy of its text between. For [`text_id!`].
#[derive(Debug)]
pub struct TextOf<T>(PhantomData<T>);

impl<T> TextOf<T> {
    /// A reader of this kind of id.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "made by the macro alone")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: FromStr<Err = IdError>> Visitor<'_> for TextOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! shown {
    ($($name:ident),*) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        })*
    };
}

macro_rules! ulid_id {
    ($($name:ident),*) => {
        $(impl $name {
            /// The id made from this ULID.
            #[must_use]
            pub fn from_ulid(ulid: Ulid) -> Self {
                let mut text = ArrayString::from(Self::PREFIX).unwrap_or_default();
                text.push('_');
                text.push_str(ulid.array_to_str(&mut [0; ulid::ULID_LEN]));
                Self(text)
            }
        })*
    };
}

text_id!(
    /// One customer of this server: a ledger, keys and people of its own. `ten_` and a ULID.
    TenantId as ArrayString<31>, "tenant id", |t| prefixed_ulid(t, TenantId::PREFIX)
);
text_id!(
    /// One Jira site (a cloud id or a base URL) of a tenant. `site_` and a ULID.
    SiteId as ArrayString<31>, "site id", |t| prefixed_ulid(t, SiteId::PREFIX)
);
text_id!(
    /// A person as the ledger knows one: random, so that forgetting the mapping to an account
    /// forgets the person. `per_` and a ULID.
    PersonId as ArrayString<31>, "person id", |t| prefixed_ulid(t, PersonId::PREFIX)
);
text_id!(
    /// The id of a ledger entry. `evt_` and a ULID.
    EventId as ArrayString<31>, "event id", |t| prefixed_ulid(t, EventId::PREFIX)
);
text_id!(
    /// A key to this server's API. `key_` and a ULID; not the secret itself.
    ApiKeyId as ArrayString<31>, "API key id", |t| prefixed_ulid(t, ApiKeyId::PREFIX)
);
text_id!(
    /// A code host of a tenant's. `host_` and a ULID.
    CodeHostId as ArrayString<31>, "code host id", |t| prefixed_ulid(t, CodeHostId::PREFIX)
);
text_id!(
    /// A feed of a tenant's. `feed_` and a ULID.
    FeedId as ArrayString<31>, "feed id", |t| prefixed_ulid(t, FeedId::PREFIX)
);
text_id!(
    /// A commit, by its hash or the beginning of it: 7 to 64 hexadecimal digits in lower case.
    CommitSha as ArrayString<64>, "commit hash",
    |t| (7..=64).contains(&t.len()) && t.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
);

impl CommitSha {
    /// Whether it is a whole hash, as git makes them: of 40 digits, or of 64.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self.as_str().len(), 40 | 64)
    }
}

text_id!(
    /// A code host's own id of a repository: 1 to 20 digits. Its name may hold a person's, and stands beside entries.
    RepositoryId as ArrayString<20>, "repository id", |t| (1..=20).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit())
);
text_id!(
    /// A model as its owner numbers it: 1 to 128 letters, digits and `._:/-`, beginning with a letter or digit.
    ModelId, "model id", is_model_id
);
text_id!(
    /// What was done, as its source calls it: up to 40 upper-case letters, digits and underscores.
    Action as ArrayString<40>, "action", |t| t.starts_with(|c: char| c.is_ascii_uppercase())
        && t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
);
text_id!(
    /// A tracker's own, never changing id of a ticket: 1 to 20 digits in Jira.
    IssueId as ArrayString<20>, "issue id", |t| (1..=20).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit())
);
text_id!(
    /// A ticket's key, such as `AI-GOV-142`: a project key, a hyphen and a number. May change when the
    /// ticket moves. Upper case.
    TicketKey, "ticket key", is_ticket_key
);
text_id!(
    /// A project's key, such as `AI-GOV`. Data Center sites may allow hyphens; Cloud does not.
    ProjectKey, "project key", is_project_key
);
text_id!(
    /// A tracker's id of an account: opaque, 1 to 128 printable characters. Personal data.
    AccountId, "account id",
    |t| (1..=255).contains(&t.len()) && t.trim() == t && !t.chars().any(char::is_control)
);
shown!(
    TenantId,
    SiteId,
    PersonId,
    EventId,
    ApiKeyId,
    CodeHostId,
    FeedId,
    CommitSha,
    RepositoryId,
    ModelId,
    Action,
    IssueId,
    TicketKey,
    ProjectKey
);
ulid_id!(
    TenantId, SiteId, PersonId, EventId, ApiKeyId, CodeHostId, FeedId
);

impl TenantId {
    const PREFIX: &'static str = "ten";
}
impl SiteId {
    const PREFIX: &'static str = "site";
}
impl PersonId {
    const PREFIX: &'static str = "per";
}
impl EventId {
    const PREFIX: &'static str = "evt";
}
impl ApiKeyId {
    const PREFIX: &'static str = "key";
}
impl CodeHostId {
    const PREFIX: &'static str = "host";
}
impl FeedId {
    const PREFIX: &'static str = "feed";
}

impl TicketKey {
    /// The project part of the key: all before the last hyphen.
    #[must_use]
    pub fn project(&self) -> ProjectKey {
        ProjectKey(
            self.0
                .rsplit_once('-')
                .map_or("", |(project, _)| project)
                .to_owned(),
        )
    }
}

fn prefixed_ulid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(is_ulid)
}

/// Crockford's digits in upper case. Looked up and not compared: ids are read by the million.
const CROCKFORD: [bool; 256] = {
    let mut digits = [false; 256];
    let mut at = 0;
    while at < 32 {
        digits[b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[at] as usize] = true;
        at += 1;
    }
    digits
};

/// A ULID in its one form: 26 of Crockford's digits in upper case, 128 bits at most.
fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.as_bytes().first() <= Some(&b'7')
        && text
            .bytes()
            .fold(true, |fits, b| fits & CROCKFORD[usize::from(b)])
}

fn is_ticket_key(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(project, number)| {
        is_project_key(project)
            && (1..=10).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
            && !number.starts_with('0')
    })
}

fn is_model_id(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
}

fn is_project_key(text: &str) -> bool {
    text.len() <= 255
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_key_knows_its_project() {
        let key: TicketKey = "AI-GOV-142".parse().unwrap();
        assert_eq!(key.project().as_str(), "AI-GOV");
    }

    #[test]
    fn what_is_not_a_ticket_key_is_refused() {
        for text in [
            "",
            "AI",
            "AI-",
            "-1",
            "ai-1",
            "AI-01",
            "AI-0",
            "AI-1x",
            "AI 1",
            "AI--1",
            "A-12345678901",
        ] {
            assert!(text.parse::<TicketKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn ids_are_their_prefix_and_a_ulid() {
        let ulid = Ulid::from_parts(1_790_000_000_000, 7);
        let id = TenantId::from_ulid(ulid);
        assert_eq!(id.as_str().parse::<TenantId>().unwrap(), id);
        assert!(id.as_str().parse::<SiteId>().is_err());
        assert!(id.as_str().to_lowercase().parse::<TenantId>().is_err());
        assert!("ten_".parse::<TenantId>().is_err());
    }

    #[test]
    fn a_ulid_is_what_one_is_written_as() {
        for ulid in [0, u128::MAX, u128::MAX / 3].map(|n| Ulid(n).to_string()) {
            assert!(is_ulid(&ulid));
            for (at, _) in ulid.char_indices() {
                for byte in 0x20..0x7f_u8 {
                    let mut text = ulid.clone();
                    text.replace_range(at..=at, &char::from(byte).to_string());
                    let read = Ulid::from_string(&text).is_ok_and(|read| read.to_string() == text);
                    assert_eq!(is_ulid(&text), read, "{text}");
                }
            }
            assert!(!is_ulid(&ulid[1..]) && !is_ulid(&format!("{ulid}0")));
        }
    }
}
