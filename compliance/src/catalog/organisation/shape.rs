//! `compliance-config.yml` as it is written.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use crate::switches::Switch;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationShape {
    pub(super) frameworks: Entries<OwnFramework>,
    /// What holds for frameworks that are not named.
    #[serde(default, deserialize_with = "switch")]
    pub(super) others: Switch,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnFramework {
    /// Whether it binds the organisation: whoever names it says so.
    #[serde(default = "applies", deserialize_with = "switch")]
    pub(super) applies: Switch,
    #[serde(default)]
    pub(super) triggers: Triggers,
    #[serde(default)]
    pub(super) requirements: Vec<Entries<Value>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Triggers {
    /// Words in a ticket's texts.
    #[serde(default)]
    pub(super) keywords: Vec<Spanned<String>>,
    /// Names of components, whatever their case.
    #[serde(default)]
    pub(super) components: Vec<String>,
    /// Labels, whatever their case.
    #[serde(default)]
    pub(super) labels: Vec<String>,
    /// Whether nothing else lists the framework.
    #[serde(default)]
    pub(super) only: bool,
}

/// What is asked of a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Value {
    Flag(bool),
    Number(u64),
    Text(String),
    Parameters(std::collections::BTreeMap<String, u64>),
}

const fn applies() -> Switch {
    Switch::Applies
}

/// `true`, `false`, or a word: YAML takes `off` for either.
fn switch<'de, D: Deserializer<'de>>(input: D) -> Result<Switch, D::Error> {
    match Value::deserialize(input)? {
        Value::Flag(true) => Ok(Switch::Applies),
        Value::Flag(false) => Ok(Switch::Off),
        Value::Text(word) if word == "off" => Ok(Switch::Off),
        Value::Text(word) if word == "may_apply" => Ok(Switch::MayApply),
        _ => Err(serde::de::Error::custom(
            "true, false or may_apply is expected",
        )),
    }
}

/// A map that keeps its order, and where each key stands.
pub(super) struct Entries<T>(pub(super) Vec<(Spanned<String>, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct All<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for All<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("names with what is said of each")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        input.deserialize_map(All(PhantomData))
    }
}
