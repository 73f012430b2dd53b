//! Personal values beside the ledger: disclosures and digests of SD-JWT (RFC 9901, section 4.2). The
//! entry holds the digest; the disclosure is stored exactly as it was digested and can be erased.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::canonical::{MAX_DEPTH, Scan, characters};
use crate::hash::Hash;

/// The member of an object that lists the digests of its hidden members.
pub const DIGESTS: &str = "_sd";
/// The member of a payload that names the hash function of its digests.
pub const ALGORITHM: &str = "_sd_alg";
/// The only hash function used.
pub const SHA_256: &str = "sha-256";

/// Why a text is not a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a disclosure: {0}")]
pub struct NotADisclosure(&'static str);

/// A hidden member: a salt, a name and a value. Holds personal data; its `Debug` shows the digest only.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    text: String,
    name: String,
    value: Value,
}

impl Disclosure {
    /// The disclosure of `name: value` under this salt of 16 random bytes.
    #[must_use]
    pub fn new(salt: &[u8; 16], name: &str, value: Value) -> Self {
        Self {
            text: text_of(salt, name, &value),
            name: name.to_owned(),
            value,
        }
    }

    /// Reads a disclosure as it was stored.
    ///
    /// # Errors
    /// If it is not base64url without padding over a JSON array of salt, name and value.
    pub fn parse(text: &str) -> Result<Self, NotADisclosure> {
        let bytes = decode(text)?;
        let array: Vec<Value> =
            serde_json::from_slice(&bytes).map_err(|_| NotADisclosure("not a JSON array"))?;
        match <[Value; 3]>::try_from(array) {
            Ok([Value::String(_), Value::String(name), value]) => Ok(Self {
                text: text.to_owned(),
                name,
                value,
            }),
            _ => Err(NotADisclosure("salt, name and value are expected")),
        }
    }

    /// The text that was digested.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the hidden member.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of the hidden member.
    #[must_use]
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// The digest that stands in the entry: base64url of the text's SHA-256.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.text)
    }
}

impl std::fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Disclosure").field(&self.digest()).finish()
    }
}

/// A hidden member as it is kept: the text that is digested, and its digest. Holds personal data, and is not shown.
pub struct Hidden {
    text: String,
    digest: String,
}

impl Hidden {
    /// The member `name: value` under this salt of 16 random bytes.
    #[must_use]
    pub fn new(salt: &[u8; 16], name: &str, value: &Value) -> Self {
        let text = text_of(salt, name, value);
        Self {
            digest: digest(&text),
            text,
        }
    }

    /// The text, as [`Disclosure::as_str`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The digest, as [`Disclosure::digest`].
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Hidden").field(&self.digest).finish()
    }
}

#[expect(
    clippy::expect_used,
    reason = "texts and a parsed value are always written"
)]
fn text_of(salt: &[u8; 16], name: &str, value: &Value) -> String {
    let array = (URL_SAFE_NO_PAD.encode(salt), name, value);
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&array).expect("JSON"))
}

/// Whether a stored text, which has to be a disclosure, is the one of this name. Its value is passed over.
///
/// # Errors
/// As [`Disclosure::parse`].
pub fn is_named(text: &str, name: &str) -> Result<bool, NotADisclosure> {
    let bytes = decode(text)?;
    let Named(_, its, _) =
        serde_json::from_slice(&bytes).map_err(|_| NotADisclosure("not salt, name and value"))?;
    Ok(its == name)
}

/// A disclosure's salt and name, as they stand in its text.
#[derive(Deserialize)]
struct Named<'a>(
    #[serde(borrow)]
    #[expect(dead_code, reason = "that it is a text counts")]
    Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    IgnoredAny,
);

fn decode(text: &str) -> Result<Vec<u8>, NotADisclosure> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| NotADisclosure("not base64url"))
}

/// The digest of a disclosure's text, whatever it holds.
#[must_use]
pub fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Hash::of(text.as_bytes()).as_bytes())
}

/// Puts the digests of these disclosures into a payload, in the order of their text.
pub fn hide(payload: &mut Map<String, Value>, disclosures: &[Disclosure]) {
    commit_to(payload, disclosures.iter().map(Disclosure::digest));
}

/// Puts these digests into a payload, in the order of their text.
pub fn commit_to(payload: &mut Map<String, Value>, digests: impl Iterator<Item = String>) {
    let mut digests: Vec<String> = digests.collect();
    if digests.is_empty() {
        return;
    }
    digests.sort_unstable();
    payload.insert(DIGESTS.to_owned(), digests.into());
    payload.insert(ALGORITHM.to_owned(), SHA_256.into());
}

/// The digests that stand in a payload, at its top level.
pub fn digests(payload: &Map<String, Value>) -> impl Iterator<Item = &str> {
    payload
        .get(DIGESTS)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The digests that stand in a payload, at its top level, as its canonical bytes have them. Made by whoever
/// reads an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digests<'a>(Option<&'a str>);

impl<'a> Digests<'a> {
    /// Takes the value of `_sd`, as a scan passed over it.
    pub(crate) const fn passed(value: Option<&'a str>) -> Self {
        Self(value)
    }

    /// The digests, in their order. What is not a string is none.
    #[must_use]
    pub fn to_vec(self) -> Vec<Cow<'a, str>> {
        let mut digests = Vec::new();
        let Some(array) = self.0.filter(|value| value.starts_with('[')) else {
            return digests;
        };
        let read = Scan::over(array.as_bytes()).and_then(|mut scan| {
            let passed = scan.items(MAX_DEPTH, |scan, depth| {
                let start = scan.at();
                scan.value(depth)?;
                digests.extend(characters(scan.since(start)));
                Ok(())
            });
            scan.end(passed)
        });
        // A scan has passed over the array before.
        debug_assert_eq!(read, Ok(()));
        digests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 9901, section 4.2.1: this disclosure has this digest.
    #[test]
    fn digest_of_the_rfc_example() {
        let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        let disclosure = Disclosure::parse(text).unwrap();
        assert_eq!(disclosure.name(), "family_name");
        assert_eq!(
            disclosure.digest(),
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
        );
    }

    #[test]
    fn the_name_is_read_alone_wherever_the_whole_is() {
        let arrays = [
            r#"["salt","name",{"a":[1,2]}]"#,
            r#"["salt","n\u0061me",null]"#,
            r#"["salt","other",1]"#,
            r#"["salt","name"]"#,
            r#"["salt","name",1,2]"#,
            r#"[1,"name",1]"#,
            r#"["salt",1,1]"#,
            r#"{"salt":"name"}"#,
            r#"["salt","name",1] "#,
            r#"["salt","name",1]]"#,
            "[",
        ];
        for array in arrays {
            let text = URL_SAFE_NO_PAD.encode(array);
            let whole = Disclosure::parse(&text).map(|whole| whole.name() == "name");
            let alone = is_named(&text, "name");
            assert_eq!(alone.ok(), whole.ok(), "{array}");
        }
        assert!(is_named("not base64url!", "name").is_err());
    }

    #[test]
    fn what_was_hidden_is_found_by_its_digest_alone() {
        let disclosure = Disclosure::new(&[9; 16], "comment", "fine by me".into());
        assert_eq!(Disclosure::parse(disclosure.as_str()).unwrap(), disclosure);
        let mut payload = Map::new();
        hide(&mut payload, std::slice::from_ref(&disclosure));
        assert_eq!(digests(&payload).collect::<Vec<_>>(), [disclosure.digest()]);
        assert!(!Value::Object(payload).to_string().contains("fine"));
        assert!(!format!("{disclosure:?}").contains("fine"));
    }
}
