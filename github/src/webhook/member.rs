//! One member of a body. Whether it is there and has its form is kept when the body is read and judged when the
//! member is used, so that nothing is refused for what nobody asks for. It does not know which members there are.
//!
//! Work and memory are bounded by the body: what is not used is skipped without recursion, however deep it is,
//! and of a list no more is kept than may be used.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{MOST_COMMITS, WebhookRefusal};

/// A member as it was found.
#[derive(Default)]
pub(super) enum Member<T> {
    /// It is not there, or null.
    #[default]
    Missing,
    /// It is there and has another form.
    Wrong,
    /// It has its form.
    Given(T),
}

impl<T> Member<T> {
    /// The value of a member that has to be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&T, WebhookRefusal> {
        self.given().ok_or(WebhookRefusal::Form(name))
    }

    /// The value of a member that need not be there, but has its form if it is.
    pub(super) fn optional(&self, name: &'static str) -> Result<Option<&T>, WebhookRefusal> {
        match self {
            Self::Missing => Ok(None),
            Self::Wrong => Err(WebhookRefusal::Form(name)),
            Self::Given(value) => Ok(Some(value)),
        }
    }

    /// The value, if it has its form.
    pub(super) const fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Missing | Self::Wrong => None,
        }
    }
}

impl Member<String> {
    /// A text that need not be there.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, WebhookRefusal> {
        Ok(self.optional(name)?.map(String::as_str))
    }
}

/// What a value is made of. Each kind of JSON value is refused unless the type takes it.
pub(super) trait Shape: Sized {
    fn of_text(_: &str) -> Option<Self> {
        None
    }

    fn of_count(_: u64) -> Option<Self> {
        None
    }

    fn of_flag(_: bool) -> Option<Self> {
        None
    }

    fn of_object<'de, A: MapAccess<'de>>(members: A) -> Result<Option<Self>, A::Error> {
        IgnoredAny.visit_map(members).map(|_| None)
    }

    fn of_list<'de, A: SeqAccess<'de>>(items: A) -> Result<Option<Self>, A::Error> {
        IgnoredAny.visit_seq(items).map(|_| None)
    }
}

impl Shape for String {
    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

/// A whole number that is not negative: what ids are.
impl Shape for u64 {
    fn of_count(count: u64) -> Option<Self> {
        Some(count)
    }
}

impl Shape for bool {
    fn of_flag(flag: bool) -> Option<Self> {
        Some(flag)
    }
}

/// A JSON object with named members. What is derived for a struct would take a list of values just as well.
pub(super) trait Object: for<'de> Deserialize<'de> {}

impl<T: Object> Shape for T {
    fn of_object<'de, A: MapAccess<'de>>(members: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Some)
    }
}

/// A list, as far as it may be used.
pub(super) struct List<T> {
    pub(super) items: Vec<Member<T>>,
    /// There are more than may be used.
    pub(super) too_many: bool,
}

impl<T: Shape> Shape for List<T> {
    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut items = Vec::new();
        while items.len() < MOST_COMMITS {
            match list.next_element()? {
                Some(item) => items.push(item),
                None => {
                    return Ok(Some(Self {
                        items,
                        too_many: false,
                    }));
                }
            }
        }
        let mut too_many = false;
        while list.next_element::<IgnoredAny>()?.is_some() {
            too_many = true;
        }
        Ok(Some(Self { items, too_many }))
    }
}

impl<'de, T: Shape> Deserialize<'de> for Member<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(MemberVisitor(PhantomData))
    }
}

struct MemberVisitor<T>(PhantomData<T>);

fn found<T>(value: Option<T>) -> Member<T> {
    value.map_or(Member::Wrong, Member::Given)
}

impl<'de, T: Shape> Visitor<'de> for MemberVisitor<T> {
    type Value = Member<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Member<T>, E> {
        Ok(Member::Missing)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Member<T>, E> {
        Ok(found(T::of_flag(flag)))
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Member<T>, E> {
        Ok(found(T::of_count(count)))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Member<T>, E> {
        Ok(Member::Wrong)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Member<T>, E> {
        Ok(Member::Wrong)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Member<T>, E> {
        Ok(found(T::of_text(text)))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Member<T>, A::Error> {
        T::of_object(members).map(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Member<T>, A::Error> {
        T::of_list(items).map(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Shape>(json: &str) -> Member<T> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_id_is_a_whole_number_that_is_not_negative() {
        assert_eq!(read::<u64>("0").given(), Some(&0));
        let largest = u64::MAX.to_string();
        assert_eq!(read::<u64>(&largest).given(), Some(&u64::MAX));
        for json in [
            "-1",
            "1.0",
            "1e2",
            "18446744073709551616",
            "\"1\"",
            "true",
            "[1]",
            "{}",
        ] {
            assert!(matches!(read::<u64>(json), Member::Wrong), "{json}");
        }
    }

    #[test]
    fn null_is_missing_and_another_form_is_wrong() {
        assert_eq!(
            read::<String>("null").required("x"),
            Err(WebhookRefusal::Form("x"))
        );
        assert_eq!(read::<String>("null").optional("x"), Ok(None));
        for json in ["1", "false", "[]", "{}", "[[[]]]", "{\"a\":{\"b\":[]}}"] {
            assert_eq!(
                read::<String>(json).optional("x"),
                Err(WebhookRefusal::Form("x")),
                "{json}"
            );
        }
        assert!(matches!(read::<bool>("\"true\""), Member::Wrong));
        assert!(matches!(read::<List<u64>>("{}"), Member::Wrong));
    }

    #[test]
    fn of_a_list_no_more_is_kept_than_may_be_used() {
        let list = |count: usize| {
            let json = format!("[{}]", vec!["1"; count].join(","));
            let Member::Given(list) = read::<List<u64>>(&json) else {
                panic!("no list")
            };
            (list.items.len(), list.too_many)
        };
        assert_eq!(list(0), (0, false));
        assert_eq!(list(MOST_COMMITS), (MOST_COMMITS, false));
        assert_eq!(list(MOST_COMMITS + 1), (MOST_COMMITS, true));
        assert_eq!(list(3 * MOST_COMMITS), (MOST_COMMITS, true));
    }

    #[test]
    fn what_is_skipped_may_be_deep() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(serde_json::from_str::<Member<u64>>(&deep).is_ok());
        assert!(serde_json::from_str::<Member<u64>>(&deep[1..]).is_err());
    }
}
