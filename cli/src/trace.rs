//! From requirements to the code that meets them: markers in comments, wherever they stand in a tree of files, and
//! trailers of commits. Judges neither the code nor whether a marker is right.

mod again;
mod block;
mod declared;
mod marker;
mod trailer;
mod walk;

use record::ids::TicketKey;
use serde::Serialize;

pub use again::{Again, Known, again};
pub use trailer::{Trailer, trailers};
pub use walk::{Found, walk};

/// What every marker has.
pub const WORD: &str = "Implements:";

/// A marker: somebody says that the code below it meets requirements.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// The requirement's id, as it is written.
    pub requirement: String,
    /// The issue that is named beside it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub ticket: Option<TicketKey>,
    /// The file, from where the search began, with `/` between folders.
    pub file: String,
    /// The marker's line, from 1.
    pub line: u64,
    /// The first line of the code that it stands for.
    pub from: u64,
    /// The last line of that code.
    pub to: u64,
    /// The code, as it stands there.
    #[serde(skip)]
    pub code: String,
}

fn as_text<S: serde::Serializer>(key: &Option<TicketKey>, to: S) -> Result<S::Ok, S::Error> {
    key.as_ref().map(TicketKey::as_str).serialize(to)
}
