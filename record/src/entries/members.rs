//! The members of a payload on their way into its typed form. `version` and what belongs to the digests are
//! no part of the typed forms and are taken off in passing.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::CowStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use super::VERSION;

/// The members that stand beside those of the type.
const BESIDE: [&str; 2] = ["_sd", "_sd_alg"];
const VERSION_MEMBER: &str = "version";

/// A payload's members. Fails if `version` is not this release's.
pub(super) struct Members<D>(pub(super) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Members<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Taking(visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Taking<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Taking<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        let mut of_this_version = false;
        let typed = self.0.visit_map(Rest {
            members,
            of_this_version: &mut of_this_version,
        })?;
        if of_this_version {
            Ok(typed)
        } else {
            Err(A::Error::missing_field(VERSION_MEMBER))
        }
    }
}

/// The members that are left.
struct Rest<'v, A> {
    members: A,
    of_this_version: &'v mut bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rest<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(Name(name)) = self.members.next_key()? {
            if name == VERSION_MEMBER {
                *self.of_this_version = self.members.next_value::<u64>()? == VERSION;
            } else if BESIDE.contains(&&*name) {
                self.members.next_value::<IgnoredAny>()?;
            } else {
                return seed.deserialize(CowStrDeserializer::new(name)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.members.next_value_seed(seed)
    }
}

/// A member's name, borrowed where it stands in the text as it is.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

/// The version alone, of a payload that may be of any.
#[derive(Deserialize)]
struct Versioned {
    version: Option<serde_json::Value>,
}

/// Whether a payload that could not be read is of this release's version at least.
pub(super) fn is_of_this_version<'de, D: Deserializer<'de>>(members: D) -> bool {
    Versioned::deserialize(members).is_ok_and(|versioned| versioned.version == Some(VERSION.into()))
}
