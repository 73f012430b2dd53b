//! An object within canonical bytes, as it stands there.

use serde_json::{Map, Value};

/// The text of an object that is known to be canonical. Made from bytes by the scan alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<'a>(&'a str);

impl<'a> Object<'a> {
    /// Takes what a scan passed over; none if that is another kind of value.
    pub(crate) fn passed(text: &'a str) -> Option<Self> {
        text.starts_with('{').then_some(Self(text))
    }

    /// The object as it stands in the bytes.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// The object as a parse tree.
    #[must_use]
    pub fn to_map(self) -> Map<String, Value> {
        // Canonical bytes are JSON, nested less deep than the parser goes, without a name that stands twice.
        serde_json::from_str(self.0).unwrap_or_default()
    }
}
