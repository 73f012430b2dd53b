//! The shapes that occur in every Jira body: an id, a person, and objects that are objects. Names and
//! addresses of people are not read.

use std::fmt;
use std::marker::PhantomData;

use record::ids::AccountId;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

/// Jira writes ids as text; older servers and some interfaces write numbers.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Id {
    Text(String),
    Number(u64),
}

/// An account, as far as it identifies one.
#[derive(Deserialize)]
pub(crate) struct Person {
    #[serde(rename = "accountId")]
    account_id: Option<String>,
    key: Option<String>,
    name: Option<String>,
}

impl Id {
    /// The id as text.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }

    /// The id as one of our types, if it has its form.
    pub(crate) fn parse<T: std::str::FromStr>(&self) -> Option<T> {
        self.text().parse().ok()
    }
}

impl Person {
    /// The account: its id on Cloud; on servers the user key, which outlives renaming, else the name.
    /// A text that cannot be an account is nobody.
    pub(crate) fn account(&self) -> Option<AccountId> {
        let claimed = self
            .account_id
            .as_deref()
            .or(self.key.as_deref())
            .or(self.name.as_deref());
        claimed.and_then(|text| text.parse().ok())
    }

    /// The name it logs in with, on servers.
    pub(crate) fn login(&self) -> Option<&str> {
        self.name.as_deref().filter(|_| self.account_id.is_none())
    }
}

/// A JSON object. What is derived for a struct takes a list of its members' values just as well.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}
